{# Whatever differs between engines; another engine adds its own `<engine>__` variant here and nowhere else. #}

{# Exact number with six digits: its sums do not depend on the order in which rows are read. #}
{% macro exact(expression) -%}
    cast({{ expression }} as decimal(18, 6))
{%- endmacro %}

{# Square of an exact number; a plain product would overflow eighteen digits. #}
{% macro exact_square(expression) -%}
    cast({{ expression }} as decimal(38, 6)) * {{ expression }}
{%- endmacro %}

{# Elapsed seconds between two moments, exact to the microsecond. #}
{% macro seconds_between(start, finish) -%}
    {{ return(adapter.dispatch('seconds_between', 'okr')(start, finish)) }}
{%- endmacro %}

{% macro default__seconds_between(start, finish) -%}
    cast(extract(epoch from {{ finish }} - {{ start }}) as decimal(18, 6))
{%- endmacro %}

{% macro duckdb__seconds_between(start, finish) -%}
    cast((epoch_us({{ finish }}) - epoch_us({{ start }})) * 0.000001 as decimal(18, 6))
{%- endmacro %}

{# The moment so many elapsed hours later. #}
{% macro hours_later(moment, hours) -%}
    {{ return(adapter.dispatch('hours_later', 'okr')(moment, hours)) }}
{%- endmacro %}

{% macro default__hours_later(moment, hours) -%}
    {{ moment }} + interval '{{ hours }} hours'
{%- endmacro %}

{# The same time of day so many calendar days later, in the connection's time zone (the organisation's). #}
{% macro days_later(moment, days) -%}
    {{ return(adapter.dispatch('days_later', 'okr')(moment, days)) }}
{%- endmacro %}

{% macro default__days_later(moment, days) -%}
    {{ moment }} + interval '{{ days }} days'
{%- endmacro %}

{# The Monday of a moment's week, in the connection's time zone (the organisation's). #}
{% macro week_of(moment) -%}
    {{ return(adapter.dispatch('week_of', 'okr')(moment)) }}
{%- endmacro %}

{% macro default__week_of(moment) -%}
    cast(date_trunc('week', {{ moment }}) as date)
{%- endmacro %}

{# The Monday so many weeks later, of a date. #}
{% macro weeks_later(week, weeks) -%}
    {{ return(adapter.dispatch('weeks_later', 'okr')(week, weeks)) }}
{%- endmacro %}

{% macro default__weeks_later(week, weeks) -%}
    {{ week }} + {{ 7 * weeks }}
{%- endmacro %}

{# Two columns as one short key: equal pairs share it; unequal ones do so hardly ever, but may. #}
{% macro row_key(first, second) -%}
    {{ return(adapter.dispatch('row_key', 'okr')(first, second)) }}
{%- endmacro %}

{% macro default__row_key(first, second) -%}
    md5({{ first }} || ' ' || {{ second }})
{%- endmacro %}

{% macro duckdb__row_key(first, second) -%}
    hash({{ first }}, {{ second }})
{%- endmacro %}

{# True only for a number that is neither null nor NaN nor infinite ('nan' >= 0.9 is true in DuckDB). #}
{% macro is_finite(expression) -%}
    {{ return(adapter.dispatch('is_finite', 'okr')(expression)) }}
{%- endmacro %}

{% macro default__is_finite(expression) -%}
    coalesce({{ expression }} between -1.7976931348623157e308 and 1.7976931348623157e308, false)
{%- endmacro %}

{% macro duckdb__is_finite(expression) -%}
    coalesce(isfinite({{ expression }}), false)
{%- endmacro %}
