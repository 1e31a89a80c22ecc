"""What corelib is told of this distribution."""

from collections.abc import Mapping

from corelib.extend import AnyRule, hookimpl
from corelib_lion.lion import Lion


@hookimpl
def corelib_optimizers() -> Mapping[str, type[AnyRule] | str]:
    """The optimizers by name."""
    return {"lion": Lion}
