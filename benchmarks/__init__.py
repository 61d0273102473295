"""Measures the speed table: what a refresh costs beside the plainest code that does the same work.

Ratios, not seconds, are compared: both sides run in turn on the same machine, and the medians are divided.
"""
