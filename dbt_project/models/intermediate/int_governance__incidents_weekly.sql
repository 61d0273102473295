with incidents as (

    select
        week_start,
        org_unit,
        ai_system_id,
        {{ seconds_between('aware_at', 'provider_notified_at') }} as notice_seconds,
        case
            when provider_notified_at is null
                then {{ seconds_between('cast(week_start as timestamp with time zone)', 'aware_at') }}
        end as untold_offset_seconds,
        aware_at
    from {{ ref('stg_governance__incidents') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        ai_system_id,
        count(*) as incidents_count,
        count(notice_seconds) as notified_incidents_count,
        sum(notice_seconds) as notice_seconds,
        sum({{ exact_square('notice_seconds') }}) as squared_notice_seconds,
        sum(untold_offset_seconds) as untold_offset_seconds,
        sum({{ exact_square('untold_offset_seconds') }}) as squared_untold_offset_seconds,
        max(aware_at) as observed_until
    from incidents
    group by week_start, org_unit, ai_system_id

)

select * from aggregated
