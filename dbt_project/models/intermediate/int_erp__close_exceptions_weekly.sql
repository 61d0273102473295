with exceptions as (

    select * from {{ ref('stg_erp__period_close_exceptions') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        period_name,
        count(*) as exceptions_count,
        sum(case when needs_manual_intervention then 1 else 0 end) as manual_exceptions_count,
        max(period_closed_at) as observed_until
    from exceptions
    group by week_start, org_unit, period_name

)

select * from aggregated
