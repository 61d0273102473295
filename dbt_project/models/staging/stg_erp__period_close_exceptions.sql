with source as (

    select * from {{ source('erp', 'period_close_exceptions') }}

),

renamed as (

    select
        source.week_start,
        source.exception_id,
        {{ org_unit() }} as org_unit,
        source.ledger,
        source.period_name,
        source.needs_manual_intervention,
        source.raised_at,
        source.period_closed_at
    from source
    {{ join_unit_codes('erp') }}

)

select * from renamed
