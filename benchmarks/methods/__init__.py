"""Error rates of the checks, measured by simulation with known truth: ``python -m benchmarks.methods``."""
