"""The factories: what they make of ufuncs and classes, and what they refuse."""

import operator
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, cast

import numpy as np
import pytest

import corelib
from corelib import Array, Tensor, composed, elementwise, extend, grad, linear, op, typed
from corelib.cli.diagnosis import diagnose
from corelib.core.naming import aliases, described
from corelib.errors import InvalidOp, InvalidOperandType, OpNotFound, UnsupportedArgument

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


untyped: Any = elementwise  # a type checker refuses most of these


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: untyped(np.exp, 1, 1), r"numpy\.exp was given 2"),
        (lambda: untyped(np.multiply, 1), r"numpy\.multiply was given 1"),
        (lambda: untyped(lambda x: x, 1, 1), "was given 2"),
        (lambda: untyped(lambda x, y: x, 1), "was given 1"),
        (lambda: untyped(np.exp, lambda x, *, results: x), "`result` keyword-only, and not results"),
        (lambda: untyped(np.sqrt, lambda x, *, out: x, singular=True), "`result` keyword-only, and not out"),
    ],
)
def test_an_elementwise_op_that_cannot_be_right_is_refused_when_it_is_made(make: Any, message: str) -> None:
    with pytest.raises(InvalidOp, match=message):
        make()


def test_an_unknown_keyword_of_a_backward_is_refused_when_the_op_is_made() -> None:
    class Doubled:
        def forward(self, x: Any) -> Any:
            return 2 * x

        def backward(self, propagated: Any, x: Any, *, want: Any) -> Any:
            return 2 * propagated

    untyped_op: Any = op
    with pytest.raises(InvalidOp, match="not want"):
        untyped_op(Doubled)


def test_an_op_is_found_from_the_python_function_that_hides_its_ufunc() -> None:
    special = pytest.importorskip("scipy.special")
    zeta = elementwise(special.zeta, 0, lambda x, q: -x * special.zeta(x + 1, q))
    assert zeta.name == "zeta"
    riemann = elementwise(special.zeta, lambda x: np.nan * x)
    of_two: Any = zeta.functions[1]
    of_one: Any = riemann.functions[1]
    assert (of_two.nin, of_one.nin) == (2, 1)
    assert zeta.functions[0] is special.zeta

    with corelib.plugins.registered(One(zeta)):
        x = tensor(np.array([1.5, 2.5]), trainable=True)
        np.sum(special.zeta(3.0, x)).backward()
    np.testing.assert_allclose(x.grad, -3.0 * special.zeta(4.0, x.data))


class One(corelib.Plugin):
    """A plugin of one op."""

    def __init__(self, op: Any) -> None:
        self.op = op

    @corelib.hookimpl
    def corelib_ops(self) -> dict[str, Any]:
        return {self.op.name: self.op}


def test_an_op_that_is_not_there_is_no_attribute() -> None:
    assert not hasattr(corelib.ops, "nope")
    assert getattr(corelib.ops, "nope", None) is None
    with pytest.raises(AttributeError, match="did you mean 'exp'"):
        _ = corelib.ops.expp  # type: ignore[attr-defined]  # misspelt
    with pytest.raises(OpNotFound, match="did you mean 'exp'"):
        exec("from corelib.ops import expp")


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (np.exp, "numpy.exp"),
        (np.sum, "numpy.sum"),
        (np.linalg.inv, "numpy.linalg.inv"),
        (operator.getitem, "operator.getitem"),
        (described, "corelib.core.naming.described"),
    ],
)
def test_a_function_is_named_as_it_is_written(function: Any, name: str) -> None:
    assert described(function) == name


def test_functions_of_scipy_are_called_those_of_scipy() -> None:
    special = pytest.importorskip("scipy.special")
    assert [described(getattr(special, name)) for name in ("erf", "zeta")] == [
        "scipy.special.erf",
        "scipy.special.zeta",
    ]
    with pytest.raises(UnsupportedArgument, match=r"^scipy\.special\.erf\(\.\.\., out=\)"):
        special.erf(tensor([1.0]), out=np.zeros(1))
    with pytest.raises(UnsupportedArgument, match=r"^scipy\.special\.erf on a Tensor does not take where"):
        special.erf(tensor([1.0]), where=False)


def test_a_program_that_imports_a_function_of_scipy_does_not_become_its_home(monkeypatch: pytest.MonkeyPatch) -> None:
    special = pytest.importorskip("scipy.special")
    program = ModuleType("program")
    vars(program).update(psi=special.psi, add=np.add)
    monkeypatch.setitem(sys.modules, "program", program)
    assert described(special.psi) == "scipy.special.psi"
    assert described(np.add) == "numpy.add"


def test_a_function_without_an_op_is_named_with_its_other_names(monkeypatch: pytest.MonkeyPatch) -> None:
    special = pytest.importorskip("scipy.special")
    assert aliases(described(special.digamma)) == ["digamma"]
    with pytest.raises(OpNotFound, match=r"differentiates scipy\.special\.nrdtrimn$"):
        grad(special.nrdtrimn)(0.5, 1.0, 1.0)
    both = np.frompyfunc(abs, 1, 1)
    library = ModuleType("library")
    vars(library).update({both.__name__: both, "size": both})
    monkeypatch.setitem(sys.modules, "library", library)
    with pytest.raises(OpNotFound, match=r"differentiates library\.abs \(vectorized\) \(also called size\)"):
        grad(both)(2.0)


def test_extend_is_all_that_an_author_imports() -> None:
    assert sorted(extend.__all__, key=str.casefold) == sorted(set(extend.__all__), key=str.casefold)
    for name in set(extend.__all__) & set(corelib.__all__):
        assert getattr(extend, name) is getattr(corelib, name)
    factories = {"composed", "elementwise", "linear", "op"}
    assert factories | {"Plugin", "hookimpl", "Rule", "Step", "NO_VALUE", "Command"} <= set(extend.__all__)


class Parts(NamedTuple):
    whole: Tensor
    rest: Tensor


def test_a_composed_op_keeps_the_named_tuple_of_its_function() -> None:
    parts: Any = composed(lambda x: Parts(np.floor(x), x - np.floor(x)), name="parts")
    assert type(parts(2.5)) is Parts
    assert parts(2.5).rest.item() == 0.5
