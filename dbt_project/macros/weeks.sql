{#
Which weeks a run computes and which its data tests look at. They come from the environment at run time, never from
--vars, which would throw the parsed project away; and they become literal dates, so that only the files of those weeks
are opened.

Some facts look back seven days: whoever names a restated week names the week after it too.
#}

{# Dates to stand inside `week_start in (...)`: the build weeks, moved by each of `offsets` weeks. #}
{% macro build_weeks(offsets=[0]) -%}
    {%- if execute -%}
        {{ okr.week_literals(env_var('OKR_BUILD_WEEKS'), offsets) }}
    {%- else -%}
        cast(null as date)
    {%- endif -%}
{%- endmacro %}

{# The same for data tests: OKR_TEST_WEEKS, or the build weeks where that is not set. #}
{% macro test_weeks() -%}
    {%- if execute -%}
        {{ okr.week_literals(env_var('OKR_TEST_WEEKS', '') or env_var('OKR_BUILD_WEEKS'), [0]) }}
    {%- else -%}
        cast(null as date)
    {%- endif -%}
{%- endmacro %}

{# '2026-11-09,2026-11-16' as sorted date literals; no week at all is a list that nothing is in. #}
{% macro week_literals(text, offsets) -%}
    {%- set weeks = [] -%}
    {%- for part in text.split(',') if part.strip() -%}
        {%- set week = modules.datetime.date.fromisoformat(part.strip()) -%}
        {%- if week.weekday() != 0 -%}
            {{ exceptions.raise_compiler_error(part ~ ' is not a Monday: OKR_BUILD_WEEKS and OKR_TEST_WEEKS list Mondays') }}
        {%- endif -%}
        {%- for offset in offsets -%}
            {%- do weeks.append("date '" ~ (week + modules.datetime.timedelta(weeks=offset)) ~ "'") -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ weeks | unique | sort | join(', ') or 'cast(null as date)' }}
{%- endmacro %}

{# Runs before a fact is appended to, in the same transaction. #}
{% macro delete_build_weeks() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where week_start in ({{ build_weeks() }})
    {%- endif -%}
{%- endmacro %}
