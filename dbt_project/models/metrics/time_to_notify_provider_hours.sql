with facts as (

    select * from {{ ref('int_governance__incidents_weekly') }}
    where notified_incidents_count > 0

),

renamed as (

    select
        week_start,
        org_unit,
        ai_system_id as segment,
        'all' as ai_assisted,
        cast(notice_seconds / 3600.0 as double) as numerator,
        cast(notified_incidents_count as double) as denominator,
        cast(squared_notice_seconds / (3600.0 * 3600.0) as double) as sum_squares,
        cast(notified_incidents_count as bigint) as sample_count,
        cast(null as bigint) as people_count,
        observed_until
    from facts

)

select * from renamed
