"""``pytest --conformance [DISTRIBUTION] --mutate``: the mutants of its ops in the place of the suite's cases."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "conformance of corelib plugins")
    group.addoption("--mutate", action="store_true", help="mutate the ops, and print how many mutants the suite finds")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--mutate"):
        return
    if config.getoption("--conformance") is None:
        raise pytest.UsageError("--mutate needs --conformance, or --conformance DIST")
    config.pluginmanager.unregister(name="corelib-conformance-run")  # its verdict would be that of no case at all


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> bool | None:
    """Nothing is collected: no case is run."""
    if not session.config.getoption("--mutate"):
        return None
    session.testscollected = 1  # the score; of a run without tests the exit status is never 0
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    if not session.config.getoption("--mutate"):
        return None
    from corelib_selftest import main  # nothing is imported before it is asked for

    given = session.config.getoption("--conformance")
    session.testsfailed = int(main(None if given == "*" else given) != 0)
    return True
