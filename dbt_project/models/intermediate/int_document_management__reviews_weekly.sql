with agreements as (

    select
        week_start,
        agreement_id,
        reviewer_id,
        org_unit,
        agreement_type,
        signed_at
    from {{ ref('stg_document_management__agreements') }}
    where week_start in ({{ build_weeks() }})

),

turns as (

    select
        week_start,
        agreement_id,
        count(*) as turns_count,
        sum(case when party = 'internal' then 1 else 0 end) as internal_turns_count,
        sum(case when party = 'internal' then {{ seconds_between('started_at', 'ended_at') }} else 0 end) as review_seconds
    from {{ ref('stg_document_management__review_turns') }}
    where week_start in ({{ build_weeks() }})
    group by week_start, agreement_id

),

reviewed as (

    select
        agreements.week_start,
        agreements.reviewer_id,
        agreements.org_unit,
        agreements.agreement_type,
        agreements.signed_at,
        turns.turns_count,
        turns.internal_turns_count > 0 as is_internally_reviewed,
        {{ exact('turns.review_seconds') }} as review_seconds
    from agreements
    inner join turns
        on agreements.agreement_id = turns.agreement_id and agreements.week_start = turns.week_start

),

aggregated as (

    select
        week_start,
        org_unit,
        agreement_type,
        count(*) as agreements_count,
        count(distinct reviewer_id) as reviewers_count,
        sum(turns_count) as turns_count,
        sum(turns_count * turns_count) as squared_turns_count,
        sum(case when is_internally_reviewed then 1 else 0 end) as internally_reviewed_agreements_count,
        count(distinct case when is_internally_reviewed then reviewer_id end) as internal_reviewers_count,
        sum(review_seconds) as review_seconds,
        sum({{ exact_square('review_seconds') }}) as squared_review_seconds,
        max(signed_at) as observed_until
    from reviewed
    group by week_start, org_unit, agreement_type

)

select * from aggregated
