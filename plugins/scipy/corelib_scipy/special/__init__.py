"""The functions of scipy.special, as ops. SciPy is imported with the first of them."""

from typing import TYPE_CHECKING

from corelib_scipy.special.names import HOMES

if TYPE_CHECKING:  # the names of each module are those of its __all__
    from corelib_scipy.special.bessel import *  # noqa: F403
    from corelib_scipy.special.elliptic import *  # noqa: F403
    from corelib_scipy.special.errors import *  # noqa: F403
    from corelib_scipy.special.exponentials import *  # noqa: F403
    from corelib_scipy.special.gammas import *  # noqa: F403
    from corelib_scipy.special.hypergeometric import *  # noqa: F403
    from corelib_scipy.special.incomplete_betas import *  # noqa: F403
    from corelib_scipy.special.incomplete_gammas import *  # noqa: F403
    from corelib_scipy.special.integrals import *  # noqa: F403
    from corelib_scipy.special.reductions import *  # noqa: F403
    from corelib_scipy.special.spherical import *  # noqa: F403
    from corelib_scipy.special.transformations import *  # noqa: F403
else:
    from corelib_scipy.lazy import lazily

    __getattr__ = lazily(__name__, HOMES)

__all__ = [*HOMES]  # noqa: PLE0604  # they are strings
