with facts as (

    select * from {{ ref('int_code_repository__branches_weekly') }}
    where breakdown = 'ai_assisted' and timed_branches_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        repository as segment,
        ai_assisted,
        cast(lead_seconds / 3600.0 as double) as numerator,
        cast(timed_branches_count as double) as denominator,
        cast(squared_lead_seconds / (3600.0 * 3600.0) as double) as sum_squares,
        cast(timed_branches_count as bigint) as sample_count,
        cast(timed_authors_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
