-- Two routes to one number: a fact's breakdowns are different sums over the same cases, so their totals are equal.
with totals as (

    select
        'contacts' as fact,
        week_start,
        org_unit,
        breakdown,
        sum(contacts_count) as cases_count,
        sum(handle_seconds) as measure
    from {{ ref('int_contact_centre__contacts_weekly') }}
    where week_start in ({{ test_weeks() }})
    group by week_start, org_unit, breakdown
    union all
    select
        'discrepancies' as fact,
        week_start,
        org_unit,
        breakdown,
        sum(discrepancies_count) as cases_count,
        sum(resolution_seconds) as measure
    from {{ ref('int_erp__discrepancies_weekly') }}
    where week_start in ({{ test_weeks() }})
    group by week_start, org_unit, breakdown
    union all
    select
        'branches' as fact,
        week_start,
        org_unit,
        breakdown,
        sum(branches_count) as cases_count,
        sum(lead_seconds) as measure
    from {{ ref('int_code_repository__branches_weekly') }}
    where week_start in ({{ test_weeks() }})
    group by week_start, org_unit, breakdown
    union all
    select
        'cases' as fact,
        week_start,
        org_unit,
        breakdown,
        sum(cases_count) as cases_count,
        sum(written_premium_eur) as measure
    from {{ ref('int_underwriting__cases_weekly') }}
    where week_start in ({{ test_weeks() }})
    group by week_start, org_unit, breakdown

),

compared as (

    select
        fact,
        week_start,
        org_unit,
        min(cases_count) as least_cases_count,
        max(cases_count) as most_cases_count,
        min(measure) as least_measure,
        max(measure) as most_measure
    from totals
    group by fact, week_start, org_unit

)

select * from compared
where least_cases_count <> most_cases_count or least_measure <> most_measure
