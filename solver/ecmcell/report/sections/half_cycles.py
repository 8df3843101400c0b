"""Half cycles of a series: its charges and discharges, and the capacity passed in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecmcell.columns import run

Series = dict[str, np.ndarray]
TIME, CURRENT = run.TIME.header, run.CURRENT_DENSITY.header
CAPACITY = run.CAPACITY.header
_MOST_BRANCHES = 40


@dataclass(frozen=True)
class Branch:
    """Rows of one charge or discharge, with the row before it, and the capacity passed in it."""

    kind: str
    rows: np.ndarray
    capacity: np.ndarray


def direction(current: np.ndarray) -> np.ndarray:
    """1 on discharge, -1 on charge, 0 at rest."""
    least = 1e-9 * np.max(np.abs(current), initial=0.0)
    return np.sign(np.where(np.abs(current) > least, current, 0.0))


def branches(series: Series) -> list[Branch]:
    """Cut the series where the current changes its sign; rests belong to no branch."""
    if CURRENT not in series or CAPACITY not in series:
        return []
    sign, capacity = direction(series[CURRENT]), series[CAPACITY]
    edges = np.flatnonzero(np.diff(sign)) + 1
    found = []
    for rows in np.split(np.arange(len(sign)), edges):
        if not len(rows) or sign[rows[0]] == 0:
            continue
        before = rows[0] - 1
        start = capacity[before] if before >= 0 else 0.0
        kind = "Discharge" if sign[rows[0]] > 0 else "Charge"
        found.append(Branch(kind, rows, np.abs(capacity[rows] - start)))
    return found


def mean_over(half: Branch, values: np.ndarray) -> float:
    """Mean of a column over the capacity passed in a charge or discharge.

    Args:
        half: The charge or discharge.
        values: The whole column; what a row says holds for the step that ends there.
    """
    passed = np.diff(half.capacity, prepend=0.0)
    return float(values[half.rows] @ passed / passed.sum())


def areal_capacity(series: Series) -> np.ndarray:
    """Charge passed since the start over the footprint, positive on discharge, mA h/cm2."""
    passed = np.cumsum(series[CURRENT] * np.diff(series[TIME], prepend=0.0)) / 3600.0
    return np.asarray(passed)


def some_branches(parts: list[Branch]) -> list[Branch]:
    """All branches, or as many as a figure can show, the first and the last among them."""
    if len(parts) <= _MOST_BRANCHES:
        return parts
    return [parts[k] for k in np.linspace(0, len(parts) - 1, _MOST_BRANCHES).astype(int)]


def left_out(parts: Sequence[Branch]) -> str:
    """A sentence for the caption where not all branches are shown."""
    if len(parts) <= _MOST_BRANCHES:
        return ""
    return f"{_MOST_BRANCHES} of {len(parts)} half cycles are shown. "
