"""The check of arguments without a gradient: every way to request it is refused."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.select import select_interior
from corelib.conformance.failure import Failure, Skip
from corelib.conformance.numerics.calls import outputs
from corelib.conformance.operands import operands, with_operands
from corelib.conformance.sample import Sample
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.arrays import DIFFERENTIABLE
from corelib.core.tensor import Tensor
from corelib.errors import NotDifferentiable
from corelib.transforms.derivatives import elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp


def refused(subject: Subject, sample: Sample, tally: Tally) -> None:
    """An argument that is declared ``nondiff`` refuses its gradient, whether others are wanted or not."""
    given = operands(sample.filled(sample.arrays), subject.in_list)
    for i in positions(subject, len(given)):
        name, point = subject.name_of(i), np.asarray(given[i])
        if point.dtype.kind not in DIFFERENTIABLE:  # integers: the core refuses them before the op does
            _asked(tally, name, "Tensor(..., trainable=True)", partial(Tensor, point, trainable=True))
            continue
        f = partial(_in_one, subject, sample, sample.arrays, i)
        for way, ask in _ways(f, point, f(point)):
            _asked(tally, name, way, ask)
        _asked(tally, name, "backward() of all arguments", partial(_backward_of_all, subject, sample, i, point))


def positions(subject: Subject, count: int) -> list[int]:
    """Which operands have no gradient."""
    return [i for i in range(count) if subject.name_of(i) in subject.nondiff]


def _in_one(subject: Subject, sample: Sample, arrays: Sequence[Any], i: int, x: Any) -> Any:
    """The first result of the call with ``x`` for one operand."""
    args = sample.filled(arrays)
    given = operands(args, subject.in_list)
    others = with_operands(args, [x if k == i else a for k, a in enumerate(given)], subject.in_list)
    return outputs(subject.op(*others, **sample.fields))[0]


def _ways(f: Callable[[Any], Any], point: Any, result: Tensor) -> Iterator[tuple[str, Callable[[], Any]]]:
    """All ways to ask for a gradient; some are for a single number."""
    ones = np.ones(result.shape, result.dtype)
    yield "backward()", lambda: f(Tensor(point, trainable=True)).backward(ones)
    yield "vjp", lambda: vjp(f, point)[1](ones)
    yield "jvp", lambda: jvp(f, (point,), (np.ones_like(point),))
    yield "jacobian", lambda: jacobian(f)(point)
    yield "elementwise_grad", lambda: elementwise_grad(f)(point)
    if result.shape == ():
        yield "grad", lambda: grad(f)(point)
        yield "value_and_grad", lambda: value_and_grad(f)(point)
        yield "hessian", lambda: hessian(f)(point)
        yield "hvp", lambda: hvp(f)(point, np.ones_like(point))


def _backward_of_all(subject: Subject, sample: Sample, i: int, point: Any) -> None:
    tensors = [Tensor(a, trainable=True) for a in sample.arrays]
    result = _in_one(subject, sample, tensors, i, Tensor(point, trainable=True))
    result.backward(np.ones(result.shape, result.dtype))


def _asked(tally: Tally, name: str, way: str, ask: Callable[[], Any]) -> None:
    """The request for the gradient is refused."""
    try:
        ask()
    except NotDifferentiable:
        tally.assertions += 1
        return
    except Exception as error:
        raise Failure(f"'{name}' is nondiff, and {way} raises {type(error).__name__}, not NotDifferentiable") from error
    raise Failure(f"'{name}' is nondiff, and {way} returns a gradient; NotDifferentiable was expected")


def select_with_nondiff(subject: Subject, seed: int) -> Sequence[Sample]:
    if not any(name in subject.nondiff for name in subject.argument_names):
        raise Skip("every array has a gradient")
    found = select_interior(subject, seed)
    return [s for s in found if positions(subject, len(operands(s.args, subject.in_list)))][:3]


CHECKS = (Check("refused", select_with_nondiff, refused),)
