"""Sobol' indices: closed forms, SciPy's own, and what is missing or constant."""

import math

import numpy as np
import pytest
from scipy.stats import norm, sobol_indices, uniform

from ecmcell.study.sampling import saltelli, sobol
from ecmcell.study.sensitivity import LEAST, Indices, indices_of

ISHIGAMI_A, ISHIGAMI_B = 7.0, 0.1
WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0])  # of the g-function


def ishigami(points: np.ndarray) -> np.ndarray:
    x, y, z = (2.0 * points.T - 1.0) * np.pi
    return np.sin(x) + ISHIGAMI_A * np.sin(y) ** 2 + ISHIGAMI_B * z**4 * np.sin(x)


def ishigami_indices() -> tuple[np.ndarray, np.ndarray]:
    a, b = ISHIGAMI_A, ISHIGAMI_B
    first = 0.5 * (1.0 + b * math.pi**4 / 5.0) ** 2
    second, both = a**2 / 8.0, b**2 * math.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    variance = first + second + both
    return np.array([first, second, 0.0]) / variance, np.array(
        [first + both, second, both]
    ) / variance


def g_function(points: np.ndarray) -> np.ndarray:
    return np.prod((np.abs(4.0 * points - 2.0) + WEIGHTS) / (1.0 + WEIGHTS), axis=1)


def g_indices() -> tuple[np.ndarray, np.ndarray]:
    parts = 1.0 / (3.0 * (1.0 + WEIGHTS) ** 2)
    variance = np.prod(1.0 + parts) - 1.0
    others = np.prod(1.0 + parts) / (1.0 + parts)
    return parts / variance, parts * others / variance


def found(function, dimension: int, count: int, seed: int = 1) -> Indices:
    values = function(saltelli(sobol(count, 2 * dimension, seed)))
    indices = indices_of(values.reshape(count, dimension + 2))
    assert indices is not None
    return indices


@pytest.mark.parametrize(
    ("function", "exact", "dimension"),
    [(ishigami, ishigami_indices(), 3), (g_function, g_indices(), 4)],
    ids=["Ishigami", "g-function"],
)
def test_indices_converge_to_the_closed_form(function, exact, dimension) -> None:
    errors, widths = [], []
    for count in (64, 512, 4096):
        indices = found(function, dimension, count)
        error = [indices.first - exact[0], indices.total - exact[1]]
        errors.append(np.abs(error).max())
        intervals = np.stack([indices.first_interval, indices.total_interval])
        widths.append(np.diff(intervals, axis=2).max())
    assert errors[2] < 0.015 < errors[0]
    assert errors[2] < errors[1] < errors[0]
    # Intervals of independent points narrow as the root of their number.
    assert widths[0] / widths[2] == pytest.approx(8.0, rel=0.4)


def test_intervals_cover_the_closed_form() -> None:
    """About 95 % of them; points of Sobol' sequences are better than independent ones."""
    exact = np.stack(ishigami_indices())
    inside = []
    for seed in range(20):
        indices = found(ishigami, 3, 256, seed)
        intervals = np.stack([indices.first_interval, indices.total_interval])
        inside.append((intervals[..., 0] <= exact) & (exact <= intervals[..., 1]))
    assert np.mean(inside) > 0.9


def test_indices_are_those_of_scipy() -> None:
    count = 128
    points = saltelli(sobol(count, 6, 5))
    values = ishigami(points).reshape(count, 5)
    parts = {"f_A": values[:, 0][None], "f_B": values[:, 1][None], "f_AB": values[:, 2:].T[:, None]}
    theirs, ours = sobol_indices(func=parts, n=count), indices_of(values)
    assert ours is not None and ours.count == count
    assert ours.first == pytest.approx(theirs.first_order, abs=1e-12)
    assert ours.total == pytest.approx(theirs.total_order, abs=1e-12)
    bootstrapped = theirs.bootstrap()
    for interval, other in (
        (ours.first_interval, bootstrapped.first_order.confidence_interval),
        (ours.total_interval, bootstrapped.total_order.confidence_interval),
    ):
        widths = other.high - other.low
        assert np.abs(interval[:, 0] - other.low).max() < 0.2 * widths.max()
        assert np.abs(interval[:, 1] - other.high).max() < 0.2 * widths.max()


def test_a_sum_has_indices_by_its_variances() -> None:
    """Of x + 2 y, both normal: 1/5 and 4/5, without interactions."""

    def function(points: np.ndarray) -> np.ndarray:
        return norm.ppf(np.clip(points, 1e-9, 1.0 - 1e-9)) @ [1.0, 2.0]

    indices = found(function, 2, 4096)
    assert indices.first == pytest.approx([0.2, 0.8], abs=0.01)
    assert indices.total == pytest.approx([0.2, 0.8], abs=0.01)


def test_base_points_with_a_failure_are_left_out() -> None:
    values = ishigami(saltelli(sobol(64, 6, 1))).reshape(64, 5)
    values[3, 0], values[10, 4] = np.nan, np.inf
    kept = np.delete(values, [3, 10], axis=0)
    left, alone = indices_of(values), indices_of(kept)
    assert left is not None and alone is not None
    assert left.count == 62
    assert (left.first == alone.first).all() and (left.total == alone.total).all()


def test_without_variance_or_points_there_are_no_indices() -> None:
    assert indices_of(np.ones((64, 5))) is None
    values = uniform.rvs(size=(LEAST, 5), random_state=1)
    assert indices_of(values) is not None
    values[0, 1] = np.nan
    assert indices_of(values) is None


def test_a_factor_that_does_nothing_has_no_total_index() -> None:
    indices = found(lambda points: points[:, 0], 2, 64)
    assert indices.total[1] == 0.0 and indices.first[1] == 0.0
