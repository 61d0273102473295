with source as (

    select * from {{ source('erp', 'open_discrepancies') }}

),

renamed as (

    select
        source.week_start,
        source.discrepancy_id,
        {{ org_unit() }} as org_unit,
        source.ledger,
        source.detected_at,
        source.snapshot_at
    from source
    {{ join_unit_codes('erp') }}

)

select * from renamed
