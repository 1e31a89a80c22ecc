"""The parts of `corelib fit`: a table, a network, its training, and what a run leaves behind."""
