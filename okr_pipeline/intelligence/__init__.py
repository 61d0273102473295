"""Feeds the analysis with the series that a run has measured.

Statistics and decisions are in `okr_pipeline.analysis`.
"""
