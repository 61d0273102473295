with snapshots as (

    select
        *,
        max(snapshot_at) over (partition by week_start) as newest_snapshot_at
    from {{ ref('stg_erp__headcount') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        role,
        sum({{ exact('fte') }}) as fte,
        max(snapshot_at) as observed_until
    from snapshots
    where snapshot_at = newest_snapshot_at
    group by week_start, org_unit, role

)

select * from aggregated
