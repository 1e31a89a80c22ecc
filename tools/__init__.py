"""Commands for those who work on corelib: they search for programs that break it, and write its generated lists."""
