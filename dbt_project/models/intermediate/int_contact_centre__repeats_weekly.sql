-- Most customers call once: only those who do not are put in order. Two who share a key by chance do no harm.
-- The contacts are read twice on purpose; kept in between they would take more memory than both passes.
with returning_keys as (

    select {{ row_key('customer_id', 'reason') }} as customer_reason_key
    from {{ ref('stg_contact_centre__interactions') }}
    where week_start in ({{ build_weeks(offsets=[-1, 0]) }})
    group by {{ row_key('customer_id', 'reason') }}
    having count(*) > 1

),

ordered as (

    select
        week_start,
        org_unit,
        reason,
        ended_at,
        lag(ended_at) over (partition by customer_id, reason order by ended_at, contact_id) as previous_ended_at,
        lead(ended_at) over (partition by customer_id, reason order by ended_at, contact_id) as next_ended_at
    from {{ ref('stg_contact_centre__interactions') }}
    where
        week_start in ({{ build_weeks(offsets=[-1, 0]) }})
        and {{ row_key('customer_id', 'reason') }} in (select returning_keys.customer_reason_key from returning_keys)

),

-- calendar arithmetic is slow: nothing is computed where nobody called before or after
per_contact_week as (

    select
        week_start,
        org_unit,
        reason,
        sum(
            case
                when previous_ended_at is null then 0
                when {{ days_later('previous_ended_at', 7) }} >= ended_at then 1
                else 0
            end
        ) as repeat_contacts_count,
        sum(
            case
                when next_ended_at is null then 0
                when {{ days_later('ended_at', 7) }} >= next_ended_at then 1
                else 0
            end
        ) as repeated_contacts_count
    from ordered
    group by week_start, org_unit, reason

),

-- a contact is judged in the week in which its seven days end
united as (

    select
        week_start,
        org_unit,
        reason,
        repeat_contacts_count,
        0 as repeated_contacts_count
    from per_contact_week
    union all
    select
        {{ weeks_later('week_start', 1) }} as week_start,
        org_unit,
        reason,
        0 as repeat_contacts_count,
        repeated_contacts_count
    from per_contact_week

),

aggregated as (

    select
        week_start,
        org_unit,
        reason,
        sum(repeat_contacts_count) as repeat_contacts_count,
        sum(repeated_contacts_count) as repeated_contacts_count
    from united
    where week_start in ({{ build_weeks() }})
    group by week_start, org_unit, reason

)

select * from aggregated
