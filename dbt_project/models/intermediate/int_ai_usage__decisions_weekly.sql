with decisions as (

    select * from {{ ref('stg_ai_usage__decisions') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        ai_system_id,
        sum(decisions_count) as decisions_count,
        sum(ai_assisted_decisions_count) as ai_assisted_decisions_count,
        sum(overridden_count) as overridden_count,
        sum(outputs_count) as outputs_count,
        sum(review_exceptions_count) as review_exceptions_count,
        count(distinct case when decisions_count > 0 then user_id end) as deciding_users_count,
        count(distinct case when ai_assisted_decisions_count > 0 then user_id end) as assisted_users_count,
        count(distinct case when outputs_count > 0 then user_id end) as output_users_count,
        max(recorded_at) as observed_until
    from decisions
    group by week_start, org_unit, ai_system_id

)

select * from aggregated
