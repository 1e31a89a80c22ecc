"""Mistakes of human kinds: wrong backwards as tired authors write them, in ops as outside authors write them.

The other families wrap and rewrite what is there; these were written by hand, most of them after one that somebody
made. The ops are those of three outside plugins (special functions of SciPy, batched linear algebra, windows with
variadic and named-tuple ops), an op that sums over broadcast axes by itself, and one for state and memory. The
optimizers are the installed ones, each with one line of its formula written wrongly.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Final

from corelib_selftest.human.honest import Honest
from corelib_selftest.human.rules import rule_mutants
from corelib_selftest.mutant import Mutant

MODULES: Final = ("along_axes", "by_hand", "habits", "matrices", "windows")
OVER_SCIPY: Final = ("special_functions", "special_pairs")


def honest_ops() -> list[Honest]:
    """All ops of the family; without SciPy, those that do not need it."""
    names = MODULES + (OVER_SCIPY if find_spec("scipy") is not None else ())
    modules = [import_module(f"{__name__}.{name}") for name in names]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Honest)]
    return list(dict.fromkeys(found))  # one module may import an op of another


def human_mutants() -> list[Mutant]:
    """All mistakes, those of one op after another, and those in the installed optimizers."""
    return [mutant for one in honest_ops() for mutant in one.mutants] + rule_mutants()
