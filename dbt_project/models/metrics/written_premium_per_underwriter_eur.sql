with cases as (

    select * from {{ ref('int_underwriting__cases_weekly') }}
    where breakdown = 'unit'

),

headcount as (

    select * from {{ ref('int_erp__headcount_weekly') }}
    where role = 'underwriter' and fte > 0

),

-- a week that is missing in either source gives no row; a unit that had people and no cases is a true zero
case_weeks as (

    select
        week_start,
        max(observed_until) as observed_until
    from cases
    group by week_start

),

joined as (

    select
        headcount.week_start,
        headcount.org_unit,
        'all' as segment,
        'all' as ai_assisted,
        cast(coalesce(cases.written_premium_eur, 0) as double) as numerator,
        cast(headcount.fte as double) as denominator,
        cast(null as double) as sum_squares,
        cast(coalesce(cases.cases_count, 0) as bigint) as sample_count,
        cast(coalesce(cases.underwriters_count, 0) as bigint) as people_count,
        least(case_weeks.observed_until, headcount.observed_until) as observed_until
    from headcount
    inner join case_weeks
        on headcount.week_start = case_weeks.week_start
    left join cases
        on headcount.week_start = cases.week_start and headcount.org_unit = cases.org_unit

)

select * from joined
