with snapshots as (

    select
        week_start,
        org_unit,
        agreement_type,
        {{ seconds_between('received_at', 'snapshot_at') }} as age_seconds,
        snapshot_at,
        max(snapshot_at) over (partition by week_start) as newest_snapshot_at
    from {{ ref('stg_document_management__open_agreements') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        agreement_type,
        count(*) as agreements_count,
        sum(age_seconds) as age_seconds,
        sum({{ exact_square('age_seconds') }}) as squared_age_seconds,
        max(snapshot_at) as observed_until
    from snapshots
    where snapshot_at = newest_snapshot_at
    group by week_start, org_unit, agreement_type

)

select * from aggregated
