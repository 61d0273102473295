with ordered as (

    select
        week_start,
        agent_id,
        org_unit,
        reason,
        ended_at,
        lag(ended_at) over (partition by customer_id, reason order by ended_at, contact_id) as previous_ended_at,
        lead(ended_at) over (partition by customer_id, reason order by ended_at, contact_id) as next_ended_at
    from {{ ref('stg_contact_centre__interactions') }}
    where week_start in ({{ build_weeks(offsets=[-1, 0]) }})

),

judged as (

    select
        week_start,
        agent_id,
        org_unit,
        reason,
        ended_at,
        coalesce({{ days_later('previous_ended_at', 7) }} >= ended_at, false) as is_repeat,
        coalesce(next_ended_at <= {{ days_later('ended_at', 7) }}, false) as is_repeated
    from ordered

),

contacts as (

    select
        week_start,
        org_unit,
        reason,
        count(*) as contacts_count,
        sum(case when is_repeat then 1 else 0 end) as repeat_contacts_count,
        count(distinct agent_id) as agents_count,
        0 as judged_contacts_count,
        0 as resolved_contacts_count,
        0 as judged_agents_count,
        max(ended_at) as observed_until
    from judged
    group by week_start, org_unit, reason

),

-- a contact is judged in the week in which its seven days end
judgements as (

    select
        {{ weeks_later('week_start', 1) }} as week_start,
        org_unit,
        reason,
        0 as contacts_count,
        0 as repeat_contacts_count,
        0 as agents_count,
        count(*) as judged_contacts_count,
        sum(case when is_repeated then 0 else 1 end) as resolved_contacts_count,
        count(distinct agent_id) as judged_agents_count,
        cast(null as timestamp with time zone) as observed_until
    from judged
    group by week_start, org_unit, reason

),

united as (

    select * from contacts
    union all
    select * from judgements

),

aggregated as (

    select
        week_start,
        org_unit,
        reason,
        sum(contacts_count) as contacts_count,
        sum(repeat_contacts_count) as repeat_contacts_count,
        sum(agents_count) as agents_count,
        sum(judged_contacts_count) as judged_contacts_count,
        sum(resolved_contacts_count) as resolved_contacts_count,
        sum(judged_agents_count) as judged_agents_count,
        max(observed_until) as observed_until
    from united
    where week_start in ({{ build_weeks() }})
    group by week_start, org_unit, reason

),

weighed as (

    select
        *,
        max(observed_until) over (partition by week_start) as week_observed_until,
        sum(contacts_count) over (partition by week_start) as week_contacts_count,
        sum(judged_contacts_count) over (partition by week_start) as week_judged_contacts_count
    from aggregated

),

-- without the week itself or the week before nothing can be said, least of all that nobody called again
known as (

    select
        week_start,
        org_unit,
        reason,
        contacts_count,
        repeat_contacts_count,
        agents_count,
        judged_contacts_count,
        resolved_contacts_count,
        judged_agents_count,
        observed_until,
        week_observed_until
    from weighed
    where week_contacts_count > 0 and week_judged_contacts_count > 0

)

select * from known
