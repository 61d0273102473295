with facts as (

    select * from {{ ref('int_contact_centre__contacts_weekly') }}
    where breakdown = 'queue'

),

renamed as (

    select
        week_start,
        org_unit,
        segment,
        ai_assisted,
        cast(handle_seconds as double) as numerator,
        cast(contacts_count as double) as denominator,
        cast(squared_handle_seconds as double) as sum_squares,
        cast(contacts_count as bigint) as sample_count,
        cast(agents_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
