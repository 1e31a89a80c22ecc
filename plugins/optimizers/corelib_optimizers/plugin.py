"""What corelib's registry is told."""

from collections.abc import Mapping

from corelib import AnyRule, hookimpl
from corelib_optimizers import SGD, Adagrad, Adam, AdamW, RMSprop


@hookimpl
def corelib_optimizers() -> Mapping[str, type[AnyRule] | str]:
    """The rules by name."""
    return {rule.name: rule for rule in (SGD, Adagrad, RMSprop, Adam, AdamW)}
