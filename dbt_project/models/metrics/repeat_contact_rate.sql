with facts as (

    select * from {{ ref('int_contact_centre__repeats_weekly') }}
    where contacts_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        reason as segment,
        'all' as ai_assisted,
        cast(repeat_contacts_count as double) as numerator,
        cast(contacts_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(contacts_count as bigint) as sample_count,
        cast(agents_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
