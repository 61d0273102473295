with facts as (

    select * from {{ ref('int_document_management__open_agreements_weekly') }}

),

renamed as (

    select
        week_start,
        org_unit,
        agreement_type as segment,
        'all' as ai_assisted,
        cast(age_seconds / 86400.0 as double) as numerator,
        cast(agreements_count as double) as denominator,
        cast(squared_age_seconds / (86400.0 * 86400.0) as double) as sum_squares,
        cast(agreements_count as bigint) as sample_count,
        cast(null as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
