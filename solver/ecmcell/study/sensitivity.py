"""Sobol' indices from the values at Saltelli's points, with confidence intervals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LEAST = 8  # base points
_LEVEL = 0.95
_RESAMPLES = 1000


@dataclass(frozen=True)
class Indices:
    """Sobol' indices of one response.

    Attributes:
        first: First-order indices, shape (factors,).
        first_interval: Their 95 % confidence intervals, shape (factors, 2).
        total: Total indices, shape (factors,).
        total_interval: Their 95 % confidence intervals, shape (factors, 2).
        count: Number of base points that they are from.
    """

    first: Floats
    first_interval: Floats
    total: Floats
    total_interval: Floats
    count: int


def indices_of(values: Floats) -> Indices | None:
    """Indices by the estimators of Saltelli et al. (2010), intervals from a bootstrap.

    SciPy's `sobol_indices` gives the same where no value is missing.

    Args:
        values: Shape (base points, factors + 2): at A, at B, and at A with a column of B after
            the other. Base points with a value that is not finite are left out.

    Returns:
        None if fewer than eight base points are left, or their values are all the same.
    """
    whole = values[np.isfinite(values).all(axis=1)]
    if len(whole) < LEAST or np.ptp(whole[:, :2]) == 0.0:
        return None
    centred = whole - whole[:, :2].mean()
    first, total = _estimates(centred)
    rng = np.random.default_rng(1)
    rows = rng.integers(len(whole), size=(_RESAMPLES, len(whole)))
    drawn = [_estimates(centred[chosen]) for chosen in rows]
    tails = [(1.0 - _LEVEL) / 2.0, (1.0 + _LEVEL) / 2.0]
    intervals = [
        np.nanquantile([estimate[k] for estimate in drawn], tails, axis=0).T for k in (0, 1)
    ]
    return Indices(first, intervals[0], total, intervals[1], len(whole))


def _estimates(values: Floats) -> tuple[Floats, Floats]:
    """First-order and total indices of values less their mean."""
    at_first, at_second, mixed = values[:, :1], values[:, 1:2], values[:, 2:]
    with np.errstate(divide="ignore", invalid="ignore"):  # a resample of one value alone
        variance = np.var(values[:, :2])
        first = np.mean(at_second * (mixed - at_first), axis=0) / variance
        total = 0.5 * np.mean((at_first - mixed) ** 2, axis=0) / variance
    return first, total
