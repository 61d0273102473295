with postings as (

    select
        week_start,
        org_unit,
        period_name,
        period_closed_at,
        {{ week_of('period_closed_at') }} as closed_week_start
    from {{ ref('stg_erp__ledger') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        period_name,
        closed_week_start,
        max(period_closed_at) as period_closed_at
    from postings
    group by week_start, org_unit, period_name, closed_week_start

)

select * from aggregated
