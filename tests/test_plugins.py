"""Plugins from Python: looking, choosing, registering for a while; and the switches of the environment."""

import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import corelib
from corelib import errors
from corelib.plugins.hooks import Plugin
from corelib.plugins.problem import Problem
from corelib.plugins.registry import find_op, op_names, registry

Install = Callable[..., Path]

ERF = "def corelib_ops(): return {'erf': make('erf')}"
RULE = """
class R:
    def init(self, p): ...
    def update(self): ...
def corelib_optimizers(): return {'lion': R}
"""
HALF = corelib.elementwise(lambda x: x / 2, 0.5, name="half")


class Notebook(Plugin):
    """A plugin that nobody installed."""

    @corelib.hookimpl
    def corelib_ops(self) -> dict[str, corelib.AnyOp | str]:
        return {"half": HALF}


def test_a_registered_plugin_counts_as_installed_for_a_while(install: Install) -> None:
    with corelib.plugins.registered(Notebook()):
        assert find_op("half") is HALF
    with pytest.raises(errors.OpNotFound):
        find_op("half")


def test_a_module_can_be_registered(install: Install) -> None:
    module = types.ModuleType("mine")
    module.corelib_ops = corelib.hookimpl(lambda: {"half": HALF})  # type: ignore[attr-defined]  # as its code would
    with corelib.plugins.registered(module):
        assert [info.distribution for info in corelib.plugins.list()] == ["mine"]


def test_registering_twice_and_inside_of_each_other_is_fine(install: Install) -> None:
    plugin = Notebook()
    with corelib.plugins.registered(plugin, "first"), corelib.plugins.registered(plugin, "second"):
        assert find_op("half") is HALF
    with corelib.plugins.registered(plugin):
        assert find_op("half") is HALF


def test_a_registered_op_stands_for_its_function_at_once(install: Install) -> None:
    class ExpPlugin(Plugin):
        @corelib.hookimpl
        def corelib_ops(self) -> dict[str, corelib.AnyOp | str]:
            return {"exp": corelib.elementwise(np.exp, lambda x, *, result: result)}

    with corelib.plugins.registered(ExpPlugin()):
        assert np.exp(corelib.Tensor(0.0)).item() == 1.0
    with pytest.raises(errors.OpNotFound):
        np.exp(corelib.Tensor(0.0))


def test_what_is_no_plugin_cannot_be_registered(install: Install) -> None:
    with pytest.raises(errors.PluginLoadError, match="implements no hook"), corelib.plugins.registered(object()):
        pass
    assert registry.registered == ()


def test_list_says_what_each_plugin_has(install: Install) -> None:
    install("corelib-special", "1.2", ERF)
    (info,) = corelib.plugins.list()
    assert (info.distribution, info.version, info.module) == ("corelib-special", "1.2", "corelib_special")
    assert (info.ops, info.optimizers, info.problems) == (("erf",), (), ())
    assert info.seconds > 0


def test_prefer_chooses_among_providers(install: Install) -> None:
    install("corelib-a", code=ERF)
    install("corelib-b", code=ERF)
    corelib.plugins.prefer("erf", "Corelib_B")
    assert find_op("erf") is registry.table("op")["erf"][1].value
    corelib.plugins.prefer("erf", "corelib-a")
    assert find_op("erf") is registry.table("op")["erf"][0].value


def test_prefer_refuses_who_does_not_have_it(install: Install) -> None:
    install("corelib-a", code=ERF)
    with pytest.raises(errors.PluginError, match=r"corelib-b provides no 'erf'; those who do: corelib-a 1\.0"):
        corelib.plugins.prefer("erf", "corelib-b")


def test_the_environment_can_prefer(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("corelib-a", code=ERF)
    install("corelib-b", code=ERF)
    monkeypatch.setenv("CORELIB_PREFER", "erf=corelib-b, other=corelib-a")
    assert find_op("erf") is registry.table("op")["erf"][1].value


def test_the_environment_can_disable(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("corelib-a", code="raise RuntimeError")
    install("corelib-b", code=ERF)
    monkeypatch.setenv("CORELIB_DISABLE_PLUGINS", "Corelib_A")
    assert op_names() == ["erf"]
    assert corelib.plugins.problems() == []


def test_the_environment_can_load_those_it_lists_only(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("corelib-a", code=ERF)
    install("corelib-b", code="def corelib_ops(): return {'mine': make('mine')}")
    monkeypatch.setenv("CORELIB_PLUGIN_AUTOLOAD", "0")
    monkeypatch.setenv("CORELIB_PLUGINS", "corelib-b")
    assert op_names() == ["mine"]


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        (
            "CORELIB_DISABLE_PLUGINS",
            "corelib-z",
            "CORELIB_DISABLE_PLUGINS names 'corelib-z', which is no installed plugin",
        ),
        ("CORELIB_PLUGINS", "corelib-z", "CORELIB_PLUGINS names 'corelib-z', .*; installed: corelib-a"),
        ("CORELIB_PREFER", "erf=corelib-z", "CORELIB_PREFER names 'corelib-z', .*; installed: corelib-a"),
        ("CORELIB_PREFER", "erf", "CORELIB_PREFER has 'erf'; it is written op=distribution,op=distribution"),
    ],
)
def test_unknown_names_in_the_environment_are_warned_about(
    install: Install, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    install("corelib-a", code=ERF)
    monkeypatch.setenv(variable, value)
    with pytest.warns(errors.PluginWarning, match=said):
        find_op("erf")


def test_a_warning_that_is_an_error_leaves_the_registry_whole(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("corelib-a", code=ERF)
    monkeypatch.setenv("CORELIB_DISABLE_PLUGINS", "corelib-z")
    with pytest.raises(errors.PluginWarning):  # pytest makes errors of warnings
        find_op("erf")
    assert find_op("erf").name == "erf"


def test_the_environment_can_ask_for_a_trace(
    install: Install, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install("corelib-a", code=ERF)
    install("corelib-b", code="raise RuntimeError('no')")
    install("corelib-c", code=ERF)
    monkeypatch.setenv("CORELIB_TRACE_PLUGINS", "1")
    monkeypatch.setenv("CORELIB_DISABLE_PLUGINS", "corelib-c")
    find_op("erf")
    said = capsys.readouterr().err
    assert "corelib plugins: found corelib-a 1.0 in " in said
    assert "corelib plugins: loaded corelib_a of corelib-a 1.0: 1 ops, 0 optimizers, 0 commands in " in said
    assert "failed to load: RuntimeError: no" in said
    assert "corelib-c-1.0.dist-info: not loaded" in said.replace("corelib_c", "corelib-c")


def test_a_hook_is_asked_of_everyone_and_a_failure_is_a_problem(install: Install) -> None:
    install("corelib-a", code="def corelib_doctor(): raise ValueError('ill')")
    install("corelib-b", code="def corelib_doctor(): return ['fine']")
    install("corelib-c", code="def corelib_doctor():\n    yield 'well'\n    raise SystemExit\n")
    values = [value for _, value in corelib.plugins.call_all(Plugin.corelib_doctor)]
    assert values[1] == ["fine"]
    assert isinstance(values[0], Problem)
    assert "corelib_doctor of plugin corelib-a 1.0 (corelib_a) failed: ValueError: ill" in str(values[0])
    assert isinstance(values[2], Problem)


def test_reload_finds_what_was_installed_meanwhile(install: Install) -> None:
    assert op_names() == []
    install("corelib-a", code=ERF)
    assert op_names() == []
    corelib.plugins.reload()
    assert op_names() == ["erf"]


def test_the_namespace_of_ops_lists_what_is_installed(install: Install) -> None:
    install("corelib-a", code=ERF)
    assert dir(corelib.ops) == ["erf"]
    names: dict[str, object] = {}
    exec("from corelib.ops import *", names)
    assert names["erf"] is find_op("erf")


def test_importing_a_misspelt_op_says_what_is_meant(install: Install) -> None:
    install("corelib-special", "1.0.0", ERF)
    with pytest.raises(
        errors.OpNotFound, match=r"provides op 'erff'; did you mean 'erf' \(corelib-special 1\.0\.0\)\?"
    ):
        exec("from corelib.ops import erff")
    with pytest.raises(AttributeError):
        _ = corelib.ops.__wrapped__  # type: ignore[attr-defined]  # what inspect and doctest ask every module for


def test_optimizers_are_found_by_name(install: Install) -> None:
    install("corelib-a", code=RULE)
    assert corelib.optimizers.get("lion").__name__ == "R"
    assert corelib.optimizers.names() == ["lion"]
    assert "lion" in dir(corelib.optimizers)
    with pytest.raises(errors.OptimizerNotFound, match=r"did you mean 'lion' \(corelib-a 1\.0\)\?"):
        corelib.optimizers.get("lino")


def test_an_op_of_a_notebook_needs_no_registration(install: Install) -> None:
    assert corelib.grad(HALF)(3.0) == 0.5
