"""Rules between key results and AI systems, one module for each theme; found by discovery (`..rule`)."""
