with monitoring as (

    select
        *,
        max(recorded_at) over (partition by week_start, org_unit, ai_system_id) as newest_recorded_at
    from {{ ref('stg_governance__monitoring') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        ai_system_id,
        sum(in_scope_decisions_count) as in_scope_decisions_count,
        sum(monitored_decisions_count) as monitored_decisions_count,
        sum(persons_subject_count) as persons_subject_count,
        sum(persons_informed_count) as persons_informed_count,
        max(persons_subject_count) as persons_of_fullest_day_count,
        max(case when recorded_at = newest_recorded_at then log_retention_months end) as log_retention_months,
        count(*) as records_count,
        max(recorded_at) as observed_until
    from monitoring
    group by week_start, org_unit, ai_system_id

)

select * from aggregated
