"""Listeners with weights of their own that say what they hear; only benchmarks use them, nothing at run time does."""
