"""The ops that are installed, by name: ``from corelib.ops import erf``. They come from the registry.

What the registry found is kept here until the registry changes. A type checker sees what
``corelib typings`` wrote into typings/_corelib_ops.pyi.
"""

from sys import _getframe
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _corelib_ops import *  # noqa: F403  # the stub that `corelib typings` wrote
else:
    from corelib.plugins.names import Names as _Names

    _names = _Names(globals())

    def __getattr__(name: str) -> object:
        if name == "__all__":  # so that `from corelib.ops import *` has them
            return __dir__()
        if name.startswith("_"):  # what Python itself asks a module for
            raise AttributeError(f"module 'corelib.ops' has no attribute {name!r}")
        from corelib.errors import NoSuchOp, OpNotFound
        from corelib.plugins.registry import find_op

        try:
            return _names.found(name, find_op)
        except OpNotFound as error:
            if _getframe(1).f_code.co_name == "_handle_fromlist":  # `from corelib.ops import name`: an ImportError
                raise
            raise NoSuchOp(str(error)) from None  # hasattr() asks for an AttributeError, which no ImportError can be

    def __dir__() -> list[str]:
        from corelib.plugins.registry import op_names

        return op_names()
