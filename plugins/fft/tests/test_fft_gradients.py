"""Gradients of transforms are those of PyTorch and JAX, real and complex, of even and odd lengths, to second order."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

import corelib
from corelib import errors

Fields = dict[str, Any]

UNITARY: Final[Any] = "unitary"
NONE: Final[Any] = (None, 2)

GENERATOR: Final = np.random.default_rng(5)
ONE_AXIS: Final = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
SEVERAL: Final = ("fftn", "ifftn", "rfftn", "irfftn", "fft2", "ifft2", "rfft2", "irfft2")
OF_REAL: Final = ("rfft", "ihfft", "rfftn", "rfft2")
CALLS: Final[list[tuple[str, Fields]]] = [
    *[(name, {"n": n, "axis": axis, "norm": norm}) for name in ONE_AXIS for n in (None, 3, 6, 9) for axis in (0, -1)
      for norm in (None, "ortho", "forward")],
    *[(name, {"s": s, "axes": (0, 2), "norm": norm}) for name in SEVERAL for s in (None, (3, 7), (6, 4))
      for norm in (None, "ortho", "forward")],
]  # fmt: skip


def named(call: tuple[str, Fields]) -> str:
    return "-".join(map(str, (call[0], *call[1].values())))


def drawn(name: str, shape: tuple[int, ...] = (4, 2, 5)) -> Any:
    real = GENERATOR.normal(size=shape)
    return real if name in OF_REAL else real + 1j * GENERATOR.normal(size=shape)


@pytest.mark.parametrize(("name", "fields"), CALLS, ids=map(named, CALLS))
def test_gradients_are_those_of_torch(name: str, fields: Fields) -> None:
    torch = pytest.importorskip("torch", reason="a peer, compared with where it is installed")
    x = drawn(name)
    value, pullback = corelib.vjp(lambda x: getattr(np.fft, name)(x, **fields), x)
    g = drawn("" if np.iscomplexobj(value) else "rfft", value.shape)
    theirs = {"n": "n", "s": "s", "axis": "dim", "axes": "dim", "norm": "norm"}
    t = torch.tensor(x, requires_grad=True)
    result = getattr(torch.fft, name)(t, **{theirs[key]: given for key, given in fields.items()})
    np.testing.assert_allclose(value, result.resolve_conj().detach().numpy(), rtol=1e-12, atol=1e-12)
    result.backward(torch.tensor(g))
    np.testing.assert_allclose(pullback(g), t.grad.resolve_conj().numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["fft", "rfft", "irfftn", "fftshift"])
def test_gradients_are_those_of_jax(name: str) -> None:
    jax = pytest.importorskip("jax", reason="a peer, compared with where it is installed")
    x = drawn("rfft")

    def loss(library: Any) -> Callable[[Any], Any]:
        return lambda x: library.sum(library.abs(getattr(library.fft, name)(x)) ** 2 * library.sin(x[0, 0, 0]))

    with jax.enable_x64(True):
        theirs = np.asarray(jax.grad(loss(jax.numpy))(x))
    np.testing.assert_allclose(corelib.grad(loss(np))(x), theirs, rtol=1e-10, atol=1e-10)


def test_the_hessian_of_a_power_spectrum_is_constant() -> None:
    def power(x: Any) -> Any:
        return np.sum(np.abs(np.fft.rfft(x)) ** 2)

    n = 6
    expected = np.array([[sum(2 * np.cos(2 * np.pi * k * (i - j) / n) for k in range(n // 2 + 1)) for j in range(n)]
                         for i in range(n)])  # fmt: skip
    np.testing.assert_allclose(corelib.hessian(power)(GENERATOR.normal(size=n)), expected, atol=1e-12)


@pytest.mark.parametrize("name", [*ONE_AXIS, *SEVERAL])
def test_single_precision_stays_single(name: str) -> None:
    x = GENERATOR.normal(size=(3, 4)).astype(np.float32)
    value, pullback = corelib.vjp(getattr(np.fft, name), x)
    assert value.dtype == getattr(np.fft, name)(x).dtype
    assert pullback(value).dtype == np.float32


@pytest.mark.parametrize("axes", [None, 0, (0, 1), (-1,)])
@pytest.mark.parametrize("name", ["fftshift", "ifftshift"])
def test_a_shift_moves_gradients_back(name: str, axes: Any) -> None:
    x = GENERATOR.normal(size=(3, 5))
    value, pullback = corelib.vjp(lambda x: getattr(np.fft, name)(x, axes), x)
    np.testing.assert_array_equal(value, getattr(np.fft, name)(x, axes))
    np.testing.assert_array_equal(pullback(value), x)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x: np.fft.fftn(x, s=(2,)), errors.UnsupportedArgument, "s without axes"),
        (lambda x: np.fft.fft2(x, s=NONE), errors.UnsupportedArgument, "None in s"),
        (lambda x: np.fft.fft(x, out=np.empty(3, complex)), errors.UnsupportedArgument, "out"),
        (lambda x: np.fft.fft(x, norm=UNITARY), errors.InvalidOperand, "norm"),
        (lambda x: np.fft.ihfft(x, norm=UNITARY), errors.InvalidOperand, "norm"),
        (lambda x: np.fft.rfft(x * 1j), errors.InvalidOperandType, "rfft"),
        (lambda x: np.fft.rfftn(x, axes=()), errors.InvalidOperand, "one axis"),
        (lambda x: np.fft.fft(x, axis=3), errors.InvalidIndex, "fft"),
    ],
)
def test_what_is_wrong_is_refused_in_words(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call(corelib.Tensor(np.ones((3, 4)), trainable=True))
