"""Values, gradients and second derivatives are those of torch.nn.functional, to 1e-10."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

import corelib
import corelib_nn as nn
from corelib_nn import celu, elu, gelu, gelu_tanh, hardtanh, log_softmax, mish, selu, silu, softmax, softsign

torch = pytest.importorskip("torch", reason="compares with PyTorch")
F = torch.nn.functional

Case = tuple[str, Callable[..., Any], Callable[..., Any], list[Any]]


def drawn(*shapes: tuple[int, ...]) -> list[Any]:
    generator = np.random.default_rng(7)
    return [np.asarray(generator.normal(size=shape) * 2) for shape in shapes]


X = drawn((3, 4, 5))
ACTIVATIONS: list[Case] = [
    ("elu", elu, F.elu, X),
    ("elu, alpha", partial(elu, alpha=0.3), partial(F.elu, alpha=0.3), X),
    ("selu", selu, F.selu, X),
    ("celu", celu, F.celu, X),
    ("celu, alpha", partial(celu, alpha=0.5), partial(F.celu, alpha=0.5), X),  # torch rounds an alpha of 0.3 to float32
    ("gelu", gelu, F.gelu, X),
    ("gelu, tanh", gelu_tanh, partial(F.gelu, approximate="tanh"), X),
    ("silu", silu, F.silu, X),
    ("mish", mish, F.mish, X),
    ("softsign", softsign, F.softsign, X),
    ("hardtanh", hardtanh, F.hardtanh, X),
    ("hardtanh, bounds", partial(hardtanh, min_val=-0.5, max_val=2), partial(F.hardtanh, min_val=-0.5, max_val=2), X),
    *[
        (f"{name}, {axis}", partial(ours, axis=axis), partial(theirs, dim=axis), X)
        for name, ours, theirs in (("softmax", softmax, F.softmax), ("log_softmax", log_softmax, F.log_softmax))
        for axis in (-1, 0, 1)
    ],
]


def convolutions() -> Iterator[Case]:
    lengths, outputs, sizes = (7, 6, 5), 4, (3, 2, 3)
    settings: list[dict[str, Any]] = [
        {}, {"stride": 2}, {"padding": 1}, {"padding": "same"}, {"padding": "valid"}, {"dilation": 2}, {"groups": 2},
        {"stride": 2, "padding": 2, "groups": 2}, {"stride": 3, "padding": 1, "dilation": 2, "groups": 2},
        {"padding": "same", "dilation": 2},
    ]  # fmt: skip
    transposed: list[dict[str, Any]] = [
        {}, {"stride": 2, "output_padding": 1}, {"padding": 1, "dilation": 2}, {"groups": 2, "stride": 2, "padding": 1},
        {"stride": 3, "padding": 1, "output_padding": 2, "groups": 2, "dilation": 2},
    ]  # fmt: skip
    for axes in (1, 2, 3):
        for fields in settings:
            name, weight = f"conv{axes}d", (outputs, 4 // fields.get("groups", 1), *sizes[:axes])
            args = drawn((2, 4, *lengths[:axes]), weight, (outputs,))
            yield f"{name} {fields}", partial(getattr(nn, name), **fields), partial(getattr(F, name), **fields), args
        for fields in transposed:
            name, weight = f"conv_transpose{axes}d", (4, outputs // fields.get("groups", 1), *sizes[:axes])
            args = drawn((2, 4, *[n - 2 for n in lengths[:axes]]), weight, (outputs,))
            yield f"{name} {fields}", partial(getattr(nn, name), **fields), partial(getattr(F, name), **fields), args


def poolings() -> Iterator[Case]:
    lengths = (9, 8, 7)
    of_both: list[dict[str, Any]] = [
        {}, {"stride": 1}, {"stride": 2, "padding": 1}, {"ceil_mode": True},
        {"stride": 3, "padding": 1, "ceil_mode": True},
        {"kernel_size": 4, "stride": 5, "padding": 2, "ceil_mode": True},
    ]  # fmt: skip
    of_max: list[dict[str, Any]] = [{"dilation": 2}, {"dilation": 3, "stride": 2, "padding": 1, "ceil_mode": True}]
    of_mean: list[dict[str, Any]] = [
        {"padding": 1, "count_include_pad": False},
        {"stride": 2, "padding": 1, "ceil_mode": True, "count_include_pad": False},
    ]
    divided: list[dict[str, Any]] = [{"divisor_override": 5}, {"padding": 1, "ceil_mode": True, "divisor_override": 2}]
    for axes in (1, 2, 3):
        settings = {"max": [*of_both, *of_max], "avg": [*of_both, *of_mean, *(divided if axes > 1 else [])]}
        for kind, extra in [(kind, one) for kind, several in settings.items() for one in several]:
            fields = {"kernel_size": 3, **extra}
            if axes < 3 or max(fields.get("dilation", 1), fields["kernel_size"]) == 3:
                name, args = f"{kind}_pool{axes}d", drawn((2, 3, *lengths[:axes]))
                yield (
                    f"{name} {fields}",
                    partial(getattr(nn, name), **fields),
                    partial(getattr(F, name), **fields),
                    args,
                )


def losses() -> Iterator[Case]:
    words, generator = ("mean", "sum", "none"), np.random.default_rng(3)
    beside, weight = drawn((4, 3), (4, 3)), np.array([0.5, 2.0, 1.5])
    shares = [generator.uniform(0.1, 0.9, (4, 3)) for _ in range(2)]
    regressions: list[tuple[str, list[Any], dict[str, Any]]] = [
        ("mse_loss", beside, {}), ("l1_loss", beside, {}), ("huber_loss", beside, {"delta": 0.7}),
        ("smooth_l1_loss", beside, {"beta": 0.7}), ("smooth_l1_loss", beside, {"beta": 0.0}),
        ("binary_cross_entropy", shares, {}), ("binary_cross_entropy_with_logits", [beside[0], shares[1]], {}),
    ]  # fmt: skip
    for name, args, fields in [(name, a, {**f, "reduction": w}) for name, a, f in regressions for w in words]:
        yield f"{name} {fields}", partial(getattr(nn, name), **fields), partial(getattr(F, name), **fields), args
    weighed: list[tuple[str, list[Any], dict[str, Any]]] = [
        ("binary_cross_entropy", shares, {"weight": weight}),
        ("binary_cross_entropy_with_logits", [beside[0], shares[1]], {"weight": weight, "pos_weight": weight}),
    ]
    for name, args, fields in weighed:
        tensors = {key: torch.tensor(value) for key, value in fields.items()}
        yield f"{name} weight", partial(getattr(nn, name), **fields), partial(getattr(F, name), **tensors), args
    classes = generator.integers(0, 3, (4, 2))
    settings: list[dict[str, Any]] = [
        {},
        {"weight": weight},
        {"ignore_index": 1},
        {"weight": weight, "ignore_index": 0},
    ]
    smooth = [{**fields, "label_smoothing": 0.2} for fields in settings]
    classified = [("nll_loss", f) for f in settings] + [("cross_entropy", f) for f in settings + smooth]
    for name, fields in classified:
        for word in words:
            yield with_target(name, drawn((4, 3, 2)), classes, {**fields, "reduction": word})
    for fields in [*settings[:2], *smooth[:2]]:
        for word in words:
            yield with_target(
                "cross_entropy", drawn((4, 3, 2)), generator.uniform(size=(4, 3, 2)), {**fields, "reduction": word}
            )
    yield with_target("cross_entropy", drawn((3,)), np.array(2), {})


def with_target(name: str, args: list[Any], target: Any, fields: dict[str, Any]) -> Case:
    tensors = {key: torch.tensor(value) if isinstance(value, np.ndarray) else value for key, value in fields.items()}
    ours, theirs, theirs_target = getattr(nn, name), getattr(F, name), torch.tensor(target)
    case = f"{name} {target.dtype} {fields}"
    return case, lambda x: ours(x, target, **fields), lambda x: theirs(x, theirs_target, **tensors), args


def layers() -> Iterator[Case]:
    yield "linear", nn.linear, F.linear, drawn((2, 5, 3), (4, 3), (4,))
    indices = np.array([[1, 3, 1], [0, 3, 2]])
    settings: list[dict[str, Any]] = [{}, {"padding_idx": 3}, {"padding_idx": -4}]
    for fields in settings:
        ours, theirs = partial(nn.embedding, indices, **fields), partial(F.embedding, torch.tensor(indices), **fields)
        yield f"embedding {fields}", ours, theirs, drawn((4, 2))


def normalizations() -> Iterator[Case]:
    x, running = drawn((4, 3, 2))[0], [np.array([0.5, -1.0, 0.0]), np.array([2.0, 0.5, 1.0])]
    tensors = [torch.tensor(array) for array in running]

    def layer(function: Any) -> Any:
        return lambda x, w, b: function(x, [3, 2], w, b, 0.01)

    def batch(function: Any, training: bool, mean: Any = None, variance: Any = None) -> Any:
        return lambda x, w, b: function(x, mean, variance, w, b, training=training, eps=0.01)

    yield "layer_norm", lambda x: nn.layer_norm(x, 2), lambda x: F.layer_norm(x, [2]), [x]
    yield "layer_norm, scaled", layer(nn.layer_norm), layer(F.layer_norm), [x, *drawn((3, 2), (3, 2))]
    ours, theirs = batch(nn.batch_norm, False, *running), batch(F.batch_norm, False, *tensors)
    yield "batch_norm", ours, theirs, [x, *drawn((3,), (3,))]
    ours, theirs = batch(nn.batch_norm, True), batch(F.batch_norm, True)
    yield "batch_norm, training", ours, theirs, [x, *drawn((3,), (3,))]


def attentions() -> Iterator[Case]:
    def theirs(*args: Any, **fields: Any) -> Any:
        with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):  # the one that has second derivatives
            return F.scaled_dot_product_attention(*args, **fields)

    seen, added = np.array([[True, False, True], [True, True, True]]), np.array([[0.0, -np.inf, 1.0], [2.0, 0.0, 0.0]])
    masks: list[dict[str, Any]] = [{}, {"attn_mask": seen}, {"attn_mask": added}, {"attn_mask": seen & ~seen[1]}]
    for fields in [*masks, {"is_causal": True}, {"scale": 0.3}]:
        tensors = {key: torch.tensor(value) if key == "attn_mask" else value for key, value in fields.items()}
        ours = partial(nn.scaled_dot_product_attention, **fields)
        yield f"attention {fields}", ours, partial(theirs, **tensors), drawn((2, 1, 2, 4), (2, 1, 3, 4), (2, 1, 3, 2))
    shared = drawn((1, 4, 2, 3), (1, 2, 3, 3), (1, 2, 3, 2))
    ours = partial(nn.scaled_dot_product_attention, enable_gqa=True)
    yield "attention, shared heads", ours, partial(theirs, enable_gqa=True), shared
    args = drawn((2, 3), (4, 3), (4, 2), (2, 4))
    yield "attention, a mask with a gradient", nn.scaled_dot_product_attention, theirs, args


def agree(ours: Callable[..., Any], theirs: Callable[..., Any], args: list[Any]) -> None:
    """The value, the gradients in each array, and the gradients of their squares, to 1e-10."""
    tensors = [torch.tensor(x, requires_grad=True) for x in args]
    expected = theirs(*tensors)
    propagated = np.random.default_rng(5).normal(size=expected.shape)
    everywhere = tuple(range(len(args)))

    def first(*args: Any) -> Any:
        return corelib.grad(lambda *xs: np.sum(ours(*xs) * propagated), argnums=everywhere)(*args)

    def second(*args: Any) -> Any:
        return corelib.grad(lambda *xs: sum(np.sum(g**2 / 2 + g) for g in first(*xs)), argnums=everywhere)(*args)

    slopes = torch.autograd.grad((expected * torch.tensor(propagated)).sum(), tensors, create_graph=True)
    size = sum((g**2 / 2 + g).sum() for g in slopes)
    curvatures = torch.autograd.grad(size, tensors, allow_unused=True) if size.requires_grad else [None] * len(args)
    np.testing.assert_allclose(np.asarray(ours(*args).data), expected.detach().numpy(), rtol=1e-10, atol=1e-10)
    for g, slope in zip(first(*args), slopes, strict=True):
        np.testing.assert_allclose(g, slope.detach().numpy(), rtol=1e-10, atol=1e-10)
    for g, curvature, x in zip(second(*args), curvatures, args, strict=True):
        wanted = np.zeros(x.shape) if curvature is None else curvature.numpy(force=True)
        np.testing.assert_allclose(g, wanted, rtol=1e-10, atol=1e-9)


@pytest.mark.parametrize(("ours", "theirs", "args"), [c[1:] for c in ACTIVATIONS], ids=[c[0] for c in ACTIVATIONS])
def test_activations_are_those_of_torch(ours: Any, theirs: Any, args: Any) -> None:
    agree(ours, theirs, args)


CONVOLUTIONS: list[Case] = list(convolutions())

POOLINGS: list[Case] = list(poolings())


@pytest.mark.parametrize(("ours", "theirs", "args"), [c[1:] for c in POOLINGS], ids=[c[0] for c in POOLINGS])
def test_poolings_are_those_of_torch(ours: Any, theirs: Any, args: Any) -> None:
    agree(ours, theirs, args)


OTHERS: list[Case] = [*losses(), *layers(), *normalizations(), *attentions()]


@pytest.mark.parametrize(("ours", "theirs", "args"), [c[1:] for c in OTHERS], ids=[c[0] for c in OTHERS])
def test_layers_and_losses_are_those_of_torch(ours: Any, theirs: Any, args: Any) -> None:
    agree(ours, theirs, args)


@pytest.mark.filterwarnings("ignore:Using padding='same'")  # of PyTorch: it makes a copy
@pytest.mark.parametrize(("ours", "theirs", "args"), [c[1:] for c in CONVOLUTIONS], ids=[c[0] for c in CONVOLUTIONS])
def test_convolutions_are_those_of_torch(ours: Any, theirs: Any, args: Any) -> None:
    agree(ours, theirs, args)


def test_a_convolution_of_an_array_with_itself_is_that_of_torch() -> None:
    agree(lambda x: nn.conv1d(x, x, padding=1), lambda x: F.conv1d(x, x, padding=1), drawn((3, 3, 4)))


def test_a_large_batch_is_convolved_in_blocks() -> None:
    agree(partial(nn.conv2d, padding=1), partial(F.conv2d, padding=1), drawn((6, 8, 40, 40), (2, 8, 3, 3)))


def test_complex_numbers_are_convolved_as_in_torch() -> None:
    x, w, g = [
        a + 1j * b
        for a, b in zip(drawn((2, 2, 5), (3, 2, 2), (2, 3, 4)), drawn((2, 2, 5), (3, 2, 2), (2, 3, 4)), strict=True)
    ]
    value, pullback = corelib.vjp(nn.conv1d, x, w)
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, w)]
    result = F.conv1d(*tensors)
    result.backward(torch.tensor(g))
    np.testing.assert_allclose(value, result.detach().numpy(), rtol=1e-12, atol=1e-12)
    for gradient, tensor in zip(pullback(g), tensors, strict=True):
        np.testing.assert_allclose(gradient, tensor.grad.resolve_conj().numpy(), rtol=1e-12, atol=1e-12)


def test_running_statistics_are_those_of_torch() -> None:
    x, mean, variance = drawn((4, 3, 2))[0], np.array([0.5, -1.0, 0.0]), np.array([2.0, 0.5, 1.0])
    tensors = [torch.tensor(a) for a in (x, mean, variance)]
    F.batch_norm(*tensors, training=True, momentum=0.3)
    for ours, theirs in zip(nn.batch_statistics(x, mean, variance, momentum=0.3), tensors[1:], strict=True):
        np.testing.assert_allclose(ours.data, theirs.numpy(), rtol=1e-12)
