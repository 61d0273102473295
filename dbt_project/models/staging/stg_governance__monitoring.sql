with source as (

    select * from {{ source('governance', 'monitoring') }}

),

renamed as (

    select
        source.week_start,
        source.ai_system_id,
        {{ org_unit() }} as org_unit,
        source.in_scope_decisions_count,
        source.monitored_decisions_count,
        source.persons_subject_count,
        source.persons_informed_count,
        source.log_retention_months,
        source.recorded_at
    from source
    {{ join_unit_codes('governance') }}

)

select * from renamed
