with facts as (

    select * from {{ ref('int_code_repository__delivery_weekly') }}
    where spec_timed_features_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        repository as segment,
        'all' as ai_assisted,
        cast(spec_to_deployable_seconds / 86400.0 as double) as numerator,
        cast(spec_timed_features_count as double) as denominator,
        cast(squared_spec_to_deployable_seconds / (86400.0 * 86400.0) as double) as sum_squares,
        cast(spec_timed_features_count as bigint) as sample_count,
        cast(null as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
