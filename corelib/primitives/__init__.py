"""The kinds of op, and what a call of each records."""
