"""Functions of functions: derivatives and checkpoints."""
