with source as (

    select * from {{ source('erp', 'discrepancies') }}

),

renamed as (

    select
        source.week_start,
        source.discrepancy_id,
        source.resolved_by_id,
        source.ai_system_id,
        {{ org_unit() }} as org_unit,
        source.ledger,
        source.resolution_method,
        source.amount_variance_eur,
        source.reopened_count,
        source.detected_at,
        source.resolved_at
    from source
    {{ join_unit_codes('erp') }}

)

select * from renamed
