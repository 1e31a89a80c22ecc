"""Straight lines between points: interp."""

from typing import Any, Final

import numpy as np

from corelib.errors import UnsupportedArgument
from corelib.extend import Tensor, composed, may, native


def _interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: float | None = None) -> Tensor:
    """The values at ``x`` of the straight lines between the points (xp, fp), where ``xp`` increases.

    Below xp[0] it is ``left``, above xp[-1] ``right``; without these fp[0] and fp[-1]. With ``period``, x and xp
    repeat themselves, xp need not be in order, and ``left`` and ``right`` count for nothing. The slopes are those of
    the line that begins at x, of the last line at xp[-1], and 0 outside; x, xp, fp, left and right have gradients.
    """
    x, xp, fp = [one if isinstance(one, Tensor) else Tensor(one) for one in (x, xp, fp)]
    if xp.ndim != 1 or fp.shape != xp.shape or not xp.size:
        raise ValueError(
            f"xp and fp are rows of as many points, at least one; these have shapes {xp.shape} and {fp.shape}"
        )
    if x.dtype.kind == "c" or xp.dtype.kind == "c":
        raise TypeError("x and xp are complex, and complex numbers have no order")
    if len({native(one) for one in (x, xp, fp)}) > 1:
        raise UnsupportedArgument("x, xp and fp are of several kinds; make them arrays of one kind")
    x, xp = in_double(x), in_double(xp)
    fp = fp if fp.dtype.kind == "c" else in_double(fp)
    if period is not None:
        x, xp, fp, left, right = repeated(x, xp, fp, period)
    left, right = fp[0] if left is None else left, fp[-1] if right is None else right
    values: Tensor = on_lines(x, xp, fp, left, right)
    return values


def in_double(x: Tensor) -> Tensor:
    """In double precision, as all that NumPy interpolates."""
    return x if x.dtype == np.float64 else x.astype(float)


def repeated(x: Any, xp: Any, fp: Any, period: float) -> tuple[Any, ...]:
    """``x`` and the points in one period, in order, with one more point at each end."""
    if period == 0:
        raise ValueError("period is 0, and x cannot repeat itself at that distance")
    period = abs(period)
    x, xp = x % period, xp % period
    order = np.argsort(xp.data)
    xp, fp = xp[order], fp[order]
    xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
    return x, xp, np.concatenate([fp[-1:], fp, fp[:1]]), None, None


def on_lines(x: Any, xp: Any, fp: Any, left: Any, right: Any) -> Any:
    """The values on the lines, each from the point at which it begins; at and after the last point from that."""
    places, last = xp.data, len(xp.data) - 1
    if last == 0:
        inside = fp[0] + 0 * x
    else:
        begin = np.clip(np.searchsorted(places, x.data, side="right") - 1, 0, last)
        line = np.minimum(begin, max(last - 1, 0))
        width = xp[line + 1] - xp[line]
        together = width.data == 0  # at the end of two points in one place: no line begins there
        if may(together):
            width = np.where(together, 1.0, width)
        away = x - xp[begin]
        inside = (fp[line + 1] - fp[line]) / width * away + fp[begin]
        if may(~np.isfinite(fp.data)):
            inside = np.where(away.data == 0, fp[begin], inside)
    below, above = x.data < places[0], x.data > places[-1]
    return np.where(below, left, np.where(above, right, inside))


interp: Final = composed(_interp, numpy=np.interp, name="interp")
