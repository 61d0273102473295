with snapshots as (

    select
        week_start,
        org_unit,
        ledger,
        {{ seconds_between('detected_at', 'snapshot_at') }} as age_seconds,
        snapshot_at,
        max(snapshot_at) over (partition by week_start) as newest_snapshot_at
    from {{ ref('stg_erp__open_discrepancies') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        ledger,
        count(*) as discrepancies_count,
        sum(age_seconds) as age_seconds,
        sum({{ exact_square('age_seconds') }}) as squared_age_seconds,
        max(snapshot_at) as observed_until
    from snapshots
    where snapshot_at = newest_snapshot_at
    group by week_start, org_unit, ledger

)

select * from aggregated
