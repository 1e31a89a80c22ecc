"""Reports of the cases that ran."""
