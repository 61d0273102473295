with postings as (

    select
        week_start,
        org_unit,
        posted_at,
        coalesce(entry_type = 'adjustment' and posted_at > period_closed_at, false) as is_post_close_adjustment
    from {{ ref('stg_erp__ledger') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        count(*) as postings_count,
        sum(case when is_post_close_adjustment then 1 else 0 end) as post_close_adjustments_count,
        max(posted_at) as observed_until
    from postings
    group by week_start, org_unit

)

select * from aggregated
