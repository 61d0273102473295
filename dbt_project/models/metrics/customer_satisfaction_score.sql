with facts as (

    select * from {{ ref('int_contact_centre__contacts_weekly') }}
    where breakdown = 'queue' and scored_contacts_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        segment,
        ai_assisted,
        cast(satisfaction_score as double) as numerator,
        cast(scored_contacts_count as double) as denominator,
        cast(squared_satisfaction_score as double) as sum_squares,
        cast(scored_contacts_count as bigint) as sample_count,
        cast(scored_agents_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
