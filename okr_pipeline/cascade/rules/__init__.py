"""The rules of a cascade, a module for each theme. A new rule is one function in one of them or in a new one.

A function decorated with `okr_pipeline.cascade.rule.rule` is found by itself; nothing is listed anywhere.
"""
