"""Calls of every public name with arguments drawn at random."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from inspect import Parameter, signature
from random import Random
from typing import Any, Final

import numpy as np

import corelib
from corelib import Tensor
from corelib.plugins.registry import find_op, op_names
from tools.fuzz.values import BAD, GOOD, NAMESPACE

PLAIN: Final = ("1.0", "Tensor(1.0)", "trainable(3)")
SELVES: Final = (
    "trainable(3)",
    "trainable()",
    "trainable(2, 3)",
    "freed()",
    "Tensor([1.0, 2.0])",
    "Tensor.__new__(Tensor)",
)
OF_PYTHON: Final = frozenset({"__setstate__"})  # nobody but pickle calls it


@dataclass(frozen=True)
class Case:
    """One call, as text."""

    target: str
    args: tuple[str, ...] = ()
    keywords: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        given = [*self.args, *(f"{name}={value}" for name, value in self.keywords.items())]
        return f"{self.target}({', '.join(given)})"

    def smaller(self) -> "Iterator[Case]":
        """The same with less: a keyword or the last argument left out, an argument that is plainer."""
        for name in self.keywords:
            yield replace(self, keywords={n: v for n, v in self.keywords.items() if n != name})
        if self.args:
            yield replace(self, args=self.args[:-1])
        for i, arg in enumerate(self.args):
            for plain in PLAIN[: PLAIN.index(arg) if arg in PLAIN else None]:
                yield replace(self, args=(*self.args[:i], plain, *self.args[i + 1 :]))


def targets() -> list[str]:
    """What is called: the names of corelib, its ops, their NumPy functions, and the methods of a Tensor."""
    public = [f"corelib.{name}" for name in dir(corelib) if callable(getattr(corelib, name)) and name[0] != "_"]
    plugins = [f"corelib.plugins.{name}" for name in ("list", "problems")]
    methods = [
        name
        for name in dir(Tensor)
        if callable(getattr(Tensor, name)) and not hasattr(object, name) and name not in OF_PYTHON
    ]
    of_numpy = [f"np.{f.__name__}" for name in op_names() for f in find_op(name).functions if in_numpy(f)]
    every = [*public, *plugins, *(f"ops.{name}" for name in op_names()), *dict.fromkeys(of_numpy)]
    return [*every, *(f"{{}}.{name}" for name in [*methods, "__eq__", "__lt__", "__setattr__", "__getattribute__"])]


def in_numpy(function: Any) -> bool:
    return getattr(np, getattr(function, "__name__", ""), None) is function


def cases(seed: int) -> Iterator[Case]:
    """Calls without end, the same for the same seed."""
    rng = Random(seed)
    names = targets()
    while True:
        target = rng.choice(names)
        args = tuple(value(rng) for _ in range(rng.choice((0, 1, 1, 2, 2, 2, 3, 4))))
        known = keywords_of(target)
        chosen = rng.sample(known, min(len(known), rng.choice((0, 0, 1, 2))))
        yield Case(target.format(rng.choice(SELVES)), args, {name: value(rng) for name in chosen})


def value(rng: Random) -> str:
    return rng.choice(GOOD if rng.random() < 0.6 else BAD)


@cache
def keywords_of(target: str) -> list[str]:
    """The names that a target takes, and one that nothing does."""
    try:
        taken = signature(eval(target.format("Tensor(1.0)"), dict(NAMESPACE))).parameters.values()
    except (TypeError, ValueError):
        return ["axis", "out", "where", "unknown"]
    return [*(p.name for p in taken if p.kind in (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)), "unknown"]
