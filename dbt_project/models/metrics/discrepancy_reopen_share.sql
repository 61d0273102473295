with facts as (

    select * from {{ ref('int_erp__discrepancies_weekly') }}
    where breakdown = 'unit'

),

renamed as (

    select
        week_start,
        org_unit,
        segment,
        'all' as ai_assisted,
        cast(reopened_discrepancies_count as double) as numerator,
        cast(discrepancies_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(discrepancies_count as bigint) as sample_count,
        cast(resolvers_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
