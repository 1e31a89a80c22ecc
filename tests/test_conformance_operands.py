"""Broadcast operands, mixed dtypes, and what arrives: wrong backwards that came through before are found."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from corelib import Array, elementwise, op
from corelib.conformance import OpSample, OpSpec, run, subject_of

CHECKS = ["broadcast", "mixed", "arriving", "complex"]


def failed(made: Any, spec: OpSpec | None = None) -> set[str]:
    return {r.check for r in run([subject_of(made, spec)], "default", checks=CHECKS).failures}


def summed(gradient: Any, shape: tuple[int, ...]) -> Any:
    """The sum over the axes that were broadcast."""
    gradient = np.sum(gradient, axis=tuple(range(gradient.ndim - len(shape))))
    return np.sum(gradient, axis=tuple([k for k, n in enumerate(shape) if n == 1]), keepdims=True)


def product_that_sums(back: Callable[[Any, tuple[int, ...]], Any]) -> Any:
    """A product that sums over broadcast axes on its own."""

    class Product:
        def forward(self, x: Array, y: Array) -> Array:
            return x * y

        def backward(self, propagated: Any, x: Array, y: Array) -> Any:
            return back(propagated * y, x.shape), back(propagated * x, y.shape)

    return op(Product, name="product")


def averaged_where_one_by_one(gradient: Any, shape: tuple[int, ...]) -> Any:
    found = summed(gradient, shape)
    return found / gradient.size if shape == (1, 1) and gradient.size > 1 else found


def first_of_a_stack(gradient: Any, shape: tuple[int, ...]) -> Any:
    if len(shape) == 3 and shape[0] == 1 < gradient.shape[0]:
        return gradient[:1] if shape[1:] == gradient.shape[1:] else summed(gradient, shape)
    return summed(gradient, shape)


def mean_over_leading(gradient: Any, shape: tuple[int, ...]) -> Any:
    """The axes in front are averaged where two of them were added."""
    found = summed(gradient, shape)
    return found / gradient.shape[0] if gradient.ndim - len(shape) == 2 else found


ENTRYWISE = OpSpec("product", kind="elementwise", complex=False, reference=np.multiply)


def stacks(rng: np.random.Generator) -> list[OpSample]:
    x, y = rng.normal(size=(2, 2, 3, 2))
    return [OpSample(x, y)]


CUSTOM = OpSpec("product", samples=stacks, complex=False, reference=np.multiply)


@pytest.mark.parametrize(
    ("back", "spec"),
    [(averaged_where_one_by_one, ENTRYWISE), (first_of_a_stack, ENTRYWISE), (mean_over_leading, ENTRYWISE),
     (first_of_a_stack, CUSTOM), (mean_over_leading, CUSTOM)],
)  # fmt: skip
def test_a_class_op_that_sums_on_its_own_and_wrongly_is_found(back: Any, spec: OpSpec) -> None:
    assert failed(product_that_sums(back), spec) == {"broadcast"}


@pytest.mark.parametrize("spec", [ENTRYWISE, CUSTOM], ids=["entrywise", "custom"])
def test_a_class_op_that_sums_rightly_raises_no_alarm(spec: OpSpec) -> None:
    found = run([subject_of(product_that_sums(summed), spec)], "default", checks=CHECKS)
    assert not found.failures
    assert sum(r.check == "broadcast" and r.status == "pass" for r in found.results) >= 1


@pytest.mark.parametrize("which", [0, 1])
def test_a_slope_that_is_wrong_only_beside_another_dtype_is_found(which: int) -> None:
    def slope(x: Any, y: Any) -> Any:
        mine, other = (x, y) if which == 0 else (y, x)
        single = getattr(mine, "dtype", None) == np.float32 and getattr(other, "dtype", None) == np.complex128
        return y * (2 if single else 1)

    assert failed(elementwise(np.multiply, lambda x, y: np.conj(slope(x, np.conj(y))), lambda x, y: x)) == {"mixed"}


def test_a_conjugate_that_is_missing_where_the_first_is_real_is_found() -> None:
    def slope(x: Any, y: Any) -> Any:
        return 2 * y if np.iscomplexobj(y) and not np.iscomplexobj(x) else y

    assert failed(elementwise(np.multiply, slope, lambda x, y: x)) == {"complex"}


@pytest.mark.parametrize(
    "change",
    [np.nan_to_num, lambda g: np.clip(g, -1e200, 1e200), lambda g: np.where(np.abs(g) < 1e-200, 0, g),
     lambda g: np.where(np.isinf(g), -g, g), lambda g: np.where(np.isinf(g), 0, g),
     lambda g: np.where((g == 0) & np.signbit(g), 1e-3, g)],
)  # fmt: skip
@pytest.mark.parametrize("result", [0, 1])
def test_what_is_done_to_a_strange_gradient_of_one_result_is_found(change: Any, result: int) -> None:
    class Both:
        def forward(self, x: Array) -> tuple[Array, Array]:
            return np.sin(x), np.cos(x)

        def backward(self, propagated: Any, x: Array) -> Any:
            g = [change(g) if k == result else g for k, g in enumerate(propagated)]
            return g[0] * np.cos(x) - g[1] * np.sin(x)

    spec = OpSpec("both", samples=lambda rng: [OpSample(rng.normal(size=(2, 3)))], complex=False)
    assert failed(op(Both), spec) == {"arriving"}
