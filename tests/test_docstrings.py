"""Every public name has a docstring, and every example in one gives what it shows."""

import doctest
import inspect
import types
from importlib import import_module
from typing import Any

import pytest

import corelib
import corelib.conformance
import corelib.extend
from corelib.core.interpreting import is_compiled

CODE = (type, types.FunctionType, types.BuiltinFunctionType)  # the last of the compiled core
SPACES = {"corelib": corelib, "corelib.extend": corelib.extend, "corelib.conformance": corelib.conformance}
# The functions that users call most: each shows an example.
SHOWN = [
    "grad", "value_and_grad", "elementwise_grad", "vjp", "jvp", "hvp", "jacobian", "hessian", "checkpoint", "no_grad",
    "graph", "op", "linear", "elementwise", "composed", "all_finite", "Ratio", "Tensor",
    "Optimizer", "MultiOptimizer", "Group", "Rule", "Step",
]  # fmt: skip
SHOWN_BY_THE_SUITE = [
    f"corelib.conformance.{name}"
    for name in (
        "OpSample", "OpSpec", "RuleSpec", "check", "check_grads", "installed", "parametrize_conformance", "repro",
        "run", "subject_of", "xfail",
    )
]  # fmt: skip


def public() -> dict[str, Any]:
    """The functions and classes of the public namespaces, each once."""
    found = {f"{space}.{name}": getattr(module, name) for space, module in SPACES.items() for name in module.__all__}
    return {name: value for name, value in found.items() if isinstance(value, CODE)}


@pytest.mark.parametrize("name", public())
def test_a_public_name_says_what_it_is(name: str) -> None:
    value = public()[name]
    assert not isinstance(value, type) or "__doc__" in vars(value)
    assert inspect.getdoc(value), name


@pytest.mark.parametrize("name", sorted(n for n in dir(corelib.Tensor) if not n.startswith("_")))
def test_a_member_of_tensor_says_what_it_is(name: str) -> None:
    assert inspect.getdoc(getattr(corelib.Tensor, name))


@pytest.mark.parametrize("name", [*[f"corelib.{name}" for name in SHOWN], *SHOWN_BY_THE_SUITE])
def test_an_example_gives_what_it_shows(name: str) -> None:
    value = public()[name]
    if is_compiled() and value is corelib.Ratio:
        pytest.skip("mypyc drops the docstrings of named tuples: decisions/0005")
    home = import_module(value.__module__)
    examples = doctest.DocTestParser().get_doctest(inspect.getdoc(value) or "", dict(vars(home)), name, None, None)
    assert examples.examples
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    assert runner.run(examples).failed == 0
