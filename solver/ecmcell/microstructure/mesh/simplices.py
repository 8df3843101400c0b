"""Size and shape of simplices: segments, triangles and tetrahedra."""

from itertools import combinations
from math import factorial

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

FLATTEST = 1e-3
"""Least quality of a cell."""


def measures(points: Floats, simplices: Integers) -> Floats:
    """Length, area or volume of simplices of any dimension up to that of the space, shape (m,).

    Cells that fill the space count negative where their vertices run the wrong way.
    """
    edges = points[simplices[:, 1:]] - points[simplices[:, :1]]
    order = edges.shape[1]
    if order == edges.shape[2]:
        return np.linalg.det(edges) / factorial(order)
    gram = edges @ edges.transpose(0, 2, 1)
    return np.sqrt(np.maximum(np.linalg.det(gram), 0.0)) / factorial(order)


def sizes(points: Floats, simplices: Integers) -> Floats:
    """Length, area or volume of simplices, never negative, shape (m,)."""
    return np.abs(measures(points, simplices))


def distances(points: Floats, pairs: Integers) -> Floats:
    """Distance between the two points of each pair, shape (k,)."""
    return np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)


def edge_lengths(points: Floats, simplices: Integers) -> Floats:
    """Edge of the regular simplex as large as each triangle or tetrahedron, shape (m,)."""
    size = sizes(points, simplices)
    if simplices.shape[1] == 3:
        return np.sqrt(4.0 / np.sqrt(3.0) * size)
    return np.cbrt(6.0 * np.sqrt(2.0) * size)


def is_flat(points: Floats, cells: Integers) -> bool:
    """Whether any cell is too flat to compute on."""
    return bool(quality(points, cells).min() < FLATTEST)


def quality(points: Floats, cells: Integers) -> Floats:
    """Inscribed over circumscribed radius times dim, shape (m,): 1 is regular, 0 is flat."""
    size = sizes(points, cells)
    lengths = {
        (i, j): distances(points, cells[:, [i, j]])
        for i, j in combinations(range(cells.shape[1]), 2)
    }
    if cells.shape[1] == 3:
        a, b, c = lengths.values()
        return 16 * size**2 / ((a + b + c) * a * b * c)
    surface = sum(measures(points, np.delete(cells, k, axis=1)) for k in range(4))
    a, b, c = (lengths[0, j] * lengths[k] for j, k in ((1, (2, 3)), (2, (1, 3)), (3, (1, 2))))
    crelle = np.sqrt(np.maximum((a + b + c) * (a + b - c) * (a - b + c) * (b + c - a), 0.0))
    return 216 * size**2 / (surface * np.maximum(crelle, 1e-300))
