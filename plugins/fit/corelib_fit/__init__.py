"""The commands `corelib fit` and `corelib predict`: a table, a network, its training, and what a run leaves behind."""
