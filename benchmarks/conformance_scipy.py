"""``python benchmarks/conformance_scipy.py [NAME...]``: the suite over functions of SciPy; every alarm is listed.

With ``--quick`` in the quick profile. The slopes themselves are held against mpmath first, at ordinary points.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

import numpy as np

from benchmarks.scipy_special import TABLE, op_of
from corelib.conformance import Report, run, subject_of
from corelib.conformance.domain import draw
from corelib.conformance.subject import Subject

DIGITS: Final = 30
POINTS: Final = 5


def subject(name: str) -> Subject:
    """The op of this name, with its spec."""
    return subject_of(op_of(name), TABLE[name].spec(name))


def misfit(name: str) -> float:
    """The largest error of the slopes, relative to the largest of them, against mpmath at ordinary points."""
    import mpmath

    entry, one = TABLE[name], subject(name)
    if entry.exact is None:
        return 0.0
    args = [draw(one.rng("exact", i), r, (POINTS,)) for i, r in enumerate(one.ranges)]
    worst = 0.0
    for i, slope in enumerate(entry.slopes):
        given = {"result": entry.function(*args)} if _reads_result(slope) else {}
        found = np.broadcast_to(slope(*args, **given), (POINTS,))
        with mpmath.workdps(DIGITS):
            order = tuple([int(k == i) for k in range(len(args))])
            exact = [
                mpmath.diff(lambda *x: entry.exact(mpmath.mp, *x), tuple(map(mpmath.mpf, point)), order)
                for point in zip(*[a.tolist() for a in args], strict=True)
            ]
        truth = np.array([float(mpmath.re(x)) for x in exact])
        worst = max(worst, float(np.max(np.abs(found - truth)) / np.max(np.abs(truth))))
    return worst


def _reads_result(slope: object) -> bool:
    code = getattr(slope, "__code__", None)
    return code is not None and "result" in code.co_varnames


def examined(names: Sequence[str], profile: str) -> Report:
    return run([subject(name) for name in names], profile)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args(arguments)
    names = given.names or list(TABLE)
    wrong = {name: error for name in names if (error := misfit(name)) > 1e-10}
    print("\n".join(f"{name}: a slope is off by {error:.1e} against mpmath" for name, error in wrong.items()))
    report = examined(names, "quick" if given.quick else "default")
    for result in (*report.failures, *report.undeclared):
        print(f"{result.status} {result.id}\n{result.detail}")
    alarms = len(report.failures) + len(report.undeclared)
    print(f"{len(names)} functions, {len(report.results)} checks, {alarms} alarms")
    return int(bool(alarms or wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
