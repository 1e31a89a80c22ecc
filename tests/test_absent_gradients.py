"""Where a backward has no gradient to give: forgotten, declared, of a result that nothing used, of a step."""

from collections.abc import Callable
from itertools import combinations
from typing import Any, ClassVar, Final

import numpy as np
import pytest

import corelib
from corelib import Array, Tensor, Wanted, elementwise, grad, hessian, jacobian, jvp, op, value_and_grad, vjp
from corelib.conformance import Subject, installed
from corelib.conformance.checks.select import select_interior
from corelib.conformance.numerics.calls import outputs
from corelib.errors import GradientType, InvalidOp, NotDifferentiable


class Forgotten:
    def forward(self, x: Array) -> Array:
        return x * 2.0

    def backward(self, propagated: Array, x: Array) -> Array:  # type: ignore[return]  # on purpose
        propagated * 2.0


class Second:
    """x * y, with a gradient of y that is left out without a word."""

    def forward(self, x: Array, y: Array) -> Array:
        return x * y

    def backward(self, propagated: Array, x: Array, y: Array) -> tuple[Array, Array | None]:
        return propagated * y, None


class Declared(Second):
    """The same, said."""

    nondiff: ClassVar[tuple[str, ...]] = ("y",)


class Careless(Declared):
    """It returns zeros where it says that there is none."""

    def backward(self, propagated: Array, x: Array, y: Array) -> tuple[Array, Array | None]:
        return propagated * y, np.zeros_like(y)


def test_a_forgotten_return_is_an_error_that_names_the_op_and_the_argument() -> None:
    with pytest.raises(GradientType, match=r"forgotten: backward returned None for 'x'.*`return` missing"):
        grad(lambda x: op(Forgotten)(x).sum())(np.ones(2))
    with pytest.raises(GradientType, match="second: backward returned None for 'y'"):
        grad(op(Second), 1)(2.0, 3.0)


def test_none_is_right_where_nothing_is_wanted() -> None:
    assert grad(op(Second))(2.0, 3.0) == 3.0
    assert grad(op(Declared))(2.0, 3.0) == 3.0


ASKED: Final[dict[str, Callable[[Any], Any]]] = {
    "grad": lambda f: grad(f, 1)(2.0, 3.0),
    "grad of both": lambda f: grad(f, (0, 1))(2.0, 3.0),
    "value_and_grad": lambda f: value_and_grad(f, 1)(2.0, 3.0),
    "elementwise_grad": lambda f: corelib.elementwise_grad(f, 1)(2.0, 3.0),
    "jacobian": lambda f: jacobian(f, 1)(2.0, 3.0),
    "hessian": lambda f: hessian(f, 1)(2.0, 3.0),
    "vjp": lambda f: vjp(f, 2.0, 3.0)[1](1.0),
    "jvp": lambda f: jvp(lambda y: f(2.0, y), (3.0,), (1.0,)),
    "hvp": lambda f: corelib.hvp(f, 1)(2.0, 3.0, 1.0),
    "checkpoint": lambda f: grad(corelib.checkpoint(f), 1)(2.0, 3.0),
    "backward": lambda f: f(2.0, Tensor(3.0, trainable=True)).backward(),
}


@pytest.mark.parametrize("way", ASKED)
@pytest.mark.parametrize("made", [op(Declared), op(Careless), elementwise(np.multiply, lambda x, y: y, None, name="m")])
def test_a_gradient_that_is_declared_to_be_none_is_refused_in_any_way_it_is_asked(way: str, made: Any) -> None:
    with pytest.raises(NotDifferentiable, match="has no gradient in"):
        ASKED[way](made)
    assert grad(made)(2.0, 3.0) == 3.0


class Counted:
    """The sum of arrays, which refuses all slopes: one name stands for all arrays."""

    nondiff: ClassVar[tuple[str, ...]] = ("arrays",)

    def forward(self, *arrays: Array) -> Array:
        return np.asarray(sum(arrays))

    def backward(self, propagated: Array, *arrays: Array) -> tuple[Array | None, ...]:
        return (propagated,) * len(arrays)


class Rested:
    """x plus the sum of the rest, of which no slope is known."""

    nondiff: ClassVar[tuple[str, ...]] = ("rest",)

    def forward(self, x: Array, *rest: Array) -> Array:
        return np.asarray(x + sum(rest))

    def backward(self, propagated: Array, x: Array, *rest: Array) -> tuple[Array | None, ...]:
        return propagated, *rest


class FirstOnly(Counted):
    """It forgets all slopes but the first."""

    nondiff = ()

    def backward(self, propagated: Array, *arrays: Array) -> tuple[Array | None, ...]:
        return propagated, *[None] * (len(arrays) - 1)


def in_operand(cls: type, k: int) -> Callable[[Any], Any]:
    """An op of any number of arrays as a function of the k-th of three."""
    return lambda x: op(cls)([x if i == k else float(i) for i in range(3)])


@pytest.mark.parametrize("k", range(3))
def test_nondiff_of_any_number_of_arrays_refuses_all_of_them(k: int) -> None:
    with pytest.raises(NotDifferentiable, match=rf"counted has no gradient in 'arrays\[{k}\]'"):
        grad(in_operand(Counted, k))(2.0)
    with pytest.raises(NotDifferentiable, match="counted has no gradient"):
        jvp(in_operand(Counted, k), (2.0,), (1.0,))
    with pytest.raises(NotDifferentiable, match=rf"counted has no gradient in 'arrays\[{k}\]'"):
        hessian(in_operand(Counted, k))(2.0)


def test_nondiff_of_the_rest_leaves_the_first_its_gradient() -> None:
    assert grad(in_operand(Rested, 0))(2.0) == 1.0
    for k in (1, 2):
        with pytest.raises(NotDifferentiable, match=rf"rested has no gradient in 'rest\[{k - 1}\]'"):
            grad(in_operand(Rested, k))(2.0)


def test_a_forgotten_gradient_of_one_of_many_arrays_names_it_and_what_nondiff_takes() -> None:
    assert grad(in_operand(FirstOnly, 0))(2.0) == 1.0
    with pytest.raises(GradientType, match=r"None for 'arrays\[2\]'.*say `nondiff = \(\"arrays\",\)`"):
        grad(in_operand(FirstOnly, 2))(2.0)


def test_the_rest_of_any_number_of_arrays_keeps_its_own_dtype_where_it_has_no_gradient() -> None:
    seen: list[str] = []

    class Seen(Rested):
        def forward(self, x: Array, *rest: Array) -> Array:
            seen.extend(str(a.dtype) for a in rest)
            return x

    untyped: Any = op  # mypy knows no forward of one array and any number of others
    untyped(Seen)([np.ones(2, np.float32), 2, 3.0, np.ones(2)])
    assert seen == ["int64", "float64", "float64"]


def test_nondiff_names_arguments_of_forward() -> None:
    with pytest.raises(InvalidOp, match="nondiff names z; forward takes x, y"):
        op(type("Wrong", (Second,), {"nondiff": ("z",)}))


def test_what_wants_no_gradient_is_told_so() -> None:
    seen: list[Wanted] = []

    class Told(Declared):
        def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Any:  # type: ignore[override]
            seen.append(wanted)
            return propagated * y, None

    grad(op(Told))(2.0, 3.0)
    assert seen == [(True, False)]


STEPS: Final[dict[str, Callable[[Any], Any]]] = {
    "floor": np.floor, "ceil": np.ceil, "rint": np.rint, "trunc": np.trunc, "round": np.round, "sign": np.sign,
    "floor_divide": lambda x: x // 0.5, "heaviside": lambda x: np.heaviside(x, 0.5),
    "copysign": lambda x: np.copysign(3.0, x), "divmod": lambda x: np.divmod(x, 0.5)[0],
    "where": lambda x: np.where(x, 2.0, 1.0), "frexp": lambda x: np.frexp(x)[0] * 0.0,
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("point", [1.29, np.float64(1.29), np.array(1.29), np.array([1.29, 2.6])])
def test_a_step_behind_other_ops_has_the_slope_zero_for_numbers_and_arrays(name: str, point: Any) -> None:
    step = STEPS[name]
    np.testing.assert_array_equal(grad(lambda x: np.sum(3.0 * step(x)))(point), np.zeros(np.shape(point)))
    np.testing.assert_array_equal(grad(lambda x: np.sum(step(x) * x))(point), step(point))
    assert np.all(np.asarray(jvp(step, (point,), (np.ones(np.shape(point)),))[1]) == 0)
    np.testing.assert_array_equal(
        grad(lambda y: np.sum(grad(lambda x: np.sum(step(x) * x * x))(y)))(point), 2 * step(point)
    )


def several() -> list[Any]:
    """A sample of each installed op with several results that have slopes."""
    found = []
    for subject in installed():
        for sample in select_interior(subject, 0)[:6] if subject.has_backward else ():
            results = outputs(subject.op(*sample.filled(sample.arrays), **sample.fields))
            if sample.arrays and len(results) > 1:
                found.append(pytest.param(subject, sample, id=f"{subject.name}-{sample.id}"))
    return found


@pytest.mark.parametrize(("subject", "sample"), several())
def test_any_subset_of_the_results_may_be_used(subject: Subject, sample: Any) -> None:
    def used(chosen: tuple[int, ...]) -> Any:
        def f(*arrays: Any) -> Any:
            results = outputs(subject.op(*sample.filled(arrays), **sample.fields))
            total: Any = 0.0
            for i in chosen:
                total = total + np.sum(np.real(np.sin(results[i]) * (i + 2.0)))
            return total

        return f

    count = len(outputs(subject.op(*sample.filled(sample.arrays), **sample.fields)))
    numbers = tuple(range(len(sample.arrays)))
    singles = [grad(used((i,)), numbers)(*sample.arrays) for i in range(count)]
    for size in range(2, count + 1):
        for chosen in combinations(range(count), size):
            together = grad(used(chosen), numbers)(*sample.arrays)
            for k, gradient in enumerate(together):
                np.testing.assert_allclose(gradient, sum(singles[i][k] for i in chosen), rtol=1e-9, atol=1e-12)
    for i in range(count):
        second = grad(lambda *a, i=i: sum(np.sum(np.real(np.cos(g))) for g in grad(used((i,)), numbers)(*a)), numbers)
        assert all(np.all(np.isfinite(g)) for g in second(*sample.arrays))


@pytest.mark.parametrize(
    "f", [np.modf, np.frexp, lambda x: np.divmod(x, 0.7), lambda x: np.unstack(np.stack([x, x * x]))]
)
def test_results_of_no_axes_are_used_one_at_a_time(f: Callable[..., Any]) -> None:
    for i in range(2):
        x = Tensor(np.asarray(1.29), trainable=True)
        used = f(x)[i]
        if isinstance(used, Tensor) and used.trainable:
            (3.0 * used).backward()
            difference = (3.0 * f(1.29 + 1e-6)[i] - 3.0 * f(1.29 - 1e-6)[i]) / 2e-6
            assert x.grad == pytest.approx(np.asarray(getattr(difference, "data", difference)), rel=1e-6)
