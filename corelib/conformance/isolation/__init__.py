"""The surroundings of a case: limits of time and memory, tracebacks, and the global state of the process."""
