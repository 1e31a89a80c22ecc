"""The check array_kinds: an op that breaks a convention fails with the convention and the line, and no other does."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corelib import Array, Tensor, elementwise, op
from corelib.conformance import OpSample, OpSpec, Report, installed, run, subject_of
from corelib.conformance.guarded import GUARDED, Convention
from corelib.extend import composed

click_testing = pytest.importorskip("click.testing")
special = pytest.importorskip("scipy.special")

Install = Callable[..., Path]
INDEX = np.array([0, 2, 1])


def checked(subject: Any, *names: str, **declared: Any) -> Report:
    spec = OpSpec("mine", kind="custom", samples=lambda rng: [OpSample(rng.normal(size=3))], **declared)
    return run([subject_of(subject, spec)], "quick", checks=names or ["array_kinds"])


def failure_of(subject: Any, *names: str, **declared: Any) -> str:
    return checked(subject, *names, **declared).failures[0].detail


def of_forward(forward: Callable[[Any], Any]) -> Any:
    """x -> 2x, with one line more in forward."""

    class Mine:
        def forward(self, x: Array) -> Array:
            doubled: Array = x + x
            forward(x)
            return doubled

        def backward(self, propagated: Array, x: Array) -> Array:
            return propagated + propagated

    return op(Mine)


def of_backward(backward: Callable[[Any], Any]) -> Any:
    """x -> 2x, with one line more in backward."""

    class Mine:
        def forward(self, x: Array) -> Array:
            doubled: Array = x + x
            return doubled

        def backward(self, propagated: Array, x: Array) -> Array:
            backward(x)
            return propagated + propagated

    return op(Mine)


def written(x: Any) -> None:
    x[...] = np.array(2.0)


BROKEN: Mapping[str, tuple[Callable[[Any], Any], Convention]] = {
    "asarray": (lambda x: np.asarray(x), Convention.HOST_COPY),  # noqa: PLW0108  # its line is looked for
    "mixed": (lambda x: x * np.array(2.0), Convention.MIXED),
    "function": (lambda x: np.unstack(x.reshape(1, -1)), Convention.FUNCTION),
    "attribute": (lambda x: x.ctypes, Convention.FUNCTION),
    "argument": (lambda x: np.broadcast_to(x, (2, *x.shape), subok=True), Convention.ARGUMENT),
    "reduce": (lambda x: np.maximum.reduce(x), Convention.METHOD),  # noqa: PLW0108
    "at": (lambda x: np.add.at(x, (), 0.0), Convention.INDEX),
    "dtype": (lambda x: np.add(x, x, dtype=np.float64), Convention.DTYPE),
    "where": (lambda x: np.sum(x, where=x > 0), Convention.MASKED),
    "initial": (lambda x: np.max(x, initial=0), Convention.MASKED),
    "ones": (lambda x: np.ones(3, like=x), Convention.LIKE),
    "in place": (written, Convention.IN_PLACE),
    "read-only": (lambda x: np.add(x, 1, out=np.broadcast_to(x, (2, *x.shape))), Convention.READ_ONLY),
}


@pytest.mark.parametrize("place", [of_forward, of_backward])
@pytest.mark.parametrize("name", BROKEN)
def test_a_failure_names_the_convention_that_was_broken_and_the_line(place: Any, name: str) -> None:
    broken, convention = BROKEN[name]

    def line(x: Any) -> None:
        if not isinstance(x, (Tensor, np.ndarray)):
            broken(x)

    failure = failure_of(place(line))
    assert convention.value in failure
    number = broken.__code__.co_firstlineno + (name == "in place")
    assert f"at {__file__}:{number}\n" in failure


def test_a_result_and_a_gradient_that_are_numpys_fail() -> None:
    class Leaves:
        def forward(self, x: Array) -> Array:
            return x if type(x) is np.ndarray else np.ones(x.shape)

        def backward(self, propagated: Array, x: Array) -> Array:
            return propagated

    class LeavesBack(Leaves):
        def forward(self, x: Array) -> Array:
            return x + 0

        def backward(self, propagated: Array, x: Array) -> Array:
            return propagated if type(x) is np.ndarray else np.ones(x.shape)

    for mine, what in ((Leaves, "the result"), (LeavesBack, "the gradient")):
        assert f"{what} is a numpy.ndarray: {Convention.KIND.value}" in failure_of(op(mine))


def test_another_value_and_another_dtype_fail() -> None:
    class Other:
        def forward(self, x: Array) -> Array:
            return x + 0 if type(x) is np.ndarray else x + 1e-10

        def backward(self, propagated: Array, x: Array) -> Array:
            return propagated

    class Wider(Other):
        def forward(self, x: Array) -> Array:
            return x + 0 if type(x) is np.ndarray else x * np.float64(1)

    assert "the result differs from that of NumPy's arrays" in failure_of(op(Other))
    assert "the result is float64, and float32 of NumPy's arrays" in failure_of(op(Wider))


def test_the_gradient_of_the_gradient_is_examined_too() -> None:
    class Once:
        def forward(self, x: Array) -> Array:
            return x * x

        def backward(self, propagated: Array, x: Array) -> Array:
            if isinstance(x, Tensor) and not isinstance(x.data, np.ndarray):
                return propagated * (np.array(1.0) * x + x)
            return 2 * propagated * x

    assert Convention.MIXED.value in failure_of(op(Once))
    assert not checked(op(Once), twice=False).failures


def looking(x: Any) -> None:
    bool(np.any(x > 0))


def test_each_look_is_in_the_budget_and_each_of_the_budget_is_taken() -> None:
    found = failure_of(of_forward(looking))
    assert re.search(rf"1 look at the data, 0 declared.*\n +bool at {__file__}:\d+\n", found)
    assert checked(of_forward(looking), "array_kinds", "declared", looks=1).green
    (failure,) = checked(of_forward(looking), "array_kinds", "declared", looks=2).failures
    assert failure.check == "declared"
    assert "looks=2 is declared, and no sample takes more than 1: lower it" in failure.detail


def test_an_op_of_numpys_arrays_alone_says_so_and_refuses_others() -> None:
    alone = of_forward(np.asarray)
    assert checked(alone).failures
    assert checked(alone, numpy_only="its library takes no others").green
    failure = failure_of(of_forward(np.sin), numpy_only="an old reason")
    assert "declared numpy_only, and takes arrays of another kind" in failure


def test_a_ufunc_outside_of_numpy_is_skipped() -> None:
    erf = elementwise(special.erf, lambda x: 2 / np.sqrt(np.pi) * np.exp(-x * x))
    report = run([subject_of(erf)], checks=["array_kinds"])
    assert {(r.status, r.detail) for r in report.results} == {("skip", "scipy.special.erf takes no other arrays")}


def several(x: Any) -> Any:
    return np.sin(x), [np.cos(x)]


def joined(arrays: Any) -> Any:
    return np.concatenate(arrays)[INDEX]


def test_several_results_lists_and_indices_pass() -> None:
    assert checked(composed(several)).green
    lists = OpSpec("joined", kind="custom", samples=lambda rng: [OpSample([rng.normal(size=2), rng.normal(size=2)])])
    assert run([subject_of(composed(joined), lists)], checks=["array_kinds"]).green


KIND = """
from corelib.conformance.guarded import GuardedArray
from corelib import elementwise
from corelib.conformance import OpSpec
import numpy as np
class Kind:
    name = 'mine'
    def place(self, values, index, shape): ...
    def from_host(self, array): return FROM_HOST
    def to_host(self, array): return array._held
    def synchronize(self): ...
KIND = Kind()
sine = elementwise(np.sin, np.cos)
def corelib_ops(): return {'sine': sine}
def corelib_conformance(): return [OpSpec('sine', twice=False)]  # no other plugin is installed
def corelib_array_kinds(): return {'corelib.conformance.guarded.array.GuardedArray': KIND}
"""


def invoke(*args: str) -> Any:
    from corelib.cli.main import command

    return click_testing.CliRunner().invoke(command, ["check", *args])


@pytest.fixture
def mine(install: Install) -> None:
    from corelib.core.array_kinds import kinds

    install("corelib-mine", code=KIND.replace("FROM_HOST", "GuardedArray(np.array(array))"))
    kinds.clear()


@pytest.mark.usefixtures("mine")
def test_the_check_runs_alone_on_arrays_of_a_kind_that_a_plugin_describes() -> None:
    result = invoke("corelib-mine", "--profile", "quick", "--array-kind", "mine")
    assert result.exit_code == 0, result.output
    assert "array_kinds" in result.output
    assert "jacobian" not in result.output


@pytest.mark.usefixtures("mine")
def test_there_a_refusal_in_words_is_skipped_and_a_wrong_kind_or_another_error_is_not() -> None:
    from corelib.plugins.registry import array_kinds

    def report(mine: Any) -> Report:
        spec = OpSpec("mine", kind="custom", samples=lambda rng: [OpSample(rng.normal(size=3))])
        subject = subject_of(mine, spec)
        subject.array_kind = array_kinds()["mine"]
        return run([subject], "quick", checks=["array_kinds"])

    assert report(of_forward(np.asarray)).skips[0].detail.startswith("refused: ")

    def raises(x: Any) -> None:
        if type(x) is not np.ndarray:
            raise ZeroDivisionError

    assert "ZeroDivisionError" in report(of_forward(raises)).failures[0].detail
    assert not report(of_forward(looking)).failures  # looks cannot be counted


@pytest.mark.usefixtures("mine")
def test_an_unknown_kind_is_an_error_that_lists_the_known() -> None:
    result = invoke("corelib-mine", "--array-kind", "yours")
    assert result.exit_code == 2
    assert re.search(r"no array kind 'yours'; installed are .*guarded.*mine", result.output)


def test_one_check_runs_alone() -> None:
    result = invoke("corelib-elementwise", "--op", "exp", "--profile", "quick", "--only", "array_*", "--only", "dtype")
    assert result.exit_code == 0
    assert {line.split()[0] for line in result.output.splitlines() if " ok" in line} == {"array_kinds", "dtype"}


def test_the_kind_of_the_check_is_the_guarded_one() -> None:
    assert all(subject.array_kind is None for subject in installed("corelib-elementwise", op="exp"))
    assert GUARDED.name == "guarded"
