with source as (

    select * from {{ source('ai_usage', 'decisions') }}

),

renamed as (

    select
        source.week_start,
        source.user_id,
        source.ai_system_id,
        {{ org_unit() }} as org_unit,
        source.decisions_count,
        source.ai_assisted_decisions_count,
        source.overridden_count,
        source.outputs_count,
        source.review_exceptions_count,
        source.recorded_at
    from source
    {{ join_unit_codes('ai_usage') }}

)

select * from renamed
