with facts as (

    select * from {{ ref('int_governance__monitoring_weekly') }}
    where in_scope_decisions_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        ai_system_id as segment,
        'all' as ai_assisted,
        cast(monitored_decisions_count as double) as numerator,
        cast(in_scope_decisions_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(in_scope_decisions_count as bigint) as sample_count,
        cast(null as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
