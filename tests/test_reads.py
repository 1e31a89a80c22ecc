"""What the code of a function reads: nothing that it needs may be missing, on any Python."""

# ruff: noqa: C416, F841, PLC3002, PLW0108, RUF015, RUF034  # awkward code is what is tested here

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from corelib import Array, Tensor, elementwise, op
from corelib.primitives.reads import only_returns, reads, takes

OUTSIDE = 3.0


def in_an_inner_function(x: Any, y: Any) -> Any:
    def inner() -> Any:
        return x + 1

    return inner()


def in_a_function_inside_an_inner_one(x: Any, y: Any) -> Any:
    return (lambda: (lambda: y * 2)())()


def in_the_default_of_an_inner_function(x: Any, y: Any) -> Any:
    return (lambda value=x: value)()


def in_a_comprehension(x: Any, y: Any) -> Any:
    return [y * i for i in range(3)]


def as_what_a_comprehension_runs_over(x: Any, y: Any) -> Any:
    return [value for value in (y, y)]


def in_a_comprehension_whose_variable_has_a_parameters_name(x: Any, y: Any) -> Any:
    return [x for x in (1, 2)], y


def in_nested_comprehensions(x: Any, y: Any) -> Any:
    return {i: [x for _ in range(2)] for i in range(2)}


def in_a_generator(x: Any, y: Any) -> Any:
    return sum(y for _ in range(3))


def in_a_class_body(x: Any, y: Any) -> Any:
    class Holder:
        value = y

    return Holder.value


def in_a_walrus(x: Any, y: Any) -> Any:
    return (y := x + 1) + y


def after_another_was_deleted(x: Any, y: Any) -> Any:
    del x
    return y


def after_a_conditional_deletion(x: Any, y: Any) -> Any:
    if OUTSIDE > 100:
        del y
    return y


def only_deleted(x: Any, y: Any) -> Any:
    del x, y
    return OUTSIDE


def only_stored_to(x: Any, y: Any) -> Any:
    y = OUTSIDE
    return x + OUTSIDE


def stored_to_by_an_inner_function(x: Any, y: Any) -> Any:
    def inner() -> None:
        nonlocal y
        y = OUTSIDE

    inner()
    return x


def stored_and_loaded_at_once(x: Any, y: Any) -> Any:
    z = x
    return z + z


def in_an_f_string(x: Any, y: Any) -> Any:
    return f"{y!r:>{int(x)}}"


def in_a_condition(x: Any, y: Any) -> Any:
    return OUTSIDE if y > 0 else -OUTSIDE


def in_a_pattern(x: Any, y: Any) -> Any:
    match y:
        case [first, *_]:
            return first
        case other:
            return other


def after_a_failure(x: Any, y: Any) -> Any:
    try:
        raise ValueError
    except ValueError:
        return x
    finally:
        str(y)


def in_a_loop(x: Any, y: Any) -> Any:
    total = 0
    while total < y:
        total += x
    return total


def by_an_augmented_assignment(x: Any, y: Any) -> Any:
    x *= 2
    return x


def by_unpacking(x: Any, y: Any) -> Any:
    return max(*(x, y))


def through_locals(x: Any, y: Any) -> Any:
    return locals()["y"]


def through_eval(x: Any, y: Any) -> Any:
    return eval("x + 1")


def with_a_default(x: Any, y: Any = 2.0) -> Any:
    return y


def with_star(*both: Any) -> Any:
    return both[1]


def with_star_behind(x: Any, *rest: Any) -> Any:
    return rest[0]


def with_keywords(x: Any, y: Any, **others: Any) -> Any:
    return x


def positional_only(x: Any, y: Any, /) -> Any:
    return y


def raises(x: Any, y: Any) -> Any:
    raise x


@functools.wraps(positional_only)
def wrapped(*args: Any, **keywords: Any) -> Any:
    return positional_only(*args, **keywords)


@functools.wraps(positional_only)
def wrapped_by_other_names(a: Any, b: Any) -> Any:
    return positional_only(a, b)


@np.errstate(all="ignore")
def decorated(x: Any, y: Any) -> Any:
    return y * 2


def closed_over(factor: float) -> Callable[[Any, Any], Any]:
    def inner(x: Any, y: Any) -> Any:
        return y * factor

    return inner


def shadowing(y: float) -> Callable[[Any, Any], Any]:
    def inner(x: Any, z: Any) -> Any:
        return x * y

    return inner


EXACT: list[tuple[Callable[..., Any], tuple[bool, bool]]] = [
    (in_an_inner_function, (True, False)), (in_a_function_inside_an_inner_one, (False, True)),
    (in_the_default_of_an_inner_function, (True, False)), (in_a_comprehension, (False, True)),
    (as_what_a_comprehension_runs_over, (False, True)), (in_nested_comprehensions, (True, False)),
    (in_a_generator, (False, True)), (in_a_class_body, (False, True)), (after_another_was_deleted, (False, True)),
    (after_a_conditional_deletion, (False, True)), (only_deleted, (False, False)), (only_stored_to, (True, False)),
    (stored_and_loaded_at_once, (True, False)), (in_an_f_string, (True, True)), (in_a_condition, (False, True)),
    (in_a_pattern, (False, True)), (after_a_failure, (True, True)), (in_a_loop, (True, True)),
    (by_an_augmented_assignment, (True, False)), (by_unpacking, (True, True)), (with_a_default, (False, True)),
    (positional_only, (False, True)), (closed_over(2.0), (False, True)), (shadowing(2.0), (True, False)),
    (lambda x, y: 1.0, (False, False)), (lambda x, y: None, (False, False)), (lambda x, y: x, (True, False)),
    (lambda x, y: (x, y), (True, True)), (lambda x, y: lambda: (lambda: x), (True, False)),
]  # fmt: skip
AT_LEAST: list[Callable[..., Any]] = [
    in_a_comprehension_whose_variable_has_a_parameters_name, in_a_walrus, stored_to_by_an_inner_function,
    through_locals, through_eval, with_star, with_star_behind, with_keywords,
    wrapped, wrapped_by_other_names, decorated,
]  # fmt: skip


def name(function: object) -> str:
    return getattr(function, "__name__", "")


@pytest.mark.parametrize(("function", "expected"), EXACT, ids=name)
def test_what_is_read_is_found_and_nothing_else(function: Callable[..., Any], expected: tuple[bool, bool]) -> None:
    assert reads(function, 2) == expected


@pytest.mark.parametrize("function", [*(function for function, _ in EXACT), *AT_LEAST], ids=name)
def test_a_function_returns_the_same_without_what_it_does_not_read(function: Callable[..., Any]) -> None:
    x, y = 5.0, 7.0
    read = reads(function, 2)
    handed = [value if needed else None for value, needed in zip((x, y), read, strict=True)]
    assert repr(called(function, *handed)) == repr(called(function, x, y))


def called(function: Callable[..., Any], *args: Any) -> Any:
    value = function(*args)
    while callable(value):
        value = value()
    return value


def test_a_method_is_read_behind_itself_and_the_gradient() -> None:
    class Rule:
        def backward(self, propagated: Any, x: Any, y: Any, *, result: Any, wanted: Any) -> Any:
            return propagated * y

        @staticmethod
        def static(propagated: Any, x: Any, y: Any) -> Any:
            return propagated * y

    assert reads(Rule.backward, 2, skip=2) == (False, True)
    assert reads(Rule.static, 2, skip=2) == (True, True)
    assert takes(Rule.backward, "result")
    assert not takes(Rule.backward, "propagated")


@pytest.mark.parametrize("function", [np.multiply, max, functools.partial(max, 1)], ids=repr)
def test_what_cannot_be_looked_into_reads_everything(function: Callable[..., Any]) -> None:
    assert reads(function, 2) == (True, True)
    assert only_returns(function) is None


def test_many_parameters_are_read_behind_the_reach_of_one_byte() -> None:
    names = [f"a{i}" for i in range(600)]
    function = eval(f"lambda {', '.join(names)}: (a3, a{300}, a599)")
    assert [i for i, read in enumerate(reads(function, 600)) if read] == [3, 300, 599]
    far = eval(f"lambda {', '.join(names)}: a599")
    assert only_returns(far) in (599, None)  # an extended argument is an instruction of its own to some Pythons


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x, y: x, 0), (lambda x, y: y, 1), (positional_only, 1), (lambda x, y, *, result: result, 2),
        (lambda x, y, *, result: x, 0), (lambda x, y: -x, None), (lambda x, y: 1.0, None), (lambda x, y: (x, y), None),
        (lambda x, y: OUTSIDE, None), (lambda x, y: x if y else x, None), (lambda x, y, *, other: other, None),
        (lambda x, y, *, other, result: result, None), (lambda x, y, *, result=None: y, 1), (with_star, None),
        (lambda x, y, *rest: x, None), (lambda x, y, **rest: x, None), (with_a_default, None), (raises, None),
        (in_an_inner_function, None), (closed_over(2.0), None), (wrapped, None), (only_deleted, None),
        (after_another_was_deleted, None), (in_a_walrus, None), (lambda x, y: lambda: x, None),
        (lambda x, y: (yield x), None), (lambda x, y: [x], None), (lambda x, y: x.real, None),
    ],
)  # fmt: skip
def test_a_function_that_only_returns_a_parameter_is_known_as_such(
    function: Callable[..., Any], expected: int | None
) -> None:
    assert only_returns(function) == expected


@dataclass(frozen=True, slots=True)
class ByDecorator:
    def forward(self, x: Array) -> Array:
        return x * x * x

    @np.errstate(all="ignore")
    def backward(self, propagated: Array, x: Array) -> Array:
        gradient: Array = propagated * (3 * x * x)
        return gradient


def test_ops_get_what_their_rules_read() -> None:
    slopes: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
        (lambda x, y: (lambda: y)(), lambda x, y: sum(x for _ in range(1))),
        (lambda x, y: [y for x in (1,)][0], lambda x, y: locals()["x"]),
        (np.errstate(all="ignore")(lambda x, y: y), functools.partial(lambda factor, x, y: factor * x, 1)),
    ]
    for first, second in slopes:
        product = elementwise(np.multiply, first, second)
        x, y = Tensor([1.0, 2.0], trainable=True), Tensor([3.0, 4.0], trainable=True)
        product(x, y).backward(np.ones(2))
        assert x.grad is not None
        assert y.grad is not None
        assert np.array_equal(x.grad, y.data)
        assert np.array_equal(y.grad, x.data)
    x = Tensor([1.0, 2.0], trainable=True)
    op(ByDecorator)(x).backward(np.ones(2))
    assert x.grad is not None
    assert np.array_equal(x.grad, [3.0, 12.0])
