with facts as (

    select * from {{ ref('int_erp__postings_weekly') }}

),

renamed as (

    select
        week_start,
        org_unit,
        'all' as segment,
        'all' as ai_assisted,
        cast(post_close_adjustments_count as double) as numerator,
        cast(1 as double) as denominator,
        cast(null as double) as sum_squares,
        cast(postings_count as bigint) as sample_count,
        cast(null as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
