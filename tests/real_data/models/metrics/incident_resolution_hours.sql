with facts as (

    select * from {{ ref('int_service_desk__incidents_weekly') }}

),

renamed as (

    select
        week_start,
        org_unit,
        priority as segment,
        'all' as ai_assisted,
        cast(resolution_seconds / 3600.0 as double) as numerator,
        cast(incidents_count as double) as denominator,
        cast(squared_resolution_seconds / (3600.0 * 3600.0) as double) as sum_squares,
        cast(incidents_count as bigint) as sample_count,
        cast(resolvers_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
