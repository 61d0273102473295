with items as (

    select
        week_start,
        org_unit,
        has_exception,
        -- an invoice that was cleared before any invoice came in tells of an earlier one, not of a time
        case
            when cleared_at >= first_invoice_at then {{ seconds_between('first_invoice_at', 'cleared_at') }}
        end as clearing_seconds,
        last_event_at
    from {{ ref('stg_purchase_to_pay__purchase_items') }}
    where week_start in ({{ build_weeks() }})

),

aggregated as (

    select
        week_start,
        org_unit,
        count(*) as items_count,
        sum(case when has_exception then 1 else 0 end) as exception_items_count,
        count(clearing_seconds) as cleared_items_count,
        sum(clearing_seconds) as clearing_seconds,
        sum({{ exact_square('clearing_seconds') }}) as squared_clearing_seconds,
        max(last_event_at) as observed_until
    from items
    group by week_start, org_unit

)

select * from aggregated
