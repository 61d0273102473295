"""The OKR cascade as a pure domain: what people wrote in YAML, checked, and what follows from it.

No database, orchestrator or clock belongs here: facts come in as arguments, decisions go out as values.
"""
