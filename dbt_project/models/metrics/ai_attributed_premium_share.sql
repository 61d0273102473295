with facts as (

    select * from {{ ref('int_underwriting__cases_weekly') }}
    where breakdown = 'product_line' and written_premium_eur > 0

),

renamed as (

    select
        week_start,
        org_unit,
        segment,
        'all' as ai_assisted,
        cast(assisted_premium_eur as double) as numerator,
        cast(written_premium_eur as double) as denominator,
        cast(null as double) as sum_squares,
        cast(accepted_cases_count as bigint) as sample_count,
        cast(accepting_underwriters_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
