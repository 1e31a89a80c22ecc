"""corelib.ops and corelib.optimizers keep what they found, and forget it when the registry changes."""

import importlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import errors
from corelib.core.dispatch import ops_for
from corelib.plugins import registry as module
from corelib.plugins.hooks import Plugin
from corelib.plugins.registry import find_for, find_op, find_optimizer, op_names

Install = Callable[..., Path]

ops: Any = importlib.import_module("corelib.ops")  # without the stub, which knows the installed names
optimizers: Any = importlib.import_module("corelib.optimizers")

RULE = "class R:\n    def init(self, p): ...\n    def update(self): ...\ndef corelib_optimizers(): return {'r': R}\n"
BOTH = RULE + "def corelib_ops(): return {'erf': make('erf', np.exp)}\n"
FAILS = "import builtins\nif builtins.corelib_test_failure: raise MemoryError\n"


class Notebook(Plugin):
    """A plugin that is registered by hand, with an op and an optimizer of the same names as BOTH."""

    erf = corelib.elementwise(lambda x: 3 * x, 3, name="erf", numpy=np.exp)

    class R:
        def init(self, param: Any) -> Any: ...
        def update(self, **given: Any) -> None: ...

    @corelib.hookimpl
    def corelib_ops(self) -> dict[str, corelib.AnyOp | str]:
        return {"erf": self.erf}

    @corelib.hookimpl
    def corelib_optimizers(self) -> dict[str, Any]:
        return {"r": self.R}


def looked_up() -> tuple[Any, Any, Any]:
    """The op, the optimizer and the op of the function; after this all three are kept."""
    op_names()  # finding the plugins is itself a change
    return ops.erf, optimizers.r, ops_for[np.exp]


def kept() -> list[bool]:
    return ["erf" in vars(ops), "r" in vars(optimizers), np.exp in ops_for]


def test_a_name_is_asked_for_once(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("corelib-a", code=BOTH)
    found = looked_up()
    assert kept() == [True, True, True]
    monkeypatch.setattr(module, "find_op", None)
    monkeypatch.setattr(module, "find_optimizer", None)
    assert (ops.erf, optimizers.r, ops_for[np.exp]) == found


def test_what_is_kept_is_not_listed_twice_and_no_module_global_is_an_op(install: Install) -> None:
    install("corelib-a", code=BOTH)
    looked_up()
    assert dir(ops) == ["erf"]
    assert [name for name in dir(optimizers) if not name.startswith("_")] == ["get", "named", "names", "r"]


def test_a_registered_plugin_makes_names_forgotten_when_it_comes_and_when_it_goes(install: Install) -> None:
    install("corelib-a", code=BOTH)
    first = looked_up()
    with corelib.plugins.registered(Notebook(), "mine"):
        assert kept() == [False, False, False]
        for contested in (lambda: ops.erf, lambda: optimizers.r, lambda: ops_for[np.exp]):
            with pytest.raises((errors.OpConflict, errors.OptimizerConflict)):
                contested()
        corelib.plugins.prefer("erf", "mine")
        corelib.plugins.prefer("r", "mine")
        assert looked_up() == (Notebook.erf, Notebook.R, Notebook.erf)
    assert looked_up() == first


def test_a_name_that_came_with_a_registered_plugin_is_gone_with_it(install: Install) -> None:
    with corelib.plugins.registered(Notebook()):
        looked_up()
    assert not hasattr(ops, "erf")
    with pytest.raises(errors.OptimizerNotFound):
        _ = optimizers.r


def test_prefer_makes_names_forgotten(install: Install) -> None:
    install("corelib-a", code=BOTH)
    install("corelib-b", code=BOTH)
    found = []
    for choice in ("corelib-a", "corelib-b"):
        for name in ("erf", "r"):
            corelib.plugins.prefer(name, choice)
        assert kept() == [False, False, False]
        found.append(looked_up())
        assert found[-1] == (find_op("erf"), find_optimizer("r"), find_for(np.exp))
    assert [rule.__module__ for _, rule, _ in found] == ["corelib_a", "corelib_b"]
    assert found[0][0] is not found[1][0]


def test_reload_makes_names_forgotten(install: Install) -> None:
    install("corelib-a", code=BOTH)
    looked_up()
    install("corelib-b", code=BOTH)
    corelib.plugins.reload()
    assert kept() == [False, False, False]
    with pytest.raises(errors.OpConflict):
        _ = ops.erf
    with pytest.raises(errors.OptimizerConflict):
        _ = optimizers.r


def test_a_plugin_that_is_retried_makes_names_forgotten(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("corelib-a", code=BOTH)
    install("corelib-b", code=FAILS + BOTH)
    monkeypatch.setattr("builtins.corelib_test_failure", True, raising=False)
    looked_up()
    assert kept() == [True, True, True]
    monkeypatch.setattr("builtins.corelib_test_failure", False)
    assert not hasattr(ops, "nowhere")  # the look-up of what is not there tries again what failed
    assert kept() == [False, False, False]
    with pytest.raises(errors.OpConflict):
        _ = ops.erf


def test_what_is_found_while_the_registry_changes_is_not_kept(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("corelib-a", code=BOTH)
    looked_up()
    corelib.plugins.reload()
    op_names()
    for name in ("find_op", "find_optimizer", "find_for"):
        monkeypatch.setattr(module, name, late(getattr(module, name)))
    _ = ops.erf, optimizers.r, ops_for[np.exp]
    assert kept() == [False, False, False]


def late(find: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A look-up, at whose end another thread changes what is installed."""

    def changed(key: Any) -> Any:
        found = find(key)
        other = threading.Thread(target=corelib.plugins.reload)
        other.start()
        other.join()
        return found

    return changed


def test_what_a_user_put_into_the_namespace_is_not_deleted(install: Install) -> None:
    install("corelib-a", code=BOTH)
    looked_up()
    ops.erf = "mine"
    corelib.plugins.reload()
    assert vars(ops).pop("erf") == "mine"
