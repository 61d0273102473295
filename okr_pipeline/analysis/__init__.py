"""What the numbers say about the cascade: pure statistics, each with its estimate, its interval and its silence.

Where the series come from, and what is published of the results, does not belong here.
"""
