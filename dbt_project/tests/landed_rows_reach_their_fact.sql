-- Two routes to one number: every landed row is counted once, whatever its unit code is mapped to (or not).
with landed as (

    select
        'interactions' as source_table,
        week_start,
        count(*) as rows_count
    from {{ source('contact_centre', 'interactions') }}
    where week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'agreements' as source_table,
        week_start,
        count(*) as rows_count
    from {{ source('document_management', 'agreements') }}
    where week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'discrepancies' as source_table,
        week_start,
        count(*) as rows_count
    from {{ source('erp', 'discrepancies') }}
    where week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'ledger' as source_table,
        week_start,
        count(*) as rows_count
    from {{ source('erp', 'ledger') }}
    where week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'delivery' as source_table,
        week_start,
        count(*) as rows_count
    from {{ source('code_repository', 'delivery') }}
    where week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'cases' as source_table,
        week_start,
        count(*) as rows_count
    from {{ source('underwriting', 'cases') }}
    where week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'monitoring' as source_table,
        week_start,
        count(*) as rows_count
    from {{ source('governance', 'monitoring') }}
    where week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'incidents' as source_table,
        week_start,
        count(*) as rows_count
    from {{ source('governance', 'incidents') }}
    where week_start in ({{ test_weeks() }})
    group by week_start

),

counted as (

    select
        'interactions' as source_table,
        week_start,
        sum(contacts_count) as rows_count
    from {{ ref('int_contact_centre__contacts_weekly') }}
    where breakdown = 'unit' and week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'agreements' as source_table,
        week_start,
        sum(agreements_count) as rows_count
    from {{ ref('int_document_management__agreements_weekly') }}
    where week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'discrepancies' as source_table,
        week_start,
        sum(discrepancies_count) as rows_count
    from {{ ref('int_erp__discrepancies_weekly') }}
    where breakdown = 'unit' and week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'ledger' as source_table,
        week_start,
        sum(postings_count) as rows_count
    from {{ ref('int_erp__postings_weekly') }}
    where week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'delivery' as source_table,
        week_start,
        sum(features_count) as rows_count
    from {{ ref('int_code_repository__delivery_weekly') }}
    where week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'cases' as source_table,
        week_start,
        sum(cases_count) as rows_count
    from {{ ref('int_underwriting__cases_weekly') }}
    where breakdown = 'unit' and week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'monitoring' as source_table,
        week_start,
        sum(records_count) as rows_count
    from {{ ref('int_governance__monitoring_weekly') }}
    where week_start in ({{ test_weeks() }})
    group by week_start
    union all
    select
        'incidents' as source_table,
        week_start,
        sum(incidents_count) as rows_count
    from {{ ref('int_governance__incidents_weekly') }}
    where week_start in ({{ test_weeks() }})
    group by week_start

)

select
    landed.source_table,
    landed.week_start,
    landed.rows_count as landed_count,
    counted.rows_count as counted_count
from landed
full outer join counted
    on landed.source_table = counted.source_table and landed.week_start = counted.week_start
where coalesce(landed.rows_count, 0) <> coalesce(counted.rows_count, 0)
