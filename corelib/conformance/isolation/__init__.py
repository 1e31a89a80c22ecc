"""What surrounds a case: limits of time and memory, tracebacks, and the state of the process."""
