with facts as (

    select * from {{ ref('int_code_repository__branches_weekly') }}
    where breakdown = 'repository'

),

renamed as (

    select
        week_start,
        org_unit,
        repository as segment,
        'all' as ai_assisted,
        cast(reverts_count as double) as numerator,
        cast(branches_count as double) as denominator,
        cast(null as double) as sum_squares,
        cast(branches_count as bigint) as sample_count,
        cast(authors_count as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
