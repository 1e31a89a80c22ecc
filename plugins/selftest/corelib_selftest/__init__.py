"""The suite's own test: ops and optimizers with one thing wrong, and how many of them the suite finds."""


def main(pattern: str | None = None) -> int:
    """What ``pytest --conformance DIST --mutate`` runs: 0 where the goals are met."""
    from corelib_selftest.command import main as run  # nothing is imported before it is asked for

    return run(pattern)
