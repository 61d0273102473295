with source as (

    select * from {{ source('underwriting', 'cases') }}

),

renamed as (

    select
        source.week_start,
        source.case_id,
        source.underwriter_id,
        source.ai_system_id,
        {{ org_unit() }} as org_unit,
        source.product_line,
        source.decision,
        case when source.ai_assisted then 'assisted' else 'unassisted' end as ai_assisted,
        source.is_corrected,
        source.document_review_minutes,
        source.written_premium_eur,
        source.opened_at,
        source.decided_at
    from source
    {{ join_unit_codes('underwriting') }}

)

select * from renamed
