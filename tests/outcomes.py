"""What a program sees of the core, as JSON: test_compiled.py runs this file over both cores, and compares.

Errors of corelib's are shown in full, with their cause; of those that Python words itself (a call with the wrong
arguments, an attribute that cannot be set) only the type is, since C functions word them in another way.
"""

import copy
import importlib
import inspect
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import corelib
from corelib import elementwise, op, ops
from corelib.core.interpreting import CORE, is_compiled

Tensor: Any = corelib.Tensor
functions: Any = ops  # to call them as their types forbid
Outcomes = dict[str, Callable[[], Any]]


class Weight(Tensor):  # type: ignore[misc]  # Tensor is Any here
    """A subclass with a constructor, an attribute and methods of its own."""

    unit = "kg"

    def __init__(self, data: Any, extra: Any = 0, **keywords: Any) -> None:
        super().__init__(data, **keywords)
        self.extra = extra

    def mean(self, *_: Any, **__: Any) -> Any:
        return "mine"

    def __add__(self, other: Any) -> Any:
        return "added"


class Slotted(Tensor):  # type: ignore[misc]  # Tensor is Any here
    """A subclass with slots."""

    __slots__ = ("extra",)


@dataclass(frozen=True)
class Faulty:
    """The product of x and y."""

    fault: str = ""

    def forward(self, x: Any, y: Any) -> Any:
        if self.fault == "forward raises":
            raise ValueError("no")
        return "no array" if self.fault == "forward returns text" else x * y

    def backward(self, propagated: Any, x: Any, y: Any) -> Any:
        gradients: dict[str, Any] = {
            "shape": (np.ones(9), None), "text": ("a", "b"), "one": propagated, "nothing": (None, None),
            "dtypes": ((propagated * y).astype(np.float32), propagated * 1j),
        }  # fmt: skip
        return gradients.get(self.fault, (propagated * y, propagated * x))


product: Any = op(Faulty)


def t(**keywords: Any) -> Any:
    return Tensor([1.0, 2.0, 3.0], **{"trainable": True, "name": "w", **keywords})


def attributes(x: Any) -> Any:
    return type(x).__name__, x.data, x.grad, x.trainable, x.name, x.extra


def after(x: Any, attribute: str, value: Any) -> Any:
    setattr(x, attribute, value)
    return x, x.grad, x.generation


def slope(function: Any, result: float = 2.0) -> Any:
    x, double = t(), elementwise(lambda x: x * result, function, name="double")
    double(x).sum().backward()
    return x.grad


def gradients(fault: str) -> Any:
    x, y = t(), t(name="v")
    product(x, y, fault=fault).backward(np.ones(3))
    return x.grad, y.grad


def start(y: Any, propagated: Any) -> Any:
    return y.backward(propagated)


def twice(y: Any) -> Any:
    return y.backward(), y.backward()


def checked(y: Any) -> Any:
    with corelib.anomaly(), np.errstate(all="ignore"):
        y.backward()


def arguments(of: Any) -> Any:
    """Names, kinds and defaults; a C function has no annotations."""
    kinds = [(p.name, p.kind.name, p.default) for p in inspect.signature(of).parameters.values()]
    return [kind for kind in kinds if kind[0] != "self"]


def documented(function: Any) -> Any:
    return arguments(function), inspect.getdoc(function)


UNDOCUMENTED = {"Ratio", "Scope"}  # a NamedTuple and a dataclass of the core's own: mypyc leaves out their docstrings


def described(of: Any) -> Any:
    shape = "a class" if inspect.isclass(of) else arguments(of)
    doc = None if of.__name__ in UNDOCUMENTED else inspect.getdoc(of)
    return of.__module__, of.__qualname__, of.__name__, doc, shape


def on(how: Any, of: Any) -> Any:
    return of(how)


def again(protocol: int, x: Any) -> Any:
    return pickle.loads(pickle.dumps(x, protocol))


SUBCLASSES: Outcomes = {
    "attributes": lambda: attributes(Weight([1.0], 5, trainable=True, name="n")),
    "class": lambda: (Weight.unit, Weight.__mro__[1].__name__, Weight([1.0]).mean(), isinstance(Weight([1.0]), Tensor)),
    "operators": lambda: (Weight([1.0]) + 1, 1 + Weight([1.0]), Weight([1.0]) * 2, type(Weight([1.0]) * 2).__name__),
    "slots": lambda: after(Slotted([1.0]), "extra", 3),
    "slots only": lambda: setattr(Slotted([1.0]), "other", 3),
    "data": lambda: after(Weight([1.0], trainable=True), "data", [2.0]),
    "no subclass": lambda: setattr(t(), "other", 3),
}
COPIES: Outcomes = {
    f"{name} {what}": partial(on, how, of)
    for name, how in {
        "copy": copy.copy, "deepcopy": copy.deepcopy,
        **{f"pickle {i}": partial(again, i) for i in range(6)},
    }.items()
    for what, of in {
        "tensor": lambda how: how(t()), "constant": lambda how: how(t(trainable=False)),
        "result": lambda how: how(t() * 2),
        "subclass": lambda how: attributes(how(Weight([1.0], [5], trainable=True, name="n"))),
        "op": lambda how: [how(one) is one for one in (ops.exp, ops.add, ops.sum)],
        "class": lambda how: how(corelib.Tensor) is corelib.Tensor,
    }.items()
}  # fmt: skip
COPIES["bytes"] = lambda: pickle.dumps(t(), 4)
LOOKS: dict[str, Callable[[Any], Any]] = {
    "doc": lambda one: (one.__doc__, inspect.getdoc(one), one.doc, one.name),
    "signature": inspect.signature,
    "class": lambda one: (type(one).__name__, type(one).__qualname__, type(one).__module__),
}
TEXTS: Outcomes = {
    "tensor": lambda: (repr(t()), str(t() * 2), f"{t()}", f"{Tensor(2.0):.3f}", Tensor(np.ones((20, 20)))),
    "graph": lambda: str(corelib.graph(np.sum(np.tanh(t() * 2 + t(name="b"))))),
    "node": lambda: [(type(n).__name__, str(n), repr(n)) for n in ((t() * 2).creator, np.sum(t(), axis=0).creator)],
    "op": lambda: [(repr(one), str(one)) for one in (ops.exp, ops.sum, ops.matmul, product)],
    **{
        f"{one} {what}": partial(look, getattr(ops, one))
        for one in ("exp", "add", "sum", "clip", "matmul", "concatenate", "einsum")
        for what, look in LOOKS.items()
    },
    "own op": lambda: (product.__doc__, inspect.signature(product)),
    "tensor's arguments": lambda: arguments(corelib.Tensor),
    "tensor's names": lambda: (corelib.Tensor.__module__, corelib.Tensor.__qualname__, corelib.Tensor.__name__),
}
for _module in map(importlib.import_module, sorted(CORE)):
    for _name, _found in sorted(vars(_module).items()):
        if getattr(_found, "__module__", None) == _module.__name__ and callable(_found):
            TEXTS[f"{_module.__name__}.{_name}"] = partial(described, _found)
for _name in ("backward", "cleargrad", "detach", "item", "sum", "mean", "reshape", "transpose", "astype"):
    TEXTS[f"Tensor.{_name}"] = partial(documented, getattr(Tensor, _name))
for _name in ("data", "grad", "trainable", "name", "creator", "generation", "shape", "T"):
    TEXTS[f"Tensor.{_name}"] = partial(inspect.getdoc, getattr(Tensor, _name))

ODD: tuple[Any, ...] = (
    None, "x", b"x", {}, {1}, [[1.0], [1.0, 2.0]], 1j, True, np.True_, 3, 10**30, np.float32(2), np.ones(2), np.ones(3),
    np.array("a"), np.array([1, "a"], object), np.datetime64("2020"), range(3), [], slice(1), Ellipsis,
)  # fmt: skip
ERRORS: Outcomes = {
    f"{name} {value!r}": partial(act, value)
    for name, act in {
        "Tensor": Tensor,
        "trainable": lambda v: Tensor([1.0], trainable=v),
        "name": lambda v: Tensor([1.0], name=v),
        "set data": lambda v: after(t(), "data", v),
        "set trainable": lambda v: after(t(), "trainable", v),
        "set name": lambda v: after(t(), "name", v),
        "add": lambda v: t() + v,
        "subtract from": lambda v: v - t(),
        "equal": lambda v: t() == v,
        "matmul": lambda v: t() @ v,
        "index": lambda v: t()[v],
        "exp": ops.exp,
        "sum": lambda v: t().sum(v),
        "reshape": lambda v: t().reshape(v),
        "start": lambda v: start(t() * 2, v),
        "slope": lambda v: slope(lambda x: v),
    }.items()
    for value in ODD
} | {
    "integers": lambda: Tensor(1, trainable=True),
    "list": lambda: Tensor([t(), t()]),
    "array": lambda: np.asarray(t()),
    "float": lambda: float(Tensor(2.0, trainable=True)),
    "truth": lambda: bool(t()),
    "length": lambda: len(Tensor(1.0)),
    "no scalar": lambda: start(t() * 2, None),
    "no gradient": lambda: Tensor(1.0).backward(),
    "freed": lambda: twice(t().sum()),
    "set grad": lambda: after(t(), "grad", np.ones(2)),
    "anomaly": lambda: checked(np.sum(np.log(Tensor([0.0, 1.0], trainable=True)))),
    "out": lambda: np.exp(t(), out=np.ones(3)),
    "reduce": lambda: np.add.reduce(t()),
    "initial": lambda: functions.sum(t(), initial="a"),
    "no op": lambda: np.unique(t()),
    "no ufunc": lambda: np.bitwise_and(t(), 1),
    "unknown field": lambda: functions.sum(t(), elsewhere=1),
    "grad of a vector": lambda: corelib.grad(lambda x: x * 2)(np.ones(2)),
    "grad of an integer": lambda: corelib.grad(lambda x: x * x)(3),
    "slope raises": lambda: slope(lambda x: 1 / 0),
    "slope of another shape": lambda: slope(lambda x: np.ones(7)),
    **{
        fault: partial(gradients, fault)
        for fault in ("", "shape", "text", "one", "nothing", "dtypes", "forward raises", "forward returns text")
    },
}
CALLS: Outcomes = {
    "Tensor()": Tensor,
    "Tensor(1, 2)": lambda: Tensor(1, 2),
    "Tensor(1, x=2)": lambda: Tensor(1, x=2),
    "Tensor(data=1)": lambda: Tensor(data=1),
    "backward(x=1)": lambda: t().backward(x=1),
    "cleargrad(1)": lambda: t().cleargrad(1),
    "sum(foo=1)": lambda: t().sum(foo=1),
    "astype()": lambda: t().astype(),
    "exp()": functions.exp,
    "exp(1, 2)": lambda: functions.exp(1, 2),
    "exp(x=1)": lambda: functions.exp(x=1),
    "add(1)": lambda: functions.add(1),
    "add(1, y=2)": lambda: functions.add(1, y=2),
    "add(1, 2, out=3)": lambda: functions.add(1, 2, out=3),
    "unknown attribute": lambda: t().foo,
    "t[0] = 1": lambda: t().__setitem__(0, 1),
    "~t": lambda: ~t(),
    **{
        f"del {name}": partial(delattr, t(), name)
        for name in ("data", "grad", "trainable", "name", "shape", "T", "foo")
    },
    **{
        f"set {name}": partial(setattr, t(), name, 1)
        for name in ("creator", "generation", "shape", "dtype", "T", "foo")
    },
}


def shown(act: Callable[[], Any], whole: bool) -> str:
    try:
        return f"{act()!r}"
    except Exception as error:
        name = type(error).__name__
        return f"{name}: {error}, caused by {error.__cause__!r}" if whole else name


SECTIONS = {"subclasses": SUBCLASSES, "copies": COPIES, "texts": TEXTS, "errors": ERRORS, "calls": CALLS}

if __name__ == "__main__":
    replies = {
        section: {name: shown(act, whole=section != "calls") for name, act in outcomes.items()}
        for section, outcomes in SECTIONS.items()
    }
    print(json.dumps({"compiled": is_compiled(), "sections": replies}))
