"""Kinds of array that plugins describe: how one is found, and what is refused."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import Tensor, errors
from corelib.core.array_kinds import kind_of_array, to_host
from corelib.extend import ArrayKind, full, like, may, native, ones
from corelib.plugins.registry import array_kinds

Install = Callable[..., Path]

KIND = """
class Kind:
    name = 'mine'
    def place(self, values, index, shape): ...
    def from_host(self, array): ...
    def to_host(self, array): return array.entries
    def synchronize(self): ...
KIND = Kind()
def corelib_array_kinds(): return {'NAME': 'corelib_mine:KIND'}
"""


class Mine:
    """An array of somebody else's."""

    entries = np.arange(3.0)


class Finer(Mine):
    """A subclass of it."""


def of_mine(code: str = KIND, type_: type = Mine) -> str:
    return code.replace("NAME", f"{type_.__module__}.{type_.__qualname__}")


def test_a_kind_is_found_by_the_type_of_its_array_or_a_class_above(install: Install) -> None:
    install("corelib-mine", code=of_mine())
    for array in (Mine(), Finer()):
        kind = kind_of_array(array)
        assert kind is not None
        assert kind.name == "mine"
        assert to_host(array) is Mine.entries


def test_numpys_own_arrays_and_what_nobody_describes_have_none(install: Install) -> None:
    install("corelib-mine", code=of_mine(type_=Finer))
    assert kind_of_array(np.ones(2)) is None
    assert kind_of_array(Mine()) is None


def test_a_kind_is_imported_when_one_of_its_arrays_is_first_met(install: Install) -> None:
    install("corelib-mine", code=of_mine(KIND.replace("corelib_mine:KIND", "corelib_absent:KIND")))
    assert [info.array_kinds for info in corelib.plugins.list()] == [(f"{Mine.__module__}.Mine",)]
    with pytest.raises(errors.PluginLoadError, match=r"array kind .* failed to import"):
        kind_of_array(Mine())


def test_kinds_are_listed_by_their_own_names(install: Install) -> None:
    install("corelib-mine", code=of_mine())
    assert list(array_kinds()) == ["mine"]


def test_of_two_plugins_for_one_type_the_user_chooses(install: Install) -> None:
    install("corelib-mine", code=of_mine())
    install("corelib-other", code=of_mine().replace("corelib_mine", "corelib_other"))
    with pytest.raises(errors.ArrayKindConflict, match=r"corelib-mine.*corelib-other"):
        kind_of_array(Mine())
    corelib.plugins.prefer(f"{Mine.__module__}.Mine", "corelib-other")
    assert kind_of_array(Mine()) is not None


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("def corelib_array_kinds(): return {'ndarray': 'corelib_mine:KIND'}", "whole name of its type"),
        ("def corelib_array_kinds(): return {'cupy.ndarray': 3}", "is no array kind"),
        ("def corelib_array_kinds(): return ['cupy.ndarray']", "corelib_array_kinds returns a list"),
    ],
)
def test_what_is_no_kind_is_left_out_with_a_reason(install: Install, code: str, problem: str) -> None:
    install("corelib-mine", code=code)
    assert problem in str(corelib.plugins.problems()[0])


def test_a_plugin_of_a_class_is_typed() -> None:
    class Plugin(corelib.Plugin):
        @corelib.hookimpl
        def corelib_array_kinds(self) -> Mapping[str, ArrayKind | str]:
            return {"cupy.ndarray": "corelib_cupy.kind:CUPY"}

    with corelib.plugins.registered(Plugin()):
        assert corelib.plugins.list()[-1].array_kinds == ("cupy.ndarray",)


@pytest.mark.parametrize("array", [np.zeros(2, "f"), Tensor(np.zeros(2, "f")), np.float32(0), 0.0])
def test_helpers_return_numpys_arrays_for_numpys(array: Any) -> None:
    assert native(array)
    assert like(array) is None
    assert may(np.asarray([False, True]))
    assert not may(array)
    for made, number in ((ones((2,), "f", array), 1), (full((2,), 3, "f", array), 3)):
        assert type(made) is np.ndarray
        assert made.dtype == np.float32
        assert made.tolist() == [number, number]


def other_libraries() -> list[Any]:
    """An array of each library that does not speak NumPy's protocols, with the conversion that the error names."""
    return [
        pytest.param("torch", lambda torch: torch.ones(2), "tensor.numpy()", id="torch"),
        pytest.param("torch", lambda torch: torch.ones(2, requires_grad=True), "tensor.detach().numpy()", id="grad"),
        pytest.param("jax.numpy", lambda jnp: jnp.ones(2), "np.asarray(array)", id="jax"),
        pytest.param("array_api_strict", lambda xp: xp.ones(2), "np.asarray(array)", id="array-api-strict"),
    ]


@pytest.mark.parametrize(("library", "make", "conversion"), other_libraries())
def test_arrays_that_do_not_speak_numpys_protocols_are_refused(
    library: str, make: Callable[[Any], Any], conversion: str
) -> None:
    array = make(pytest.importorskip(library, reason="a peer, compared with where it is installed"))
    x = Tensor(np.ones(2), trainable=True)
    for call in (Tensor, lambda a: x * a, lambda a: x @ a, corelib.ops.exp, corelib.grad(lambda t: (t * t).sum())):
        with pytest.raises(errors.InvalidOperandType) as refused:
            call(array)
        assert conversion in str(refused.value)
