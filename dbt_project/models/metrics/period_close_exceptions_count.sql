with posted as (

    select * from {{ ref('int_erp__posted_periods_weekly') }}

),

exceptions as (

    select * from {{ ref('int_erp__close_exceptions_weekly') }}

),

-- A close without any exception has no rows to count it by: the ledger knows it, or the exceptions of another unit.
reported as (

    select
        closed_week_start as week_start,
        period_name,
        period_closed_at
    from posted
    where closed_week_start is not null
    union all
    select
        week_start,
        period_name,
        observed_until as period_closed_at
    from exceptions

),

closes as (

    select
        week_start,
        period_name,
        max(period_closed_at) as period_closed_at
    from reported
    group by week_start, period_name

),

-- whose period it is: every unit that posted to it or had an exception
units as (

    select
        period_name,
        org_unit
    from posted
    union distinct
    select
        period_name,
        org_unit
    from exceptions

),

aggregated as (

    select
        closes.week_start,
        units.org_unit,
        'all' as segment,
        'all' as ai_assisted,
        cast(coalesce(sum(exceptions.manual_exceptions_count), 0) as double) as numerator,
        cast(count(*) as double) as denominator,
        cast(null as double) as sum_squares,
        cast(coalesce(sum(exceptions.exceptions_count), 0) as bigint) as sample_count,
        cast(null as bigint) as people_count,
        max(closes.period_closed_at) as observed_until
    from closes
    inner join units
        on closes.period_name = units.period_name
    left join exceptions
        on
            closes.week_start = exceptions.week_start
            and units.org_unit = exceptions.org_unit
            and closes.period_name = exceptions.period_name
    group by closes.week_start, units.org_unit

)

select * from aggregated
