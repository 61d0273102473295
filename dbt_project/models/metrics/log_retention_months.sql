with facts as (

    select * from {{ ref('int_governance__monitoring_weekly') }}

),

renamed as (

    select
        week_start,
        org_unit,
        ai_system_id as segment,
        'all' as ai_assisted,
        cast(log_retention_months as double) as numerator,
        cast(1 as double) as denominator,
        cast(null as double) as sum_squares,
        cast(records_count as bigint) as sample_count,
        cast(null as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
