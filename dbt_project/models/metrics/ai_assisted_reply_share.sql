with facts as (

    select * from {{ ref('int_contact_centre__contacts_weekly') }}
    where breakdown = 'reason' and replies_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        segment,
        'all' as ai_assisted,
        cast(ai_assisted_replies_count as double) as numerator,
        cast(replies_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(replies_count as bigint) as sample_count,
        cast(replying_agents_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
