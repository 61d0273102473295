with facts as (

    select * from {{ ref('int_underwriting__cases_weekly') }}
    where breakdown = 'product_line'

),

renamed as (

    select
        week_start,
        org_unit,
        segment,
        'all' as ai_assisted,
        cast(document_review_minutes as double) as numerator,
        cast(cases_count as double) as denominator,
        cast(squared_document_review_minutes as double) as sum_squares,
        cast(cases_count as bigint) as sample_count,
        cast(underwriters_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
