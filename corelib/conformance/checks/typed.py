"""The check of types: to mypy the op returns a Tensor. mypy runs once for all ops of a plugin."""

import re
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from corelib.conformance.cases.op_case import WHOLE, Check
from corelib.conformance.failure import Failure, Skip
from corelib.conformance.sample import Sample
from corelib.conformance.subject import LOCAL, Subject
from corelib.conformance.tally import Tally

CACHE = Path(gettempdir()) / "corelib-conformance-mypy"  # not the project's own cache, which is made with other options


def typed(subject: Subject, sample: Sample, tally: Tally) -> None:
    """To a type checker the op is a callable that returns a Tensor, or a tuple of them."""
    places = _places(subject.distribution)
    place = places.get(id(subject.op))
    tally.require(place, "no module of the package exports it: a type checker cannot import it")
    revealed = _revealed(tuple(sorted(set(places.values())))).get(str(place), "")
    tally.require(_returns_tensors(revealed), f"mypy reveals {place} as: {revealed or 'nothing'}")


def _returns_tensors(revealed: str) -> bool:
    """Whether mypy reveals a function, or overloads, that all return a Tensor or a tuple of them."""
    results = re.findall(r" -> ([^)]*?)(?=,? def |\)?$)", revealed)
    return bool(results) and all("corelib.core.tensor.Tensor" in result for result in results)


@cache
def _revealed(places: tuple[str, ...]) -> dict[str, str]:
    """What mypy reveals of each "module:attribute", or the error it gives."""
    lines = [
        line
        for place in places
        for line in (f"import {place.partition(':')[0]}", f"reveal_type({place.replace(':', '.')}.__call__)")
    ]
    done = _mypy("\n".join(lines))
    found: dict[str, str] = {}
    for line in done.stdout.splitlines():
        match = re.search(r"typed_ops\.py:(\d+): (error|note): (.*)", line)
        if match:
            place = places[(int(match[1]) - 1) // 2]
            revealed = re.match(r"Revealed type is [\"'](.*)[\"']$", match[3])
            found.setdefault(place, revealed[1] if revealed else match[3])
    if not found:
        raise Failure(f"mypy could not be run: {done.stderr.strip() or done.stdout.strip()}")
    return found


def _mypy(program: str) -> "subprocess.CompletedProcess[str]":
    with TemporaryDirectory() as folder:
        file = Path(folder) / "typed_ops.py"
        file.write_text(program)
        quiet = ("--no-error-summary", "--hide-error-context", "--no-pretty")
        options = ("--strict", *quiet, "--config-file=", f"--cache-dir={CACHE}")
        command = [sys.executable, "-m", "mypy", *options, str(file)]
        return subprocess.run(command, capture_output=True, text=True, check=False)


@cache
def _places(distribution: str) -> dict[int, str]:
    """Where a type checker finds each op of the distribution, by the op's identity."""
    from corelib.plugins.registry import registry
    from corelib.stubs.files import home

    found: dict[int, str] = {}
    for plugin in registry.plugins:
        for provided in plugin.ops.values() if plugin.distribution.name == distribution else ():
            try:
                found[id(provided.get())] = ":".join(home(provided))
            except LookupError:  # typed() reports it for the op in question
                continue
    return found


def select_installed(subject: Subject, seed: int) -> Sequence[Sample]:
    if subject.distribution == LOCAL or not subject.where:
        raise Skip("not an installed op: mypy has no place to import it from")
    if find_spec("mypy") is None:
        raise Skip("mypy is not installed")
    return [WHOLE]


CHECKS = (Check("typed", select_installed, typed, profiles=("default", "deep"), limited=False),)
