{#
What every metric promises, in one query over the refreshed weeks: keys, finite numbers, vocabularies, and the
arithmetic that follows from its aggregation. `invariant` adds one more condition that must hold in every row.
A failing row says which promise it breaks.
One row of a ratio may have a denominator of zero (contacts of a unit without staff): it counts in the units above.
#}
{% test metric_contract(model, aggregation, people, split, invariant='true') -%}

with metric_rows as (

    select
        *,
        '{{ aggregation }}' as aggregation,
        count(*) over (partition by week_start, org_unit, segment, ai_assisted) as rows_of_key_count,
        sum(denominator) over (partition by week_start) as denominator_of_week,
        max(case when segment = 'all' then 1 else 0 end) over () as has_whole,
        min(case when segment = 'all' then 1 else 0 end) over () as has_only_whole
    from {{ model }}
    where week_start in ({{ test_weeks() }})

),

judged as (

    select
        *,
        case
            when week_start is null or org_unit is null or segment is null or ai_assisted is null then 'a key is null'
            when sample_count is null or observed_until is null then 'sample_count or observed_until is null'
            when rows_of_key_count > 1 then 'week, org unit, segment and ai_assisted are not unique'
            when not {{ is_finite('numerator') }} or not {{ is_finite('denominator') }} then 'a number is not finite'
            when sample_count < 0 or numerator < 0 or denominator < 0 then 'a number is negative'
            when ai_assisted not in ({{ "'assisted', 'unassisted'" if split else "'all'" }}) then 'ai_assisted is not in its vocabulary'
            when has_whole <> has_only_whole then 'segment all stands beside its parts'
            when {{ people }} and coalesce(people_count not between 0 and sample_count, true) then 'people_count is not in 0 to sample_count'
            when not {{ people }} and people_count is not null then 'people_count is given although nobody stands behind the rows'
            when aggregation = 'mean' and not {{ is_finite('sum_squares') }} then 'sum_squares is not finite'
            when aggregation <> 'mean' and sum_squares is not null then 'sum_squares is given for something that is no mean'
            when
                aggregation = 'mean' and sum_squares * denominator < numerator * numerator * (1 - 1e-9)
                then 'sum_squares is less than the mean allows'
            when
                aggregation in ('mean', 'proportion', 'distinct_share') and (denominator <> sample_count or denominator = 0)
                then 'the denominator is not the number of cases'
            when aggregation in ('proportion', 'distinct_share') and numerator > denominator then 'the numerator exceeds the denominator'
            when aggregation = 'distinct_share' and denominator <> people_count then 'the denominator is not the number of people'
            when
                aggregation = 'total' and (numerator <> floor(numerator) or denominator <> floor(denominator))
                then 'a total is not a whole number'
            when aggregation = 'ratio' and denominator_of_week = 0 then 'the denominator of the whole week is zero'
            when not coalesce({{ invariant }}, false) then 'the invariant of the metric does not hold'
        end as problem
    from metric_rows

)

select * from judged
where problem is not null

{%- endtest %}
