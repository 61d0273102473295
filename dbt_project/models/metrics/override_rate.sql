with facts as (

    select * from {{ ref('int_ai_usage__decisions_weekly') }}
    where ai_assisted_decisions_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        ai_system_id as segment,
        'all' as ai_assisted,
        cast(overridden_count as double) as numerator,
        cast(ai_assisted_decisions_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(ai_assisted_decisions_count as bigint) as sample_count,
        cast(assisted_users_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
