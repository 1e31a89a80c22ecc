"""Whether calls are recorded on this thread, and what watches them."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from corelib.errors import CorelibError

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a thread is inside of: whether calls are recorded, and what watches each of them."""

    recording: bool = True
    watch: Any = None


DEFAULT: Final = Scope()
current_scope: Final[ContextVar[Scope]] = ContextVar("corelib.scope", default=DEFAULT)


# The scopes that are open on any thread, by identity. While there is none, a call need not read the ContextVar.
# A dict, since its changes are atomic, and those of a count are not.
open_scopes: Final[dict[int, None]] = {}


class Scoped:
    """``with Scoped(recording=False):`` changes the scope of this thread (or task), and puts it back at the end.

    A class and not a generator, so that an interrupt finds next to no place between what is changed and what puts
    it back; what it strikes there is put right when the object goes. In another context than it was opened in (of
    a generator, say) closing changes nothing. It decorates functions too.
    """

    outer: Scope | None = None  # of the class: an interrupt may come before __init__ is through
    inner: Scope | None = None

    def __init__(self, **changes: Any) -> None:
        self.changes: dict[str, Any] = changes

    def __enter__(self) -> Scope:
        if self.inner is not None:
            raise CorelibError("this scope is open already; make another: `with no_grad():`")
        outer = current_scope.get()
        inner = replace(outer, **self.changes)
        self.outer, self.inner = outer, inner
        open_scopes[id(self)] = None
        current_scope.set(inner)
        return inner

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Put the scope back, once."""
        inner, outer = self.inner, self.outer
        if inner is None or outer is None:
            return
        if current_scope.get() is inner:
            current_scope.set(outer)
        self.inner = self.outer = None
        open_scopes.pop(id(self), None)

    def __del__(self) -> None:
        self.close()

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """``function``, run within such a scope at each call."""
        changes = self.changes

        @wraps(function)
        def scoped(*args: P.args, **keywords: P.kwargs) -> R:
            with Scoped(**changes):
                return function(*args, **keywords)

        return scoped


def no_grad() -> Scoped:
    """Within ``with no_grad():`` no call is recorded, and no result is trainable. It decorates functions, too.

    It holds for this thread (or task), and ends with an exception. Transforms record within it all the same.

    >>> import numpy as np
    >>> from corelib import Tensor, no_grad
    >>> w = Tensor(2.0, trainable=True)
    >>> with no_grad():
    ...     y = w * 3.0
    >>> y.trainable
    False
    """
    return Scoped(recording=False)


def recording() -> bool:
    """Whether calls are recorded here."""
    return not open_scopes or current_scope.get().recording
