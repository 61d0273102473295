{#
A system's codes of teams and queues become org units by control.unit_codes, which the pipeline writes from
organisation.yml. It is no dbt source on purpose: a metric's lineage ends at its systems of record.
A code that nobody has mapped keeps its rows, as unit 'unmapped'.
#}

{% macro org_unit() -%}
    coalesce(unit_codes.org_unit, 'unmapped')
{%- endmacro %}

{% macro join_unit_codes(system) -%}
    left join control.unit_codes as unit_codes
        on source.unit_code = unit_codes.code and unit_codes.system = '{{ system }}'
{%- endmacro %}
