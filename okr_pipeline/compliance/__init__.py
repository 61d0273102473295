"""What the EU AI Act asks of the AI systems in a cascade: pure decisions over facts in YAML.

The law is `catalogue.yml`; changing the law means changing that file. Knows the cascade's model and nothing of Dagster,
dbt or DuckDB. It is no legal advice.
"""
