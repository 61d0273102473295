with source as (

    select * from {{ source('erp', 'headcount') }}

),

renamed as (

    select
        source.week_start,
        {{ org_unit() }} as org_unit,
        source.role,
        source.fte,
        source.snapshot_at
    from source
    {{ join_unit_codes('erp') }}

)

select * from renamed
