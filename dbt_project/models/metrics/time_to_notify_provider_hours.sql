with register as (

    -- an untold incident is as old as the register: leaving it out would make silence look quick
    select max(week_start) as newest_week from {{ ref('int_governance__monitoring_weekly') }}

),

facts as (

    select
        incidents.week_start,
        incidents.org_unit,
        incidents.ai_system_id,
        incidents.incidents_count,
        incidents.observed_until,
        incidents.incidents_count - incidents.notified_incidents_count as untold_count,
        cast(coalesce(incidents.notice_seconds, 0) as double) as told_seconds,
        cast(coalesce(incidents.squared_notice_seconds, 0) as double) as squared_told_seconds,
        cast(coalesce(incidents.untold_offset_seconds, 0) as double) as offset_seconds,
        cast(coalesce(incidents.squared_untold_offset_seconds, 0) as double) as squared_offset_seconds,
        cast({{ seconds_between(
            'cast(incidents.week_start as timestamp with time zone)',
            'cast(' ~ weeks_later('greatest(incidents.week_start, coalesce(register.newest_week, incidents.week_start))', 1)
            ~ ' as timestamp with time zone)'
        ) }} as double) as span_seconds
    from {{ ref('int_governance__incidents_weekly') }} as incidents
    cross join register

),

aged as (

    select
        week_start,
        org_unit,
        ai_system_id,
        incidents_count,
        observed_until,
        told_seconds + untold_count * span_seconds - offset_seconds as open_seconds,
        squared_told_seconds
        + untold_count * span_seconds * span_seconds
        - 2 * span_seconds * offset_seconds
        + squared_offset_seconds as squared_open_seconds
    from facts

),

renamed as (

    select
        week_start,
        org_unit,
        ai_system_id as segment,
        'all' as ai_assisted,
        cast(open_seconds / 3600.0 as double) as numerator,
        cast(incidents_count as double) as denominator,
        cast(squared_open_seconds / (3600.0 * 3600.0) as double) as sum_squares,
        cast(incidents_count as bigint) as sample_count,
        cast(null as bigint) as people_count,
        observed_until
    from aged

)

select * from renamed
