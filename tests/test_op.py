"""The factories: what they make of ufuncs and classes, and what they refuse."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import pytest

import corelib
from corelib import Array, Tensor, composed, elementwise, grad, linear, op, typed
from corelib.errors import InvalidOp, InvalidOperandType, UnsupportedArgument
from corelib.installed.diagnosis import diagnose

tensor: Any = Tensor  # NumPy's stubs do not know Tensors


@dataclass(frozen=True, slots=True)
class Scaled:
    """x times a number, plus another."""

    factor: float = 2.0
    offset: float = 0.0

    def forward(self, x: Array) -> Array:
        return self.factor * x + self.offset

    def backward(self, propagated: Array, x: Array) -> Array:
        return self.factor * propagated


scaled = op(Scaled)


def test_fields_follow_the_arrays() -> None:
    assert scaled(1.0).item() == 2.0
    assert scaled(1.0, 3.0).item() == 3.0
    assert scaled(1.0, factor=3.0, offset=1.0).item() == 4.0
    assert grad(lambda x: scaled(x, 5.0))(1.0) == 5.0


def test_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedArgument, match="no keyword scale; fields: factor, offset"):
        scaled(1.0, scale=3.0)  # type: ignore[call-arg]  # on purpose
    with pytest.raises(InvalidOperandType, match="takes 1 arrays, not 0"):
        scaled()  # type: ignore[call-arg]  # on purpose


def test_an_op_is_named_for_its_function_or_class() -> None:
    @dataclass(frozen=True)
    class SoftClip:
        def forward(self, x: Array) -> Array:
            return x

        def backward(self, propagated: Array, x: Array) -> Array:
            return propagated

    assert op(SoftClip).name == "soft_clip"
    assert op(SoftClip, name="clip2").name == "clip2"
    assert elementwise(np.sin, np.cos).name == "sin"


def test_what_is_no_op_is_refused_when_it_is_made() -> None:
    with pytest.raises(InvalidOp, match="no method backward"):
        op(type("Half", (), {"forward": lambda self, x: x}))
    with pytest.raises(InvalidOp, match="a slope for each"):
        elementwise(np.sin)  # type: ignore[call-overload]  # on purpose
    with pytest.raises(InvalidOp, match="slopes of 1 arguments, not of 2"):
        elementwise(np.sin, lambda x, y: x)  # type: ignore[call-overload]  # on purpose
    with pytest.raises(InvalidOp, match="a number or a function"):
        elementwise(np.sin, "cos")  # type: ignore[call-overload]  # on purpose
    with pytest.raises(InvalidOp, match="no method forward"):
        linear(int)  # type: ignore[arg-type]  # on purpose


def test_an_op_of_three_arguments_broadcasts_each() -> None:
    fma: Any = elementwise(lambda x, y, z: x * y + z, lambda x, y, z: y, lambda x, y, z: x, 1, name="fma")
    slopes = grad(lambda x, y, z: np.sum(fma(x, y, z)), (0, 1, 2))(np.ones((2, 1)), np.full(3, 2.0), 1.0)
    assert [s.tolist() for s in slopes] == [[[6.0], [6.0]], [2.0, 2.0, 2.0], 6.0]


def test_a_zero_gradient_stays_zero_at_a_singular_slope() -> None:
    root = elementwise(np.sqrt, lambda x, *, result: 0.5 / result, singular=True, name="root")
    x = tensor([0.0, 4.0], trainable=True)
    root(x).backward(np.array([0.0, 1.0]))
    assert np.array_equal(x.grad, [0, 0.25])
    x.cleargrad()
    root(x).backward(np.array([1.0, 1.0]))
    assert np.array_equal(x.grad, [np.inf, 0.25])


def test_a_backward_is_told_what_is_wanted() -> None:
    asked: list[tuple[bool, ...]] = []

    @dataclass(frozen=True)
    class Product:
        def forward(self, x: Array, y: Array) -> Array:
            return x * y

        def backward(
            self, propagated: Array, x: Array, y: Array, *, wanted: tuple[bool, ...]
        ) -> tuple[Array | None, Array | None]:
            asked.append(wanted)
            return propagated * y, None

    product = op(Product)
    product(tensor(2.0, trainable=True), 3.0).backward()
    assert asked == [(True, False)]


def test_a_composed_op_is_differentiable_through_its_parts() -> None:
    def swish(x: Any, beta: float = 1.0) -> Tensor:
        return cast(Tensor, x * np.exp(beta * x))

    op_ = composed(swish)
    assert isinstance(op_(np.ones(2)), Tensor)
    assert grad(lambda x: op_(x, beta=2.0))(0.5) == pytest.approx(np.exp(1) * 2)
    assert grad(grad(op_))(0.0) == pytest.approx(2.0)


class Unequal:
    """A function of an author who compares it with others as arrays are compared."""

    def __call__(self, x: Array) -> Array:
        return x

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = object.__hash__


class Unhashable(Unequal):
    __hash__ = None  # type: ignore[assignment]  # as Python sets it where __eq__ stands alone


@pytest.mark.parametrize("numpy", [[np.sinc], np.ones(3), "sinc", (np.sinc, 3), Unhashable()])
def test_what_is_no_function_is_refused_when_the_op_is_made(numpy: Any) -> None:
    message = r"cannot stand for a \w+: numpy= takes a function, or a tuple of functions"
    for make in (elementwise, linear, op, composed):
        with pytest.raises(InvalidOp, match=message):
            make(*{elementwise: (np.sinc, np.cos), composed: (np.sin,)}.get(make, (Scaled,)), numpy=numpy)


def test_functions_are_found_without_being_compared() -> None:
    class MyPlugin(corelib.Plugin):
        @corelib.hookimpl
        def corelib_ops(self) -> dict[str, Any]:
            return {"unequal": elementwise(Unequal(), 1, name="unequal")}

    with corelib.plugins.registered(MyPlugin()):
        assert isinstance(np.exp(tensor(1.0)), Tensor)
        assert not [problem for problem in diagnose(Path()) if "unequal" in str(problem)]


class Ends(NamedTuple):
    """What a caller gets."""

    low: Tensor
    high: Tensor


class Extremes:
    """The least and the greatest entry."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        return typed.min(x), typed.max(x)

    def backward(self, propagated: tuple[Array, Array], x: Array, *, result: tuple[Array, Array]) -> Array:
        assert type(propagated) is tuple
        assert type(result) is tuple
        gradient: Array = propagated[0] * (x == result[0]) + propagated[1] * (x == result[1])
        return gradient


def test_results_make_what_the_caller_gets_and_backward_sees_what_forward_returned() -> None:
    ends = op(Extremes, results=Ends)
    x = Tensor([3.0, 1.0, 2.0], trainable=True)
    found = ends(x)
    assert isinstance(found, Ends)
    assert (found.low.item(), found.high.item()) == (1.0, 3.0)
    (found.high * 5.0 - found.low).backward()
    assert x.grad is not None
    assert np.array_equal(x.grad, [5.0, -1.0, 0.0])
    assert isinstance(ends([1.0, 2.0]), Ends)


def test_results_of_another_number_are_refused() -> None:
    with pytest.raises(InvalidOp, match=r"results=.* cannot be made of 2 arrays"):
        op(Extremes, results=lambda x, y, z: (x, y, z))([1.0, 2.0])
