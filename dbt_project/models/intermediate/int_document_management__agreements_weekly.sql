with agreements as (

    select
        week_start,
        reviewer_id,
        org_unit,
        agreement_type,
        is_escalated,
        has_ai_summary,
        {{ seconds_between('drafted_at', 'signed_at') }} as draft_to_signature_seconds,
        signed_at
    from {{ ref('stg_document_management__agreements') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        agreement_type,
        count(*) as agreements_count,
        count(distinct reviewer_id) as reviewers_count,
        sum(case when is_escalated then 0 else 1 end) as unescalated_agreements_count,
        sum(case when has_ai_summary then 1 else 0 end) as summarised_agreements_count,
        sum(draft_to_signature_seconds) as draft_to_signature_seconds,
        sum({{ exact_square('draft_to_signature_seconds') }}) as squared_draft_to_signature_seconds,
        max(signed_at) as observed_until
    from agreements
    group by week_start, org_unit, agreement_type

)

select * from aggregated
