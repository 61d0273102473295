with source as (

    select * from {{ source('ai_usage', 'users') }}

),

renamed as (

    select
        source.week_start,
        source.user_id,
        source.ai_system_id,
        {{ org_unit() }} as org_unit,
        source.is_eligible,
        source.is_active,
        source.recorded_at
    from source
    {{ join_unit_codes('ai_usage') }}

)

select * from renamed
