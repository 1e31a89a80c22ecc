"""The stub files that type checkers read of the installed plugins."""
