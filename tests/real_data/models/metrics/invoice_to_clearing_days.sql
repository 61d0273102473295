with facts as (

    select * from {{ ref('int_purchase_to_pay__items_weekly') }}
    where cleared_items_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        'all' as segment,
        'all' as ai_assisted,
        cast(clearing_seconds / 86400.0 as double) as numerator,
        cast(cleared_items_count as double) as denominator,
        cast(squared_clearing_seconds / (86400.0 * 86400.0) as double) as sum_squares,
        cast(cleared_items_count as bigint) as sample_count,
        cast(null as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
