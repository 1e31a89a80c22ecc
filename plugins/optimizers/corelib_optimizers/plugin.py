"""What corelib's registry is told."""

from collections.abc import Iterable, Mapping
from typing import Any

from corelib.extend import AnyRule, hookimpl
from corelib_optimizers import SGD, Adagrad, Adam, AdamW, Prodigy, RMSprop


@hookimpl
def corelib_optimizers() -> Mapping[str, type[AnyRule] | str]:
    """The rules by name."""
    return {rule.name: rule for rule in (SGD, Adagrad, RMSprop, Adam, AdamW, Prodigy)}


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_optimizers.conformance import SPECS  # the suite alone needs them

    return SPECS
