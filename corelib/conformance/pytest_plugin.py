"""``pytest --conformance [DISTRIBUTION]``: the suite as a pytest plugin. Unless asked it only adds its options.

Every check is an item of its own, ``corelib-elementwise.exp::jacobian::bcast-3x1_1x4::seed0``, in a collector that
stands beside the files; with ``--conformance`` and no paths nothing else is collected.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

from corelib.conformance.profile import PROFILES

if TYPE_CHECKING:
    from corelib.conformance.cases.result import Result

ALL: Final = "*"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "conformance of corelib plugins")
    group.addoption(
        "--conformance", nargs="?", const=ALL, default=None, metavar="DIST",
        help="check all installed ops, or those of one distribution, or DIST.op",
    )  # fmt: skip
    group.addoption(
        "--conformance-profile", choices=tuple(PROFILES), default="default", help="how thorough (default: default)"
    )
    group.addoption(
        "--array-kind", metavar="NAME", help="run the check of arrays of this kind, which a plugin describes"
    )
    group.addoption("--conformance-json", metavar="FILE", help="write the report to FILE")
    group.addoption("--conformance-seed", type=int, default=0, metavar="N", help="vary all random numbers (default: 0)")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--conformance") is None:
        if config.getoption("--array-kind") is not None:
            raise pytest.UsageError("--array-kind needs --conformance")
        return
    config.pluginmanager.register(ConformanceRun(config), "corelib-conformance-run")


class ConformanceRun:
    """One run of pytest in which the suite was asked for."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.results: list[Result] = []
        self.causes: dict[tuple[str, str], str] = {}

    def report(self, result: "Result") -> str:
        """Keep a result; return its message, in full where no case before failed for the same cause."""
        self.results.append(result)
        if result.status != "fail":
            return result.message
        first = self.causes.setdefault((result.op, result.cause or result.id), result.id)
        return result.message if first == result.id else f"FAILED {result.id}: for the same reason as {first}"

    @property
    def pattern(self) -> str | None:
        given: str = self.config.getoption("--conformance")
        return None if given == ALL else given

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        if self.config.invocation_params.args and self._paths_given():
            return
        self.config.args = []  # the suite stands for itself: no file is collected unless one is named

    def _paths_given(self) -> bool:
        return self.config.args_source is pytest.Config.ArgsSource.ARGS

    @pytest.hookimpl(wrapper=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> Iterator[None]:
        items[:0] = self._collected(session)
        yield

    def _option(self, name: str) -> Any:
        return self.config.getoption(f"--conformance-{name}")

    def _collected(self, session: pytest.Session) -> list[pytest.Item]:
        from corelib.conformance.running.items import items
        from corelib.conformance.running.whole import cases_of
        from corelib.errors import CorelibError

        try:
            kind = self.config.getoption("--array-kind")
            groups = cases_of(self.pattern, self._option("profile"), self._option("seed"), array_kind=kind)
        except (LookupError, CorelibError) as error:
            raise pytest.UsageError(f"--conformance: {error}") from error
        collector = ConformanceCollector.from_parent(session, name="conformance", nodeid="")
        made = [item for group in groups for item in items(group, self.report)]
        return [ConformanceItem.from_parent(collector, name=name, nodeid=name, run=run) for name, run in made]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        from corelib.conformance.reporting.report import Report

        report = Report(self.results, self._option("profile"))
        terminalreporter.section("conformance")
        terminalreporter.line(report.verdict)
        for op, check, reason in sorted({(r.op, r.check, r.detail) for r in report.skips}):
            terminalreporter.line(f"skipped {op}::{check}: {reason}", cyan=True)
        for r in report.warnings:
            terminalreporter.line(f"warning {r.op}::{r.check}: {r.detail}", yellow=True)
        if report.skips or report.warnings:
            terminalreporter.line(report.verdict)
        target = self._option("json")
        if target:
            report.write_json(target)


class ConformanceCollector(pytest.Collector):
    """Where the items of the suite hang."""

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        return []


class ConformanceItem(pytest.Item):
    """One case, or the expected failures of one op or optimizer."""

    def __init__(self, *, run: Callable[[], None], **keywords: Any) -> None:
        super().__init__(**keywords)
        self.run = run

    def runtest(self) -> None:
        self.run()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from corelib.conformance.running.items import CaseFailed

        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, int | None, str]:
        return "conformance", None, f"conformance of {self.name}"  # no end of the id, so that its dots stay
