with facts as (

    select * from {{ ref('int_document_management__agreements_weekly') }}

),

renamed as (

    select
        week_start,
        org_unit,
        agreement_type as segment,
        'all' as ai_assisted,
        cast(summarised_agreements_count as double) as numerator,
        cast(agreements_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(agreements_count as bigint) as sample_count,
        cast(reviewers_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
