with source as (

    select * from {{ source('service_desk', 'incidents') }}

),

renamed as (

    select
        source.week_start,
        source.incident_id,
        source.resolved_by,
        {{ org_unit() }} as org_unit,
        source.priority,
        source.reassignments_count,
        source.reopenings_count,
        source.made_sla,
        source.opened_at,
        source.resolved_at
    from source
    {{ join_unit_codes('service_desk') }}

)

select * from renamed
