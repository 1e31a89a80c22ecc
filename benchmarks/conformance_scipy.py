"""``python -m benchmarks.conformance_scipy [PATTERN...]``: the suite over functions of SciPy; every alarm is listed.

With ``--quick`` in the quick profile. The slopes themselves are held against mpmath first, at ordinary points. One
function follows the other, and each is told when it is done, with its processor time.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from functools import partial
from time import process_time
from typing import Any, Final

import numpy as np

from benchmarks import scipy_held, scipy_more, scipy_special  # noqa: F401  # they fill the table
from benchmarks.scipy_table import TABLE, Entry, op_of
from corelib import Array
from corelib.conformance import Report, run, subject_of
from corelib.conformance.numerics.domain import draw
from corelib.conformance.subject import Subject

DIGITS: Final = 30
POINTS: Final = 5
MISFIT: Final = 1e-10


def subject(name: str) -> Subject:
    """The op of this name, with its spec."""
    return subject_of(op_of(name), TABLE[name].spec(name))


def misfit(name: str) -> float:
    """The largest error of the slopes, relative to the largest of them, against mpmath at ordinary points."""
    entry, one = TABLE[name], subject(name)
    if entry.exact is None:
        return 0.0
    drawn = [draw(one.rng("exact", i), r, (POINTS,)) for i, r in enumerate(one.ranges)]
    rows = [[np.full(POINTS, value) for value in row] for row in entry.held] or [[]]
    return max(_misfit(entry, [*row, *drawn[len(row) :]]) for row in rows)


def _misfit(entry: Entry, args: Sequence[Array]) -> float:
    worst = 0.0
    for i, slope in enumerate(entry.slopes):
        if slope is None:
            continue
        given = {"result": entry.function(*args)} if _reads_result(slope) else {}
        found = slope(*args, **given)
        for k, row in enumerate(found if entry.several else (found,)):
            exact: Any = _chosen(entry.exact, k) if entry.several else entry.exact
            truth = _differentiated(exact, args, i)
            worst = max(worst, float(np.max(np.abs(row - truth)) / np.max(np.abs(truth))))
    return worst


def _chosen(exact: Any, k: int) -> Callable[..., Any]:
    """Its result ``k``."""
    return lambda mp, *x: exact(mp, *x)[k]


def _differentiated(exact: Callable[..., Any], args: Sequence[Array], i: int) -> Array:
    """The slope in argument ``i``, by mpmath's differences with many digits."""
    import mpmath

    order = tuple([int(n == i) for n in range(len(args))])
    with mpmath.workdps(DIGITS):
        points = [tuple(map(mpmath.mpf, point)) for point in zip(*[a.tolist() for a in args], strict=True)]
        return np.array([float(mpmath.re(mpmath.diff(partial(exact, mpmath.mp), point, order))) for point in points])


def _reads_result(slope: object) -> bool:
    code = getattr(slope, "__code__", None)
    return code is not None and "result" in code.co_varnames


def examined(names: Sequence[str], profile: str) -> Report:
    return run([subject(name) for name in names], profile)


def told(name: str, profile: str) -> int:
    """Examine one function, print what became of it, and return the number of its alarms."""
    began = process_time()
    error = misfit(name)
    slopes = [f"{name}: a slope is off by {error:.1e} against mpmath"] if not error <= MISFIT else []
    report = examined([name], profile)
    alarms = [f"{r.status} {r.id}\n{r.detail}" for r in (*report.failures, *report.undeclared)]
    verdict = f"{len(alarms)} alarms" if alarms else "no alarm"
    print(f"{name}: {len(report.results)} checks, {verdict}, {process_time() - began:.1f} s", flush=True)
    print("".join([f"{text}\n" for text in (*slopes, *alarms)]), end="", flush=True)
    return len(slopes) + len(alarms)


def chosen(patterns: Sequence[str]) -> list[str]:
    """The functions that match one of the patterns; all of them without."""
    return [name for name in TABLE if not patterns or any([fnmatchcase(name, p) for p in patterns])]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patterns", nargs="*", metavar="PATTERN")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args(arguments)
    names = chosen(given.patterns)
    alarms = {name: told(name, "quick" if given.quick else "default") for name in names}
    loud = [name for name, count in alarms.items() if count]
    print(f"{len(names)} functions, {sum(alarms.values())} alarms" + (f" ({', '.join(loud)})" if loud else ""))
    return int(bool(loud) or not names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
