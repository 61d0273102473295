with branches as (

    select
        week_start,
        author_id,
        org_unit,
        repository,
        ai_assisted,
        coalesce(is_feature, false) as is_feature,
        is_revert,
        {{ exact('lead_hours * 3600') }} as lead_seconds,
        merged_at
    from {{ ref('stg_code_repository__branches') }}
    where week_start in ({{ build_weeks() }}) and not is_bot

),

aggregated as (

    select
        week_start,
        org_unit,
        case when grouping(ai_assisted) = 0 then 'ai_assisted' else 'repository' end as breakdown,
        repository,
        case when grouping(ai_assisted) = 0 then ai_assisted else 'all' end as ai_assisted,
        count(*) as branches_count,
        count(distinct author_id) as authors_count,
        sum(case when is_revert then 1 else 0 end) as reverts_count,
        sum(case when is_feature then 1 else 0 end) as feature_branches_count,
        sum(case when is_feature and ai_assisted = 'assisted' then 1 else 0 end) as ai_feature_branches_count,
        count(distinct case when is_feature then author_id end) as feature_authors_count,
        count(lead_seconds) as timed_branches_count,
        count(distinct case when lead_seconds is not null then author_id end) as timed_authors_count,
        sum(lead_seconds) as lead_seconds,
        sum({{ exact_square('lead_seconds') }}) as squared_lead_seconds,
        max(merged_at) as observed_until
    from branches
    group by grouping sets ((week_start, org_unit, repository, ai_assisted), (week_start, org_unit, repository))

)

select * from aggregated
