with cases as (

    select
        week_start,
        underwriter_id,
        org_unit,
        product_line,
        decision = 'accepted' as is_accepted,
        ai_assisted = 'assisted' as is_assisted,
        is_corrected,
        {{ exact('document_review_minutes') }} as document_review_minutes,
        {{ exact('written_premium_eur') }} as written_premium_eur,
        decided_at
    from {{ ref('stg_underwriting__cases') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        case when grouping(product_line) = 0 then 'product_line' else 'unit' end as breakdown,
        case when grouping(product_line) = 0 then product_line else 'all' end as segment,
        count(*) as cases_count,
        count(distinct underwriter_id) as underwriters_count,
        sum(case when is_assisted then 1 else 0 end) as assisted_cases_count,
        sum(case when is_corrected then 1 else 0 end) as corrected_cases_count,
        sum(case when is_accepted then 1 else 0 end) as accepted_cases_count,
        count(distinct case when is_accepted then underwriter_id end) as accepting_underwriters_count,
        sum(document_review_minutes) as document_review_minutes,
        sum({{ exact_square('document_review_minutes') }}) as squared_document_review_minutes,
        sum(written_premium_eur) as written_premium_eur,
        sum(case when is_assisted then written_premium_eur else 0 end) as assisted_premium_eur,
        max(decided_at) as observed_until
    from cases
    group by grouping sets ((week_start, org_unit, product_line), (week_start, org_unit))

)

select * from aggregated
