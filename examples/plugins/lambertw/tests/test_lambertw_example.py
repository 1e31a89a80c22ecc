"""What corelib-lambertw promises."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

import corelib
from corelib.conformance import parametrize_conformance
from corelib_lambertw import lambertw, voigt_profile


@parametrize_conformance("corelib-lambertw")
def test_conformance(conformance_case: Callable[[], None]) -> None:
    """Every check of the suite holds for every op of this distribution."""
    conformance_case()


def test_loading_the_plugin_imports_no_scipy() -> None:
    code = "import sys, corelib_lambertw.plugin; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("False")


def test_w_undoes_w_times_its_exponential() -> None:
    w = np.linspace(-0.9, 3, 20)
    assert np.allclose(lambertw(w * np.exp(w)).data, w, rtol=1e-12)


def test_below_the_branch_point_there_is_no_real_value_and_on_it_an_infinite_slope() -> None:
    assert np.isnan(lambertw(-0.5).data)
    assert lambertw(-1 / np.e).item() == -1
    assert np.isinf(corelib.grad(lambertw)(-1 / np.e))


def test_the_omega_constant() -> None:
    omega = 0.5671432904097838
    assert lambertw(1.0).item() == pytest.approx(omega, abs=1e-15)
    assert corelib.grad(lambertw)(1.0) == pytest.approx(omega / (1 + omega))


def test_scipys_own_ufunc_finds_the_op() -> None:
    x: Any = corelib.Tensor(0.3, trainable=True)  # SciPy's types know no Tensor
    special.voigt_profile(x, 1.0, 0.5).backward()
    assert x.grad == corelib.grad(lambda x: voigt_profile(x, 1.0, 0.5))(0.3)


def test_a_measured_line_is_fitted_by_its_own_gradients() -> None:
    x = np.linspace(-4, 4, 60)
    measured = special.voigt_profile(x, 0.8, 0.4)

    def misfit(width: corelib.Array) -> corelib.Tensor:
        return ((voigt_profile(x, width[0], width[1]) - measured) ** 2).sum()

    width = np.array([1.2, 0.2])
    for _ in range(30):
        width = width - np.linalg.solve(corelib.hessian(misfit)(width) + 1e-3 * np.eye(2), corelib.grad(misfit)(width))
    assert np.allclose(width, [0.8, 0.4], atol=1e-6)
