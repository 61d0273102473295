with source as (

    select * from {{ source('document_management', 'agreements') }}

),

renamed as (

    select
        source.week_start,
        source.agreement_id,
        source.reviewer_id,
        source.ai_system_id,
        {{ org_unit() }} as org_unit,
        source.agreement_type,
        source.is_escalated,
        source.has_ai_summary,
        source.drafted_at,
        source.received_at,
        source.review_completed_at,
        source.signed_at
    from source
    {{ join_unit_codes('document_management') }}

)

select * from renamed
