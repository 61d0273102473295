with contacts as (

    select * from {{ ref('int_contact_centre__contacts_weekly') }}
    where breakdown = 'reason'

),

repeats as (

    select * from {{ ref('int_contact_centre__repeats_weekly') }}

),

judged as (

    select
        {{ weeks_later('week_start', 1) }} as week_start,
        org_unit,
        segment,
        contacts_count,
        agents_count
    from contacts

),

-- without the judging week nothing can be said, least of all that nobody called again
judging_weeks as (

    select
        week_start,
        max(observed_until) as observed_until
    from contacts
    group by week_start

),

joined as (

    select
        judged.week_start,
        judged.org_unit,
        judged.segment,
        'all' as ai_assisted,
        cast(judged.contacts_count - coalesce(repeats.repeated_contacts_count, 0) as double) as numerator,
        cast(judged.contacts_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(judged.contacts_count as bigint) as sample_count,
        cast(judged.agents_count as bigint) as people_count,
        judging_weeks.observed_until
    from judged
    inner join judging_weeks
        on judged.week_start = judging_weeks.week_start
    left join repeats
        on
            judged.week_start = repeats.week_start
            and judged.org_unit = repeats.org_unit
            and judged.segment = repeats.reason

)

select * from joined
