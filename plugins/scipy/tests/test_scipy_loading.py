"""SciPy is imported with the first op that is used, and each name is where it is said to be."""

import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest

import corelib_scipy.special
from corelib_scipy.special.names import MODULES


def test_loading_the_plugin_imports_no_scipy() -> None:
    code = (
        "import sys, corelib, corelib.ops, corelib_scipy.plugin as plugin\n"
        "plugin.corelib_ops()\n"
        "import corelib_scipy.special\n"
        "print('scipy' in sys.modules)\n"
        "corelib_scipy.special.erf\n"
        "print('scipy.special' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_the_names_that_it_is_said_to_have(module: str) -> None:
    home = import_module(f"corelib_scipy.special.{module}")
    assert sorted(home.__all__) == sorted(MODULES[module].split())
    for name in home.__all__:
        assert getattr(corelib_scipy.special, name) is getattr(home, name)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'erg'"):
        _ = corelib_scipy.special.erg  # type: ignore[attr-defined]  # that is the point


def test_a_ufunc_of_scipy_finds_its_op() -> None:
    import scipy.special

    import corelib

    for name in ("gammaln", "special_cbrt"):
        op = getattr(corelib.ops, name)
        (function,) = op.functions
        found = corelib.grad(lambda x, function=function: np.sum(function(x)))(np.array([0.5, 2.0]))
        assert np.array_equal(found, corelib.elementwise_grad(op)(np.array([0.5, 2.0])))
    assert corelib.ops.psi is corelib.ops.digamma
    assert scipy.special.psi is scipy.special.digamma
