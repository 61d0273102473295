with source as (

    select * from {{ source('document_management', 'open_agreements') }}

),

renamed as (

    select
        source.week_start,
        source.agreement_id,
        {{ org_unit() }} as org_unit,
        source.agreement_type,
        source.received_at,
        source.snapshot_at
    from source
    {{ join_unit_codes('document_management') }}

)

select * from renamed
