"""A fuzzer of bad arguments to every public name: ``python -m tools.fuzz --seconds 60 --seed 0``.

A case is a line of Python. Each runs in a child process, so that a crash or a hang is found and cut down to a line that
does it again.
"""
