"""Cases: one check, run once, and its result."""
