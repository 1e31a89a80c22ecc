"""The walk: accumulation, generations, depth and breadth, several results, what it frees."""

import doctest
import gc
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import Array, Shape, Tensor, UnaryFn, elementwise, linear, op
from corelib.core.backward import Walk
from corelib.errors import GradientShape, GradientType, GraphFreed, NotDifferentiable

tensor: Any = Tensor  # NumPy's stubs do not know Tensors


def variable(value: object) -> Any:
    return tensor(np.asarray(value, dtype=float), trainable=True)


def gradient(x: Any) -> Any:
    assert x.grad is not None
    return x.grad


def test_gradients_add_up_over_uses_until_cleargrad() -> None:
    """The diary: 2.0 for x + x, and 3.0 for x + x + x with a cleargrad between."""
    x = variable(3.0)
    (x + x).backward()
    assert gradient(x) == 2.0
    x.cleargrad()
    assert x.grad is None
    (x + x + x).backward()
    assert gradient(x) == 3.0


def test_gradients_add_up_over_calls() -> None:
    x = variable([1.0, 2.0])
    np.sum(x * x).backward()
    np.sum(3.0 * x).backward()
    assert np.array_equal(gradient(x), [5.0, 7.0])


def test_a_shared_square_is_differentiated_once() -> None:
    """DeZero: y = (x**2)**2 + (x**2)**2 has the slope 64 at 2."""
    x = variable(2.0)
    y = (x**2) ** 2 + (x**2) ** 2
    y.backward()
    assert (y.item(), gradient(x)) == (32.0, 64.0)


def test_a_product_with_itself_adds_to_what_arrived_before() -> None:
    for value in (3.0, [3.0, -2.0]):
        x = variable(value)
        h = 1.0 * x
        np.sum(5.0 * h + h * h).backward()
        assert np.all(gradient(x) == 5 + 2 * np.asarray(value))
        assert np.all(x.data == value)


def test_the_gradient_of_a_large_sum_is_one_number_until_something_varies() -> None:
    x = variable(np.ones(20_000))
    (np.sum(1.0 - x) + np.sum(2.0 - x) - 3.0 * np.sum(x)).backward()
    assert np.all(gradient(x) == -5)
    gradient(x)[0] = 1.0  # an array of its own, which may be written to
    assert gradient(x)[1] == -5


def test_the_calls_of_a_diamond_have_generations_0_1_1_2() -> None:
    x = variable(2.0)
    a = x**2
    b, c = a**2, a**2
    y = b + c
    calls = [t.creator for t in (a, b, c, y)]
    assert [call.generation for call in calls if call is not None] == [0, 1, 1, 2]
    assert [t.generation for t in (x, a, b, c, y)] == [0, 1, 2, 2, 3]
    y.backward()
    assert gradient(x) == 64.0


def test_a_lattice_of_60_doublings_is_walked_once_per_node() -> None:
    """2**60 paths lead from y to x; walking them one by one would take for ever."""
    calls = 0

    def slope(x: Array, y: Array) -> float:
        nonlocal calls
        calls += 1
        return 1.0

    add = elementwise(np.add, slope, slope)
    x = variable(1.0)
    y = x
    for _ in range(60):
        y = add(y, y)
    y.backward()
    assert gradient(x) == 2.0**60
    assert calls == 120  # two slopes a node


def test_a_long_way_beside_a_short_one_is_waited_for() -> None:
    """The node that both ways share is taken when the gradient of the longer way has arrived too."""
    x = variable(0.5)
    shared = np.sin(x)
    long = shared
    for _ in range(50):
        long = long * 1.01
    (long * shared).backward()
    assert gradient(x) == pytest.approx(2 * 1.01**50 * np.sin(0.5) * np.cos(0.5), rel=1e-12)


def test_a_million_calls_need_no_recursion() -> None:
    x = variable(0.0)
    y = x
    for _ in range(1_000_000):
        y = y + 1.0
    y.backward()
    assert gradient(x) == 1.0
    assert y.item() == 1e6


def test_a_graph_that_nobody_walks_is_freed_without_recursion() -> None:
    y = variable(0.0)
    for _ in range(200_000):
        y = y + 1.0
    del y  # a recursion here would crash the interpreter
    assert gc.isenabled()


def test_an_entangled_graph_has_the_gradient_of_differences() -> None:
    rng = np.random.default_rng(0)
    choices = rng.integers(0, 1000, (40, 3))

    def entangled(x: Tensor) -> Tensor:
        made = [x]
        for i, j, k in choices:
            a, b = made[i % len(made)], made[j % len(made)]
            made.append((np.sin(a) * b, a + 0.5 * b, np.tanh(a - b))[k % 3])
        total = made[0]
        for t in made[1:]:
            total = total + t
        return total

    x, h = 0.3, 1e-6
    slope = corelib.grad(entangled)(x)
    difference = (entangled(tensor(x + h)).item() - entangled(tensor(x - h)).item()) / (2 * h)
    assert slope == pytest.approx(difference, rel=1e-7)


@dataclass(frozen=True, slots=True)
class Halves:
    """The two halves of an array."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        middle = len(x) // 2
        return x[:middle], x[middle:]

    def backward(self, propagated: tuple[Array, Array], x: Array) -> Array:
        return np.concatenate(propagated)


halves: Any = op(Halves)


def test_a_call_with_several_results_takes_zeros_where_nothing_arrived() -> None:
    x = variable([1.0, 2.0, 3.0, 4.0])
    _, upper = halves(x)
    np.sum(upper * upper).backward()
    assert np.array_equal(gradient(x), [0, 0, 6, 8])


def test_several_results_come_from_one_call() -> None:
    x = variable([1.0, 2.0, 3.0, 4.0])
    lower, upper = halves(x)
    assert lower.creator is upper.creator is not None
    assert (lower.generation, lower.creator.generation) == (1, 0)
    np.sum(lower * upper).backward()
    assert np.array_equal(gradient(x), [3, 4, 1, 2])


def test_a_walk_frees_the_graph_unless_it_is_retained() -> None:
    x = variable(2.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert gradient(x) == 8.0
    with pytest.raises(GraphFreed, match="retain_graph=True"):
        y.backward()
    assert gradient(x) == 8.0


def test_backward_starts_from_the_gradient_passed_in() -> None:
    x = variable([1.0, 2.0])
    (x * x).backward(np.array([1.0, 10.0]))
    assert np.array_equal(gradient(x), [2, 40])
    with pytest.raises(GradientShape, match="single number"):
        (x * x).backward()
    with pytest.raises(GradientShape, match=r"\(2,\).*\(3,\)"):
        (x * x).backward(np.ones(3))


def test_what_depends_on_nothing_trainable_has_no_gradient() -> None:
    with pytest.raises(NotDifferentiable, match="nothing it was computed from is trainable"):
        (tensor(2.0) * 3.0).backward()


def test_an_error_on_the_way_changes_no_gradient() -> None:
    def broken(x: Array) -> Array:
        raise RuntimeError("broken")

    x, w = variable(1.0), variable(2.0)
    (x * w).backward()
    before = gradient(x).copy(), gradient(w).copy()
    y = elementwise(np.sin, broken)(x) + w
    with pytest.raises(RuntimeError, match="broken"):
        y.backward()
    assert (gradient(x), gradient(w)) == before


def test_gradients_share_memory_with_nothing() -> None:
    x, w, seed = variable([1.0, 2.0]), variable([3.0, 4.0]), np.ones(2)
    (x + w).backward(seed)
    gradient(x)[:] = 7
    assert np.array_equal(gradient(w), [1, 1])
    assert np.array_equal(seed, [1, 1])


def test_a_gradient_keeps_the_dtype_of_its_argument() -> None:
    x = tensor(np.ones(3, np.float32), trainable=True)
    y = x * np.linspace(0, 1, 3)  # float64, as in NumPy
    np.sum(y).backward()
    assert y.dtype == np.float64
    assert gradient(x).dtype == np.float32
    x.cleargrad()
    np.sum(2.0 * x**2 / 3.0 + 1).backward()
    assert gradient(x).dtype == np.float32


@dataclass(frozen=True, slots=True)
class WrongShape:
    def forward(self, x: Array) -> Array:
        return x + 1

    def backward(self, propagated: Array, x: Array) -> Array:
        return np.zeros(7)


@dataclass(frozen=True, slots=True)
class WrongCount:
    def forward(self, x: Array, y: Array) -> Array:
        return x + y

    def backward(self, propagated: Array, x: Array, y: Array) -> tuple[Array, Array]:
        return (propagated,)  # type: ignore[return-value]  # on purpose


@dataclass(frozen=True, slots=True)
class WrongKind:
    def forward(self, x: Array) -> Array:
        return x + 1

    def backward(self, propagated: Array, x: Array) -> Array:
        return "gradient"  # type: ignore[return-value]  # on purpose


def test_a_wrong_backward_is_named() -> None:
    x = variable([1.0, 2.0])
    with pytest.raises(GradientShape, match=r"wrong_shape: a gradient has shape \(7,\), and its argument \(2,\)"):
        op(WrongShape)(x).sum().backward()
    with pytest.raises(GradientType, match="wrong_count: backward returns a tuple of 2 gradients, not 1"):
        op(WrongCount)(x, x).sum().backward()
    with pytest.raises(GradientType, match="wrong_kind: backward returned a str"):
        op(WrongKind)(x).sum().backward()


@dataclass(frozen=True, slots=True)
class Doubled:
    def forward(self, x: Array) -> Array:
        return 2 * x

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return 2 * propagated


def test_a_linear_op_keeps_no_array() -> None:
    call = linear(Doubled)(variable([1.0, 2.0])).creator
    assert call is not None
    assert call.args == ((2,),)
    assert call.result is None


def test_a_node_keeps_only_what_its_slopes_read() -> None:
    x, w = variable([1.0, 2.0]), variable([3.0, 4.0])

    def kept(result: Tensor) -> list[bool]:
        call = result.creator
        assert call is not None
        return [a is not None for a in (*(call.args or ()), call.result)]

    assert kept(x + w) == [False, False, False]
    assert kept(np.exp(x)) == [False, True]
    assert kept(np.sin(x)) == [True, False]
    assert kept(x * 2.0) == [False, True, False]
    assert kept(x * w) == [True, True, False]


def test_training_makes_no_reference_cycles() -> None:
    x = variable([1.0, 2.0])

    def step() -> None:
        x.cleargrad()
        np.sum(np.tanh(x * x) / 2).backward()
        corelib.grad(lambda v: np.sum(np.sin(v)))(np.ones(3))

    step()
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            step()
        assert gc.collect() == 0
    finally:
        gc.enable()


cosine: UnaryFn[[]] = elementwise(np.cos, lambda x: -sine(x), name="cosine")
sine: UnaryFn[[]] = elementwise(np.sin, cosine, name="sine")


@dataclass(frozen=True, slots=True)
class Waves:
    """sin(x) y, with a backward that calls ops in the place of NumPy's functions."""

    def forward(self, x: Array, y: Array) -> Array:
        return np.sin(x) * y

    def backward(self, propagated: Any, x: Array, y: Array) -> tuple[Any, Any]:
        return propagated * cosine(x) * y, propagated * sine(x)


@pytest.mark.parametrize("size", [3, 20_001])
def test_a_backward_may_call_ops_on_arrays(size: int) -> None:
    """Ops return Tensors: a rule that calls another op, or itself, has gradients that are arrays all the same."""
    x, y = variable(np.linspace(-2, 2, size)), variable(np.linspace(1, 3, size))
    (op(Waves)(x, y) + sine(x * 1.0)).sum().backward()
    assert type(gradient(x)) is type(gradient(y)) is np.ndarray
    assert np.allclose(gradient(x), np.cos(x.data) * (y.data + 1.0), rtol=1e-15)
    assert np.array_equal(gradient(y), np.sin(x.data))


def test_transforms_of_a_backward_that_calls_ops_return_arrays() -> None:
    assert type(corelib.grad(sine)(0.5)) is np.ndarray
    assert corelib.grad(corelib.grad(corelib.grad(sine)))(0.5) == -np.cos(0.5)
    value, pullback = corelib.vjp(op(Waves), np.ones(2), np.ones(2))
    assert [type(g) for g in (value, *pullback(np.ones(2)))] == [np.ndarray] * 3
    assert type(corelib.jvp(sine, (np.ones(2),), (np.ones(2),))[1]) is np.ndarray
    assert type(corelib.hessian(sine)(0.5)) is np.ndarray


def test_the_textbook_loop_in_the_docstring_gives_the_same_gradients() -> None:
    (example,) = doctest.DocTestParser().get_examples(Walk.__doc__ or "")
    namespace: dict[str, Any] = {}
    exec(example.source, namespace)
    x = variable(2.0)
    y = np.tanh(x**2) ** 2 + (x**2) ** 2 + np.sum(x * np.ones(3))
    textbook = namespace["walk"](y._node, np.ones(()))
    y.backward(retain_graph=True)
    assert textbook.keys() == {x._node}
    np.testing.assert_allclose(textbook[x._node], gradient(x), rtol=1e-15)
