"""``pytest --conformance [DISTRIBUTION]``: the suite as a pytest plugin. Unless asked it only adds its options.

Every check is an item of its own, ``corelib-elementwise.exp::jacobian::bcast-3x1_1x4::seed0``, in a collector that
stands beside the files; with ``--conformance`` and no paths nothing else is collected.
"""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from corelib.conformance.case import Result, Runnable

PROFILES: Final = ("quick", "default", "deep")
ALL: Final = "*"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "conformance of corelib plugins")
    group.addoption(
        "--conformance", nargs="?", const=ALL, default=None, metavar="DIST",
        help="check all installed ops, or those of one distribution, or DIST.op",
    )  # fmt: skip
    group.addoption(
        "--conformance-profile", choices=PROFILES, default="default", help="how thorough (default: default)"
    )
    group.addoption("--conformance-json", metavar="FILE", help="write the report to FILE")
    group.addoption("--conformance-seed", type=int, default=0, metavar="N", help="vary all random numbers (default: 0)")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--conformance") is None:
        return
    config.pluginmanager.register(ConformanceRun(config), "corelib-conformance-run")


class ConformanceRun:
    """One run of pytest in which the suite was asked for."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.results: list[Result] = []
        self.told: dict[tuple[str, str], str] = {}

    def once(self, result: "Result") -> str:
        """What to say of a failure: in full where its cause was not told before."""
        first = self.told.setdefault((result.op, result.cause or result.id), result.id)
        return result.detail if first == result.id else f"FAILED {result.id}: for the same reason as {first}"

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
        from corelib.conformance.running.whole import cases_of
        from corelib.errors import CorelibError

        try:
            groups = cases_of(self.pattern, self._option("profile"), self._option("seed"))
        except (LookupError, CorelibError) as error:
            raise pytest.UsageError(f"--conformance: {error}") from error
        collector = ConformanceCollector.from_parent(session, name="conformance", nodeid="")
        found: list[pytest.Item] = []
        for group in groups:
            mine: list[Result] = []
            made = partial(ConformanceItem.from_parent, collector, run=self, group=mine)
            found += [made(name=case.id, nodeid=case.id, case=case) for case in group]
            strict = f"{group[0].name}::expected-failures"
            last = partial(StrictItem.from_parent, collector, run=self, group=mine)
            found.append(last(name=strict, nodeid=strict, case=group[0]))
        return found

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


class ConformanceFailed(Exception):
    """Carries the text of a failed case to the report."""


class ConformanceItem(pytest.Item):
    """One case."""

    def __init__(self, *, case: "Runnable", run: ConformanceRun, group: "list[Result]", **keywords: Any) -> None:
        super().__init__(**keywords)
        self.case = case
        self.run = run
        self.group = group

    def runtest(self) -> None:
        result = self.case.run()
        self.keep(result)
        if result.status == "skip":
            pytest.skip(result.detail)
        if result.status == "xfail":
            pytest.xfail(result.detail)
        if result.status == "fail":
            raise ConformanceFailed(self.run.once(result))
        if result.status == "undeclared":
            raise ConformanceFailed(f"undeclared {result.id}: {result.detail}")

    def keep(self, result: "Result") -> None:
        self.run.results.append(result)
        self.group.append(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, ConformanceFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, int | None, str]:
        return "conformance", None, f"conformance of {self.name}"  # no end of the id, so that its dots stay


class StrictItem(ConformanceItem):
    """After all cases of an op or an optimizer: those that were expected to fail have failed."""

    def runtest(self) -> None:
        from corelib.conformance.expected import unexpected_passes

        late = unexpected_passes(self.case.subject, self.group)
        self.run.results.extend(late)
        if late:
            raise ConformanceFailed("\n".join(result.detail for result in late))
