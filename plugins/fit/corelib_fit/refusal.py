"""What the command says of input that it cannot use."""

from collections.abc import Iterable

from corelib.errors import CorelibError


class BadInput(CorelibError, ValueError):
    """Input that cannot be used. The message is one line: what is wrong, where, and what is allowed."""


def listed(names: Iterable[str], limit: int = 20) -> str:
    """The names as one reads them out, the first ``limit`` of them."""
    quoted = [repr(name) for name in names]
    more = f" and {len(quoted) - limit} more" if len(quoted) > limit else ""
    return ", ".join(quoted[:limit]) + more or "none"
