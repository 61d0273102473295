with cases as (

    select * from {{ ref('int_underwriting__cases_weekly') }}
    where breakdown = 'unit'

),

headcount as (

    select * from {{ ref('int_erp__headcount_weekly') }}
    where role = 'underwriter' and fte > 0

),

case_weeks as (

    select
        week_start,
        max(observed_until) as observed_until
    from cases
    group by week_start

),

headcount_weeks as (

    select
        week_start,
        max(observed_until) as observed_until
    from headcount
    group by week_start

),

-- A week that is missing in either source gives no row. A unit with people and no cases is a true zero; cases of a
-- unit without people (a code that nobody mapped) keep their row, because the units above count them.
joined as (

    select
        case_weeks.week_start,
        cases.cases_count,
        cases.written_premium_eur,
        cases.underwriters_count,
        headcount.fte,
        coalesce(cases.org_unit, headcount.org_unit) as org_unit,
        least(case_weeks.observed_until, headcount_weeks.observed_until) as observed_until
    from headcount
    full outer join cases
        on headcount.week_start = cases.week_start and headcount.org_unit = cases.org_unit
    inner join case_weeks
        on coalesce(cases.week_start, headcount.week_start) = case_weeks.week_start
    inner join headcount_weeks
        on case_weeks.week_start = headcount_weeks.week_start

),

renamed as (

    select
        week_start,
        org_unit,
        'all' as segment,
        'all' as ai_assisted,
        cast(coalesce(written_premium_eur, 0) as double) as numerator,
        cast(coalesce(fte, 0) as double) as denominator,
        cast(null as double) as sum_squares,
        cast(coalesce(cases_count, 0) as bigint) as sample_count,
        cast(coalesce(underwriters_count, 0) as bigint) as people_count,
        observed_until
    from joined

)

select * from renamed
