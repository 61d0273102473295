with features as (

    select
        week_start,
        org_unit,
        repository,
        {{ seconds_between('spec_approved_at', 'deployable_at') }} as spec_to_deployable_seconds,
        {{ seconds_between('review_requested_at', 'review_approved_at') }} as review_seconds,
        {{ seconds_between('requested_at', 'released_at') }} as time_to_market_seconds,
        released_at
    from {{ ref('stg_code_repository__delivery') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        repository,
        count(*) as features_count,
        -- a feature without one of the two moments is no case, and counted as the difference to features_count
        count(spec_to_deployable_seconds) as spec_timed_features_count,
        count(review_seconds) as review_timed_features_count,
        sum(spec_to_deployable_seconds) as spec_to_deployable_seconds,
        sum({{ exact_square('spec_to_deployable_seconds') }}) as squared_spec_to_deployable_seconds,
        sum(review_seconds) as review_seconds,
        sum({{ exact_square('review_seconds') }}) as squared_review_seconds,
        sum(time_to_market_seconds) as time_to_market_seconds,
        sum({{ exact_square('time_to_market_seconds') }}) as squared_time_to_market_seconds,
        max(released_at) as observed_until
    from features
    group by week_start, org_unit, repository

)

select * from aggregated
