with facts as (

    select * from {{ ref('int_ai_usage__users_weekly') }}
    where eligible_users_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        ai_system_id as segment,
        'all' as ai_assisted,
        cast(active_users_count as double) as numerator,
        cast(eligible_users_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(eligible_users_count as bigint) as sample_count,
        cast(eligible_users_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
