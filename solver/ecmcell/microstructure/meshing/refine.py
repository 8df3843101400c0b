"""Cells halved across their longest edges until none is too large, without hanging nodes.

Longest-edge bisection along propagation paths (Rivara 1984, doi:10.1002/nme.1620200412), in the
plane and in space: cells around those that were too large grow with the distance from them.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from ecmcell.case.faults import Fault
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import distances, edge_lengths, quality
from ecmcell.microstructure.statistics import max_cells

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

REFINED = "Maximum cell size refined"
"""Name of the statistics that say what was refined."""

LARGEST_COUNT = 10_000_000
"""Cells that are made at most."""


def refined(mesh: MeshData, largest: Mapping[str, float]) -> MeshData:
    """A mesh with no cell above a size; the same one if it has none.

    Args:
        mesh: Any mesh.
        largest: Size of the largest cell of some phases, the edge of a regular one as large, um.

    Raises:
        Fault: It would take too many cells; its key is a phase.
    """
    sizes = max_cells(mesh)
    asked = {name: size for name, size in largest.items() if sizes.get(name, 0.0) > size}
    if not asked:
        return mesh
    limit = np.array([asked.get(phase, np.inf) for phase in mesh.grain_phase])
    points, cells, grain = mesh.points, mesh.cells, mesh.cell_grain
    facets, tag = mesh.facets, mesh.facet_tag
    _check_count(mesh, limit)
    while (coarse := edge_lengths(points, cells) > limit[grain]).any():
        edges = _halved_edges(points, cells, coarse)
        first = len(points)
        points = np.concatenate([points, points[edges].mean(axis=1)])
        cells, parent = _split(cells, edges, first)
        facets, origin = _split(facets, edges, first)
        grain, tag = grain[parent], tag[origin]
    reached = max_cells(replace(mesh, points=points, cells=cells, cell_grain=grain))
    told = [f"{name} from {sizes[name]:.3g} to {reached[name]:.3g} um" for name in asked]
    return replace(
        mesh,
        points=points,
        cells=cells,
        cell_grain=grain,
        facets=facets,
        facet_tag=tag,
        statistics=mesh.statistics
        | {
            "Vertices": len(points),
            "Cells": len(cells),
            "Minimum cell quality": float(quality(points, cells).min()),
            REFINED: ", ".join(told),
        },
    )


def _check_count(mesh: MeshData, limit: Floats) -> None:
    size = edge_lengths(mesh.points, mesh.cells) / limit[mesh.cell_grain]
    count = np.bincount(mesh.cell_grain, np.maximum(size, 1.0) ** mesh.dim)
    if count.sum() > LARGEST_COUNT:
        phase = mesh.grain_phase[int(count.argmax())]
        given = f"that would take about {count.sum():.1g} cells"
        raise Fault(given, "Ask for larger cells, or for a smaller piece.", [phase])


def _halved_edges(points: Floats, cells: Integers, coarse: Marks) -> Integers:
    """Edges to halve now, ascending, shape (k, 2): each is the longest of all its cells.

    They are the ends of the paths that lead from coarse cells across longest edges to longer ones.
    """
    pairs = list(combinations(range(cells.shape[1]), 2))
    ends = np.sort(np.concatenate([cells[:, pair] for pair in pairs]), axis=1)
    _, rows, number = np.unique(_keys(ends), return_index=True, return_inverse=True)
    edges, of_cell = ends[rows], number.reshape(len(pairs), -1).T
    length = distances(points, edges)
    rank = np.argsort(np.argsort(length, kind="stable"), kind="stable")
    longest = of_cell[np.arange(len(cells)), rank[of_cell].argmax(axis=1)]
    cut, count = np.zeros(len(edges), dtype=bool), -1
    passed = np.flatnonzero(coarse)
    while len(passed) > count:
        count = len(passed)
        cut[longest[passed]] = True
        passed = np.flatnonzero(cut[of_cell].any(axis=1))
    ends_path = np.bincount(longest, minlength=len(edges)) == np.bincount(of_cell.ravel())
    return edges[cut & ends_path]


def _split(simplices: Integers, edges: Integers, first: int) -> tuple[Integers, Integers]:
    """Simplices halved where they have one of some edges, and which one each comes from.

    Args:
        simplices: Cells or facets; none has more than one of the edges.
        edges: Ascending, shape (k, 2).
        first: Number of the point in the middle of the first edge.
    """
    keys, row = _keys(edges), np.arange(len(simplices))
    whole = np.ones(len(simplices), dtype=bool)
    made, parent = [], []
    for i, j in combinations(range(simplices.shape[1]), 2):
        own = _keys(np.sort(simplices[:, [i, j]], axis=1))
        at = np.minimum(np.searchsorted(keys, own), len(keys) - 1)
        hit = keys[at] == own
        for end in (i, j):
            half = simplices[hit]
            half[:, end] = first + at[hit]
            made.append(half)
            parent.append(row[hit])
        whole &= ~hit
    return np.concatenate([simplices[whole], *made]), np.concatenate([row[whole], *parent])


def _keys(edges: Integers) -> Integers:
    """One number for each edge, in the order of its ends."""
    return (edges[:, 0] << 32) + edges[:, 1]
