with exceptions as (

    select * from {{ ref('stg_erp__period_close_exceptions') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        count(*) as exceptions_count,
        sum(case when needs_manual_intervention then 1 else 0 end) as manual_exceptions_count,
        count(distinct period_name) as closed_periods_count,
        max(period_closed_at) as observed_until
    from exceptions
    group by week_start, org_unit

)

select * from aggregated
