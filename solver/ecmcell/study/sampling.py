"""Points of the unit cube that spread evenly: Latin hypercubes, Sobol' sequences, Saltelli's."""

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from ecmcell.study.schema import SALTELLI, SOBOL, Sample

Floats = npt.NDArray[np.float64]


def unit_points(sample: Sample, dimension: int) -> Floats:
    """The points that a table `[sample]` asks for.

    Args:
        sample: The table.
        dimension: Number of ranges.

    Returns:
        Shape (points, dimension), each within 0 and 1.
    """
    if sample.method == SALTELLI:
        return saltelli(sobol(sample.count, 2 * dimension, sample.seed))
    if sample.method == SOBOL:
        return sobol(sample.count, dimension, sample.seed)
    made: Floats = qmc.LatinHypercube(dimension, rng=sample.seed).random(sample.count)
    return made


def sobol(count: int, dimension: int, seed: int) -> Floats:
    """The first points of a scrambled Sobol' sequence; a longer one begins with the same points."""
    made: Floats = qmc.Sobol(dimension, rng=seed).random_base2(count.bit_length() - 1)
    return made


def saltelli(base: Floats) -> Floats:
    """Points from which Sobol' indices follow.

    Args:
        base: Shape (count, 2 dimension): the points A and, beside them, the points B.

    Returns:
        Shape (count (dimension + 2), dimension). Each row of A, then of B, then A with one column
        of B after the other; so a longer sequence goes on where a shorter one ends.
    """
    first, second = np.split(base, 2, axis=1)
    dimension = first.shape[1]
    mixed = np.repeat(first[:, None, :], dimension, axis=1)
    every = np.arange(dimension)
    mixed[:, every, every] = second
    return np.concatenate([first[:, None], second[:, None], mixed], axis=1).reshape(-1, dimension)
