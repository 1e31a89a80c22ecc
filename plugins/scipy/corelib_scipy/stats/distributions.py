"""Distributions with the signatures of scipy.stats: ``norm.logpdf(x, loc=0, scale=1)``, shapes before loc.

Every argument has a gradient, but for the degrees of freedom in ``t.cdf``.
"""

from collections.abc import Callable
from typing import Any, Final

from corelib.errors import UnsupportedArgument
from corelib.extend import Tensor, TensorLike
from corelib_scipy.stats import functions
from corelib_scipy.stats.names import FUNCTIONS

Method = Callable[..., Tensor]


class Distribution:
    """The functions of one distribution. Raises UnsupportedArgument for one that has no gradient here."""

    def __init__(self, name: str, *shapes: str) -> None:
        self.name = name
        self.shapes = shapes

    def __getattr__(self, name: str) -> Method:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in FUNCTIONS[self.name].split():
            known = ", ".join(FUNCTIONS[self.name].split())
            raise UnsupportedArgument(f"stats.{self.name}.{name} has no gradient here; there are {known}")
        op: Any = getattr(functions, f"{self.name}_{name}")

        def method(x: TensorLike, *args: TensorLike, **keywords: TensorLike) -> Tensor:
            result: Tensor = op(x, *self._parameters(args, keywords))
            return result

        method.__name__ = name
        return method

    def _parameters(self, args: tuple[Any, ...], keywords: dict[str, Any]) -> list[Any]:
        """The shapes, loc and scale. Raises TypeError as a function of Python with these arguments does."""
        names = (*self.shapes, "loc", "scale")
        if len(args) > len(names):
            raise TypeError(f"stats.{self.name} takes {', '.join(names)} after x, and was given {len(args)} arguments")
        given = dict(zip(names, args, strict=False))
        if wrong := [key for key in keywords if key in given or key not in names]:
            raise TypeError(f"stats.{self.name} takes {', '.join(names)} once each, and was given {', '.join(wrong)}")
        whole = {"loc": 0.0, "scale": 1.0, **given, **keywords}
        if missing := [shape for shape in self.shapes if shape not in whole]:
            raise TypeError(f"stats.{self.name} needs {', '.join(missing)}")
        return [whole[key] for key in names]

    def __repr__(self) -> str:
        return f"<distribution {self.name}>"


norm: Final = Distribution("norm")
expon: Final = Distribution("expon")
laplace: Final = Distribution("laplace")
logistic: Final = Distribution("logistic")
lognorm: Final = Distribution("lognorm", "s")
gamma: Final = Distribution("gamma", "a")
chi2: Final = Distribution("chi2", "df")
beta: Final = Distribution("beta", "a", "b")
t: Final = Distribution("t", "df")
