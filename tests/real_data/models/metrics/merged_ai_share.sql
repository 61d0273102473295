with facts as (

    select
        week_start,
        org_unit,
        repository,
        branches_count,
        authors_count,
        observed_until
    from {{ ref('int_code_repository__branches_weekly') }}
    where breakdown = 'repository'

),

assisted as (

    select
        week_start,
        org_unit,
        repository,
        branches_count
    from {{ ref('int_code_repository__branches_weekly') }}
    where breakdown = 'ai_assisted' and ai_assisted = 'assisted'

),

renamed as (

    select
        facts.week_start,
        facts.org_unit,
        facts.repository as segment,
        'all' as ai_assisted,
        cast(coalesce(assisted.branches_count, 0) as double) as numerator,
        cast(facts.branches_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(facts.branches_count as bigint) as sample_count,
        cast(facts.authors_count as bigint) as people_count,
        facts.observed_until
    from facts
    left join assisted
        on facts.week_start = assisted.week_start
        and facts.org_unit = assisted.org_unit
        and facts.repository = assisted.repository

)

select * from renamed
