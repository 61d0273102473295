with facts as (

    select * from {{ ref('int_purchase_to_pay__items_weekly') }}

),

renamed as (

    select
        week_start,
        org_unit,
        'all' as segment,
        'all' as ai_assisted,
        cast(exception_items_count as double) as numerator,
        cast(items_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(items_count as bigint) as sample_count,
        cast(null as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
