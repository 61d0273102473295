with discrepancies as (

    select
        week_start,
        resolved_by_id,
        org_unit,
        ledger,
        resolution_method = 'ai_autonomous'
        and resolved_at <= {{ hours_later('detected_at', 4) }} as is_resolved_autonomously,
        reopened_count > 0 as is_reopened,
        {{ seconds_between('detected_at', 'resolved_at') }} as resolution_seconds,
        resolved_at
    from {{ ref('stg_erp__discrepancies') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        case when grouping(ledger) = 0 then 'ledger' else 'unit' end as breakdown,
        case when grouping(ledger) = 0 then ledger else 'all' end as segment,
        count(*) as discrepancies_count,
        count(distinct resolved_by_id) as resolvers_count,
        sum(case when is_resolved_autonomously then 1 else 0 end) as autonomously_resolved_count,
        sum(case when is_reopened then 1 else 0 end) as reopened_discrepancies_count,
        sum(resolution_seconds) as resolution_seconds,
        sum({{ exact_square('resolution_seconds') }}) as squared_resolution_seconds,
        max(resolved_at) as observed_until
    from discrepancies
    group by grouping sets ((week_start, org_unit, ledger), (week_start, org_unit))

)

select * from aggregated
