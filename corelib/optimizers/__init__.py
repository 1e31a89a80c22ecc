"""The optimizers that are installed, by name: ``from corelib.optimizers import adam``, or ``get("adam")``.

A type checker sees what ``corelib typings`` wrote into typings/_corelib_optimizers.pyi.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _corelib_optimizers import *  # noqa: F403  # the stub that `corelib typings` wrote

    from corelib.rule import AnyRule


def get(name: str) -> "type[AnyRule]":
    """The rule ``name``. Raises OptimizerNotFound, with what may be meant or is to be installed."""
    from corelib.plugins.registry import find_optimizer

    return find_optimizer(name)


def names() -> list[str]:
    """The names of the installed optimizers, in alphabetical order."""
    from corelib.plugins.registry import optimizer_names

    return optimizer_names()


if not TYPE_CHECKING:
    from corelib.plugins.names import Names as _Names

    _names = _Names(globals())

    def named(params, name, hyperparameters=None, /, **given):
        """`Optimizer.named`; type checkers know the hyperparameters of each installed rule here."""
        from corelib.optimizing.optimizer import Optimizer

        return Optimizer.named(params, name, hyperparameters, **given)

    def __getattr__(name: str) -> object:
        if name.startswith("_"):  # what Python itself asks a module for
            raise AttributeError(f"module 'corelib.optimizers' has no attribute {name!r}")
        return _names.found(name, get)

    def __dir__() -> list[str]:
        return ["get", "named", "names", *names()]
