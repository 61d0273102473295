with facts as (

    select * from {{ ref('int_erp__open_discrepancies_weekly') }}

),

renamed as (

    select
        week_start,
        org_unit,
        ledger as segment,
        'all' as ai_assisted,
        cast(age_seconds / 3600.0 as double) as numerator,
        cast(discrepancies_count as double) as denominator,
        cast(squared_age_seconds / (3600.0 * 3600.0) as double) as sum_squares,
        cast(discrepancies_count as bigint) as sample_count,
        cast(null as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
