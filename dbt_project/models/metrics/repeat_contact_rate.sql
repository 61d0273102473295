with contacts as (

    select * from {{ ref('int_contact_centre__contacts_weekly') }}
    where breakdown = 'reason'

),

repeats as (

    select * from {{ ref('int_contact_centre__repeats_weekly') }}

),

-- without the week before nobody can know who is calling again
known_weeks as (

    select distinct {{ weeks_later('week_start', 1) }} as week_start
    from contacts

),

joined as (

    select
        contacts.week_start,
        contacts.org_unit,
        contacts.segment,
        'all' as ai_assisted,
        cast(coalesce(repeats.repeat_contacts_count, 0) as double) as numerator,
        cast(contacts.contacts_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(contacts.contacts_count as bigint) as sample_count,
        cast(contacts.agents_count as bigint) as people_count,
        contacts.observed_until
    from contacts
    inner join known_weeks
        on contacts.week_start = known_weeks.week_start
    left join repeats
        on
            contacts.week_start = repeats.week_start
            and contacts.org_unit = repeats.org_unit
            and contacts.segment = repeats.reason

)

select * from joined
