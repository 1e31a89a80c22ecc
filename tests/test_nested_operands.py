"""A list that contains itself, or is nested too deep, is refused wherever it is given: as operand, index or keyword."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from corelib import Tensor, grad, ops, vjp
from corelib.errors import CorelibError

DEPTH: Final = 100_000


def endless() -> Any:
    inside: list[Any] = []
    inside.append(inside)
    return inside


def endless_dict() -> Any:
    inside: dict[str, Any] = {}
    inside["inside"] = inside
    return inside


def deep_list() -> Any:
    nested: Any = 0
    for _ in range(DEPTH):
        nested = [nested]
    return nested


def deep_tuple() -> Any:
    nested: Any = 0
    for _ in range(DEPTH):
        nested = (nested,)
    return nested


USES: Final[dict[str, Callable[[Tensor, Any], Any]]] = {
    "compared": lambda t, nested: t == nested,
    "operand": lambda t, nested: t + nested,
    "index": lambda t, nested: t[nested],
    "index of the op": ops.getitem,
    "keyword": lambda t, nested: np.zeros_like(t, shape=nested),
    "axis": lambda t, nested: t.sum(nested),
    "shape": lambda t, nested: t.reshape(nested),
    "gradient": lambda t, nested: t.backward(nested),
    "data": lambda t, nested: Tensor(nested),
    "argument of grad": lambda t, nested: grad(np.sum)(nested),
    "argument of vjp": lambda t, nested: vjp(np.sum, nested),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("made", [endless, endless_dict, deep_list, deep_tuple])
def test_what_is_nested_without_end_is_refused(use: Callable[[Tensor, Any], Any], made: Callable[[], Any]) -> None:
    with pytest.raises(CorelibError):
        use(Tensor([1.0, 2.0], trainable=True), made())


def test_a_tree_of_arguments_may_be_as_deep_as_a_network() -> None:
    tree: Any = np.ones(1)
    for _ in range(150):
        tree = {"layer": tree}

    def innermost(inside: Any) -> Any:
        while isinstance(inside, dict):
            inside = inside["layer"]
        return np.sum(inside * 2.0)

    assert innermost(grad(innermost)(tree)) == 4.0
