"""Losses: calls with every setting, in every shape."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from scipy import special

from corelib.conformance import ErrorSample, OpSample, OpSpec, Promise

Generator = np.random.Generator
SHAPES: Final = ((), (1, 1), (2, 2), (3, 2), (2, 3), (10,), (2, 1, 2, 2), (0, 3))
BATCHED: Final = ((1, 1), (2, 2), (3, 2), (2, 3), (2, 10), (2, 2, 2, 2))
WORD: Final = "reduction"
CLASSES: Final = {"0-d": "it has an axis of classes", "f(x, x)": "x and its targets are never one array"}
PROBABILITIES: Final = {"0-d": "it has an axis of classes"}


def reduced(losses: Any, reduction: str) -> Any:
    return losses if reduction == "none" else getattr(np, reduction)(losses)


def beside(
    draw: Callable[[Generator, tuple[int, ...]], list[Any]], *settings: dict[str, Any]
) -> Callable[[Generator], Iterator[OpSample]]:
    """Calls in every shape, and one with each setting."""

    def samples(generator: Generator) -> Iterator[OpSample]:
        for shape in SHAPES:
            if 0 not in shape:  # whose mean is NaN, with a warning of NumPy's
                yield OpSample(*draw(generator, shape), id=str(shape))
            yield OpSample(*draw(generator, shape), id=f"{shape} none", reduction="none")
        for fields in settings:
            yield OpSample(*draw(generator, (2, 3)), id=",".join(fields), **fields)
        yield OpSample(*[np.repeat(a, 2, axis=0) for a in draw(generator, (2, 3))], id="a tie")

    return samples


def apart(generator: Generator, shape: tuple[int, ...]) -> list[Any]:
    """Numbers and targets, whose distances are 0.2, 0.7, 1.2 and 1.7: away from the kinks, some of them equal."""
    x = np.asarray(generator.normal(size=shape))
    return [x, x + generator.choice([-1, 1], shape) * (0.2 + 0.5 * generator.integers(0, 4, shape))]


def shares(generator: Generator, shape: tuple[int, ...]) -> list[Any]:
    return [np.asarray(generator.uniform(0.1, 0.9, shape)) for _ in range(2)]


def logits(generator: Generator, shape: tuple[int, ...]) -> list[Any]:
    return [np.asarray(generator.normal(size=shape) * 2), np.asarray(generator.uniform(0.1, 0.9, shape))]


def of(name: str, reference: Callable[..., Any], samples: Any, draw: Any = apart, **more: Any) -> OpSpec:
    ones = np.ones(3)
    return OpSpec(
        name, kind="custom", samples=samples, reference=reference, complex=False,
        large=lambda generator: OpSample(*draw(generator, (40, 50))),
        errors=[ErrorSample(ones / 2, ones / 4, raises=ValueError, reduction="average"), *more.pop("errors", [])],
        **more,
    )  # fmt: skip


def huber(x: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    return reduced(special.huber(delta, x - target), reduction)


def smooth(x: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Any:
    return reduced(np.abs(x - target), reduction) if beta == 0 else huber(x, target, reduction, beta) / beta


def entropy(x: Any, target: Any, weight: Any = 1.0, reduction: str = "mean") -> Any:
    return reduced(-weight * (target * np.log(x) + (1 - target) * np.log(1 - x)), reduction)


def logit_entropy(x: Any, target: Any, weight: Any = 1.0, reduction: str = "mean", pos_weight: Any = 1.0) -> Any:
    losses = -(pos_weight * target * special.log_expit(x) + (1 - target) * special.log_expit(-x))
    return reduced(weight * losses, reduction)


def drawn_classes(generator: Generator, shape: tuple[int, ...], fields: dict[str, Any]) -> list[Any]:
    axis = min(len(shape) - 1, 1)
    return [generator.normal(size=shape), generator.integers(0, shape[axis], shape[:axis] + shape[axis + 1 :])]


def drawn_shares(generator: Generator, shape: tuple[int, ...], fields: dict[str, Any]) -> list[Any]:
    return [generator.normal(size=shape), generator.uniform(0.1, 1, shape)]


WEIGHT: Final = np.array([0.5, 2.0, 1.25])


def classified(smoothed: bool) -> Callable[[Generator], Iterator[OpSample]]:
    every: dict[str, Any] = {"weight": WEIGHT, "ignore_index": 1, "reduction": "sum"}
    every |= {"label_smoothing": 0.25} if smoothed else {}

    def samples(generator: Generator) -> Iterator[OpSample]:
        for shape in (*BATCHED, (3,)):
            yield OpSample(*drawn_classes(generator, shape, {}), id=f"classes {shape}")
            if smoothed:
                yield OpSample(*drawn_shares(generator, shape, {}), id=f"shares {shape}", label_smoothing=0.1)
        for reduction in ("mean", "sum", "none"):
            fields = every | {"reduction": reduction}
            yield OpSample(generator.normal(size=(4, 3)), np.array([0, 1, 2, 2]), id=f"all {reduction}", **fields)
            if smoothed:
                fields.pop("ignore_index")
                yield OpSample(*drawn_shares(generator, (4, 3), {}), id=f"all shares {reduction}", **fields)
        yield OpSample(generator.normal(size=(3, 2)), np.array([-100, 1, 0]), id="one ignored")
        yield OpSample(np.array([[1.0, 1.0, 2.0]]), np.array([1]), id="a tie")

    return samples


def nll(x: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: str = "mean") -> Any:
    return cross(x, target, weight, ignore_index, reduction, logs=True)


def cross(
    x: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: str = "mean",
    label_smoothing: float = 0.0, logs: bool = False,
) -> Any:  # fmt: skip
    """From the probabilities of each class, one row of x after the other."""
    axis = min(x.ndim - 1, 1)
    rows = np.moveaxis(x, axis, -1)
    rows = rows if logs else special.log_softmax(rows, axis=-1)
    number = rows.shape[-1]
    weight = np.ones(number) if weight is None else weight
    if target.dtype.kind == "f":
        shares, kept, shape = np.moveaxis(target, axis, -1), np.ones(rows.shape[:-1]), rows.shape[:-1]
        sizes = kept
    else:
        kept, shape = target != ignore_index, target.shape
        classes = np.where(kept, target, 0)
        shares, sizes = np.eye(number)[classes], weight[classes] * kept
    shares = shares * (1 - label_smoothing) + label_smoothing / number
    losses = (-np.sum(shares * weight * rows, axis=-1) * kept).reshape(shape)
    return np.sum(losses) / np.sum(sizes) if reduction == "mean" else reduced(losses, reduction)


def of_classes(name: str, reference: Callable[..., Any], smoothed: bool) -> OpSpec:
    x, classes = np.ones((2, 3)), np.array([0, 1])
    return OpSpec(
        name, kind="custom", samples=classified(smoothed), reference=reference, complex=False,
        not_applicable=PROBABILITIES if smoothed else CLASSES,
        large=lambda generator: OpSample(*drawn_classes(generator, (100, 30), {})),
        errors=[
            ErrorSample(x, np.array([0, 3]), id="no class", raises=ValueError, match="from 0 to 2"),
            ErrorSample(x, np.array([0, -1]), id="negative", raises=ValueError, match="from 0 to 2"),
            ErrorSample(x, np.array([0, 1, 2]), id="shape", raises=ValueError, match="shape"),
            ErrorSample(x, classes, id="weight", raises=ValueError, match="weight", weight=np.ones(2)),
            ErrorSample(x, classes, id="word", raises=ValueError, match="reduction", reduction="average"),
            *([ErrorSample(x, classes, id="smoothing", raises=ValueError, label_smoothing=2.0)] if smoothed else []),
        ],
    )  # fmt: skip


FAR: Final = np.array([0.0, 2.0])
TAIL: Final = -0.5 / (1 + np.exp(40))

SPECS: Final = (
    of(
        "mse_loss", lambda x, t, reduction="mean": reduced((x - t) ** 2, reduction),
        beside(apart, {"reduction": "sum"}),
    ),
    of(
        "l1_loss", lambda x, t, reduction="mean": reduced(abs(x - t), reduction), beside(apart, {"reduction": "sum"}),
        promises=[Promise(FAR, np.zeros(2), gradients=[np.array([0.0, 0.5]), np.array([0.0, -0.5])])],
    ),
    of(
        "huber_loss", huber, beside(apart, {"reduction": "sum", "delta": 0.5}, {"delta": 1.5}),
        errors=[ErrorSample(FAR, FAR, raises=ValueError, match="delta", delta=0.0)],
    ),
    of(
        "smooth_l1_loss", smooth, beside(apart, {"reduction": "sum", "beta": 0.5}, {"beta": 0.0}),
        errors=[ErrorSample(FAR, FAR, raises=ValueError, match="beta", beta=-1.0)],
    ),
    of(
        "binary_cross_entropy", entropy, beside(shares, {"weight": WEIGHT, "reduction": "sum"}), shares,
        promises=[
            Promise(FAR / 2, FAR / 2, gradients=[np.zeros(2), np.array([50.0, -50.0])], id="certain, and right"),
            Promise(FAR / 2, 1 - FAR / 2, gradients=[np.array([-5e11, 5e11]), np.array([50.0, -50.0])], id="wrong"),
        ],
    ),
    of(
        "binary_cross_entropy_with_logits", logit_entropy,
        beside(logits, {"weight": WEIGHT, "pos_weight": WEIGHT, "reduction": "sum"}), logits,
        promises=[Promise(FAR * 20, FAR / 2, gradients=[np.array([0.25, TAIL]), np.array([0.0, -20.0])])],
    ),
    of_classes("nll_loss", nll, smoothed=False),
    of_classes("cross_entropy", cross, smoothed=True),
)  # fmt: skip
