-- First per agent, in one cheap pass over the contacts; then into breakdowns, because distinct people cannot be added
-- up from finer rows.
with contacts as (

    select
        week_start,
        agent_id,
        org_unit,
        queue,
        reason,
        ai_assisted,
        {{ exact('talk_seconds + hold_seconds + after_contact_seconds') }} as handle_seconds,
        replies_count,
        ai_assisted_replies_count,
        satisfaction_score,
        ended_at
    from {{ ref('stg_contact_centre__interactions') }}
    where week_start in ({{ build_weeks() }})

),

per_agent as (

    select
        week_start,
        agent_id,
        org_unit,
        queue,
        reason,
        ai_assisted,
        count(*) as contacts_count,
        sum(handle_seconds) as handle_seconds,
        sum({{ exact_square('handle_seconds') }}) as squared_handle_seconds,
        sum(replies_count) as replies_count,
        sum(ai_assisted_replies_count) as ai_assisted_replies_count,
        count(satisfaction_score) as scored_contacts_count,
        sum(satisfaction_score) as satisfaction_score,
        sum(satisfaction_score * satisfaction_score) as squared_satisfaction_score,
        max(ended_at) as observed_until
    from contacts
    group by week_start, agent_id, org_unit, queue, reason, ai_assisted

),

aggregated as (

    select
        week_start,
        org_unit,
        case when grouping(queue) = 0 then 'queue' when grouping(reason) = 0 then 'reason' else 'unit' end as breakdown,
        case when grouping(queue) = 0 then queue when grouping(reason) = 0 then reason else 'all' end as segment,
        case when grouping(ai_assisted) = 0 then ai_assisted else 'all' end as ai_assisted,
        sum(contacts_count) as contacts_count,
        count(distinct agent_id) as agents_count,
        sum(handle_seconds) as handle_seconds,
        sum(squared_handle_seconds) as squared_handle_seconds,
        sum(replies_count) as replies_count,
        sum(ai_assisted_replies_count) as ai_assisted_replies_count,
        count(distinct case when replies_count > 0 then agent_id end) as replying_agents_count,
        sum(scored_contacts_count) as scored_contacts_count,
        count(distinct case when scored_contacts_count > 0 then agent_id end) as scored_agents_count,
        sum(satisfaction_score) as satisfaction_score,
        sum(squared_satisfaction_score) as squared_satisfaction_score,
        max(observed_until) as observed_until
    from per_agent
    group by grouping sets (
        (week_start, org_unit, queue, ai_assisted),
        (week_start, org_unit, reason),
        (week_start, org_unit)
    )

)

select * from aggregated
