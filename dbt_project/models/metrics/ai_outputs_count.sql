with facts as (

    select * from {{ ref('int_contact_centre__contacts_weekly') }}
    where breakdown = 'unit'

),

renamed as (

    select
        week_start,
        org_unit,
        segment,
        'all' as ai_assisted,
        cast(ai_assisted_replies_count as double) as numerator,
        cast(1 as double) as denominator,
        cast(null as double) as sum_squares,
        cast(contacts_count as bigint) as sample_count,
        cast(agents_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
