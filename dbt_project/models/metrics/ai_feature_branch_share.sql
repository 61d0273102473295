with facts as (

    select * from {{ ref('int_code_repository__branches_weekly') }}
    where breakdown = 'repository' and feature_branches_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        repository as segment,
        'all' as ai_assisted,
        cast(ai_feature_branches_count as double) as numerator,
        cast(feature_branches_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(feature_branches_count as bigint) as sample_count,
        cast(feature_authors_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
