with facts as (

    select * from {{ ref('int_ai_usage__decisions_weekly') }}
    where outputs_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        ai_system_id as segment,
        'all' as ai_assisted,
        cast(review_exceptions_count as double) as numerator,
        cast(outputs_count / 1000.0 as double) as denominator,
        cast(null as double) as sum_squares,
        cast(outputs_count as bigint) as sample_count,
        cast(output_users_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
