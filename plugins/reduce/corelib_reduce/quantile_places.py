"""Where quantiles lie among sorted entries, by each of NumPy's methods.

Source: Hyndman and Fan, Sample quantiles in statistical packages, 1996.
"""

from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

import numpy as np

Method: TypeAlias = Literal[
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull",
    "linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest",
]  # fmt: skip
PARAMETERS: Final[dict[str, tuple[float, float]]] = {
    "interpolated_inverted_cdf": (0, 1), "hazen": (0.5, 0.5), "weibull": (0, 0), "median_unbiased": (1 / 3, 1 / 3),
    "normal_unbiased": (3 / 8, 3 / 8),
}  # fmt: skip
ROUNDED: Final[dict[str, Callable[[Any], Any]]] = {"lower": np.floor, "higher": np.ceil, "nearest": np.around}


def places(method: str, n: Any, q: Any) -> tuple[Any, Any]:
    """The position of the quantiles ``q`` of ``n`` sorted entries, and how far on they lie to the next entry.

    Where they are an entry always, there is None in the place of how far. Raises ValueError for an unknown method.
    """
    if method in ROUNDED:
        return ROUNDED[method]((n - 1) * q).astype(int), None
    if method in ("inverted_cdf", "closest_observation"):
        return _observed(method, n, q), None
    at = _virtual(method, n, q)
    below = np.floor(at)
    onwards = at - below
    if method == "averaged_inverted_cdf":
        onwards = np.where(onwards == 0, 0.5, 1.0)
    elif method == "midpoint":
        onwards = np.where(onwards == 0, 0.0, 0.5)
    inside = (at >= 0) & (at < n - 1)  # beyond, it is the first or the last entry
    last = np.maximum(n - 1, 0)
    return np.clip(below, 0, last).astype(int), np.where(inside, onwards, 0 * onwards)


def _virtual(method: str, n: Any, q: Any) -> Any:
    """The position among the entries, between two of them where it is no whole number."""
    if method == "linear":
        return (n - 1) * q
    if method == "midpoint":
        return 0.5 * (np.floor((n - 1) * q) + np.ceil((n - 1) * q))
    if method == "averaged_inverted_cdf":
        return n * q - 1
    if method not in PARAMETERS:
        known = ", ".join(sorted({*PARAMETERS, *ROUNDED, "linear", "midpoint"}))
        raise ValueError(f"no method {method!r}; methods are {known}, inverted_cdf and its averaged_ and closest_ kin")
    alpha, beta = PARAMETERS[method]
    return n * q + (alpha + q * (1 - alpha - beta)) - 1


def _observed(method: str, n: Any, q: Any) -> Any:
    """The entry at which the share of those up to it reaches q, or the closest to that."""
    at = n * q - (1 if method == "inverted_cdf" else 1.5)
    below = np.floor(at)
    stays = at == below
    if method == "closest_observation":
        stays = stays & (below % 2 == 1)
    return np.maximum(np.where(stays, below, below + 1), 0).astype(int)
