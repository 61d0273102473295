with source as (

    select * from {{ source('erp', 'ledger') }}

),

renamed as (

    select
        source.week_start,
        source.entry_id,
        {{ org_unit() }} as org_unit,
        source.ledger,
        source.period_name,
        source.entry_type,
        source.amount_eur,
        source.posted_at,
        source.period_closed_at
    from source
    {{ join_unit_codes('erp') }}

)

select * from renamed
