with facts as (

    select * from {{ ref('int_erp__close_exceptions_weekly') }}

),

renamed as (

    select
        week_start,
        org_unit,
        'all' as segment,
        'all' as ai_assisted,
        cast(manual_exceptions_count as double) as numerator,
        cast(closed_periods_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(exceptions_count as bigint) as sample_count,
        cast(null as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
