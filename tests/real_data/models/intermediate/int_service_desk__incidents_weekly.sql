with incidents as (

    select
        week_start,
        resolved_by,
        org_unit,
        priority,
        reassignments_count > 0 as is_reassigned,
        reopenings_count > 0 as is_reopened,
        made_sla,
        {{ seconds_between('opened_at', 'resolved_at') }} as resolution_seconds,
        resolved_at
    from {{ ref('stg_service_desk__incidents') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        priority,
        count(*) as incidents_count,
        count(distinct resolved_by) as resolvers_count,
        sum(case when not is_reassigned and not is_reopened then 1 else 0 end) as first_contact_incidents_count,
        sum(case when is_reassigned then 1 else 0 end) as reassigned_incidents_count,
        sum(case when is_reopened then 1 else 0 end) as reopened_incidents_count,
        sum(case when made_sla then 1 else 0 end) as sla_incidents_count,
        sum(resolution_seconds) as resolution_seconds,
        sum({{ exact_square('resolution_seconds') }}) as squared_resolution_seconds,
        max(resolved_at) as observed_until
    from incidents
    group by week_start, org_unit, priority

)

select * from aggregated
