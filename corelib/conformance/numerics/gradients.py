"""check_grads: the gradients of any function, against differences."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from corelib.conformance.failure import Failure
from corelib.conformance.numerics.calls import along, columns, flat, one_hot
from corelib.conformance.numerics.differences import derivative, first_step
from corelib.conformance.numerics.jacobians import compare
from corelib.conformance.sample import Sample, entrywise_sample
from corelib.conformance.tally import Tally
from corelib.core.arrays import DIFFERENTIABLE
from corelib.core.tensor import Array, Tensor, make
from corelib.errors import NotDifferentiable
from corelib.transforms.derivatives import vjp
from corelib.transforms.tree import leaves, rebuilt

COLUMNS = 256
"""The most entries that are varied one by one; of more, random directions are tried."""
DIRECTIONS = 3


def check_grads(f: Callable[..., Any], order: int = 1, *, seed: int = 0) -> Callable[..., None]:
    """Compare the derivatives of any function with differences: ``check_grads(f, order=2)(*args)``.

    f: takes and returns arrays, or nested tuples, lists, dicts and dataclasses of them. It must be smooth at the
        arguments.
    order: up to which order. Order k compares the derivative of order k with differences of order k - 1.
    seed: varies the random directions, which stand for single entries where there are more than 256.

    Returns a function of the arguments of f. It raises AssertionError with the worst entry, and NotDifferentiable where
    an argument is not of floats. Real and imaginary parts are varied separately. The tolerance is 1e-8 of each
    derivative plus the error bound of its difference quotient.

    >>> check_grads(lambda x, y: np.sum(np.sin(x) * y), order=2)(0.5, np.array([1.0, 2.0]))
    """

    def checked(*args: Any) -> None:
        g = f
        for number in range(order):
            _check_once(g, args, np.random.default_rng([seed, number]), number + 1)
            g = _gradient_of(g, args, np.random.default_rng([seed, 100 + number]))

    return checked


def _gradient_of(f: Callable[..., Any], args: Sequence[Any], rng: np.random.Generator) -> Callable[..., Any]:
    """The gradient of <u, f> for one random u: the function that the next order is about."""
    u = [_normal(rng, r) for r in _results(f(*_tensors(args)))]

    def gradient(*points: Any) -> Any:
        return vjp(lambda *x: _results(f(*x)), *points)[1](u)

    return gradient


def _check_once(f: Callable[..., Any], args: Sequence[Any], rng: np.random.Generator, order: int) -> None:
    arrays = _arrays(args)

    def forward(moved: list[Array]) -> Array:
        return flat([r.data for r in _results(f(*_tensors(rebuilt(tuple(args), list(moved)))))])

    value, pullback = vjp(lambda *x: _results(f(*x)), *args)
    results = [np.asarray(r) for r in value]
    sample = entrywise_sample(arrays, "check_grads")
    numbers = flat(arrays).size
    try:
        if max(numbers, flat(results).size) <= COLUMNS:
            _each(sample, results, lambda g: _flat_gradient(pullback(g)), forward)
        else:
            _some(sample, results, lambda g: _flat_gradient(pullback(g)), forward, rng)
    except Failure as failure:
        raise Failure(f"order {order}: {failure}") from None


def _each(
    sample: Sample,
    results: Sequence[Array],
    pullback: Callable[[list[Array]], Array],
    forward: Callable[[list[Array]], Array],
) -> None:
    """Every entry of the Jacobian."""
    units = one_hot([make(r, None) for r in results])
    found = np.array([pullback(unit) for unit in units]).reshape(len(units), flat(sample.arrays).size).T
    curves = columns(forward, sample.arrays)
    with np.errstate(all="ignore"):
        estimate = derivative(curves, first_step(flat(sample.arrays)))
        compare(Tally(), sample, results, found, estimate, forward)


def _some(
    sample: Sample,
    results: Sequence[Array],
    pullback: Callable[[list[Array]], Array],
    forward: Callable[[list[Array]], Array],
    rng: np.random.Generator,
) -> None:
    """<J v, u> = <v, B(u)> along a few random directions."""
    for _ in range(DIRECTIONS):
        v = np.asarray(rng.normal(size=flat(sample.arrays).size))
        cotangents = [_normal(rng, r) for r in results]
        u = flat(cotangents)
        gradient = pullback(cotangents)
        curves = along(partial(_product, forward, u), sample.arrays, v[None, :])
        with np.errstate(all="ignore"):
            estimate = derivative(curves, np.array([2.0**-6]))
        rounding = 16 * np.finfo(np.float64).eps * float(np.abs(v) @ np.abs(gradient))
        slack = 8 * float(estimate.bound[0, 0]) + rounding + 1e-13
        Tally().close(np.array(v @ gradient), estimate.value[0, 0], slack, "<v, B(u)> is not <J v, u>")


def _product(forward: Callable[[list[Array]], Array], u: Array, arrays: list[Array]) -> Array:
    return np.array([forward(arrays) @ u])


def _results(value: Any) -> list[Tensor]:
    """What f returned, as Tensors that can be differentiated."""
    tensors = [leaf if isinstance(leaf, Tensor) else Tensor(leaf) for leaf in leaves(value)]
    return [t for t in tensors if t.dtype.kind in DIFFERENTIABLE]


def _arrays(args: Sequence[Any]) -> list[Array]:
    arrays = [np.asarray(leaf.data if isinstance(leaf, Tensor) else leaf) for leaf in leaves(tuple(args))]
    for array in arrays:
        if array.dtype.kind not in DIFFERENTIABLE:
            raise NotDifferentiable(f"check_grads takes floats, not {array.dtype}")
    return arrays


def _tensors(args: Sequence[Any]) -> Any:
    return rebuilt(tuple(args), [leaf if isinstance(leaf, Tensor) else Tensor(leaf) for leaf in leaves(tuple(args))])


def _flat_gradient(returned: Any) -> Array:
    return flat([np.asarray(a) for a in leaves(returned)])


def _normal(rng: np.random.Generator, like: Any) -> Array:
    g = rng.normal(size=like.shape)
    return np.asarray(g + 1j * rng.normal(size=like.shape) if like.dtype.kind == "c" else g, like.dtype)
