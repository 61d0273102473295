with users as (

    select * from {{ ref('stg_ai_usage__users') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        ai_system_id,
        count(distinct case when is_eligible then user_id end) as eligible_users_count,
        count(distinct case when is_eligible and is_active then user_id end) as active_users_count,
        max(recorded_at) as observed_until
    from users
    group by week_start, org_unit, ai_system_id

)

select * from aggregated
