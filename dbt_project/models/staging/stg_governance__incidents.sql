with source as (

    select * from {{ source('governance', 'incidents') }}

),

renamed as (

    select
        source.week_start,
        source.incident_id,
        source.ai_system_id,
        {{ org_unit() }} as org_unit,
        source.incident_class,
        source.report_type,
        source.aware_at,
        source.provider_notified_at,
        source.provider_unreachable_at,
        source.authority_notified_at,
        source.completed_at
    from source
    {{ join_unit_codes('governance') }}

)

select * from renamed
