with source as (

    select * from {{ source('purchase_to_pay', 'purchase_items') }}

),

renamed as (

    select
        source.week_start,
        source.item_id,
        {{ org_unit() }} as org_unit,
        source.has_exception,
        source.first_invoice_at,
        source.cleared_at,
        source.last_event_at
    from source
    {{ join_unit_codes('purchase_to_pay') }}

)

select * from renamed
