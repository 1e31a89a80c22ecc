"""What corelib's registry is told."""

from collections.abc import Iterable, Mapping
from typing import Any

import corelib_optimizers as rules
from corelib.extend import AnyRule, hookimpl


@hookimpl
def corelib_optimizers() -> Mapping[str, type[AnyRule] | str]:
    """The rules by name."""
    return {rule.name: rule for rule in (getattr(rules, name) for name in rules.__all__)}


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_optimizers.conformance import SPECS  # the suite alone needs them

    return SPECS
