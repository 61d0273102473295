with facts as (

    select * from {{ ref('int_governance__monitoring_weekly') }}
    where persons_subject_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        ai_system_id as segment,
        'all' as ai_assisted,
        cast(persons_informed_count as double) as numerator,
        cast(persons_subject_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(persons_subject_count as bigint) as sample_count,
        cast(persons_of_fullest_day_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
