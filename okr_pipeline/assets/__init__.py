"""Thin Dagster wrappers: names, partitions, checks and metadata around steps that live elsewhere."""
