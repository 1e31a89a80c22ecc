"""The commands `corelib fit` and `corelib predict`."""
