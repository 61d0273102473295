with facts as (

    select * from {{ ref('int_document_management__reviews_weekly') }}
    where internally_reviewed_agreements_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        agreement_type as segment,
        'all' as ai_assisted,
        cast(review_seconds / 86400.0 as double) as numerator,
        cast(internally_reviewed_agreements_count as double) as denominator,
        cast(squared_review_seconds / (86400.0 * 86400.0) as double) as sum_squares,
        cast(internally_reviewed_agreements_count as bigint) as sample_count,
        cast(internal_reviewers_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
