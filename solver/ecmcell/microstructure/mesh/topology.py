"""Grains and outer boundary tags of a simplex mesh given as arrays."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ecmcell.microstructure.mesh.facets import Facets, MeshingError, facets_of
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import is_flat, measures, quality

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


TAGS = ("anode", "collector", "side", "pore")
"""Outer faces of a cell in a box: x smallest, x largest, its other faces, faces of holes."""

TagFinder = Callable[[Floats, Integers], Integers]
"""From points and exterior facets, shape (k, dim), to the index into `TAGS` of each facet."""


def assemble(
    points: Floats,
    cells: Integers,
    region: Integers,
    phases: Mapping[int, str],
    find_tags: "TagFinder | None" = None,
    box: Floats | None = None,
) -> MeshData:
    """The mesh of a cell, its cells turned the right way, with grains and boundary tags.

    Args:
        points: Shape (n, dim), um.
        cells: Shape (m, dim + 1).
        region: Region of each cell, shape (m,). A connected part of a region becomes a grain.
        phases: Phase of each region; grains are numbered in this order of regions.
        find_tags: Finds the boundary tags of exterior facets; `tags_of_box` if not given.
        box: Corners of the sample, shape (2, dim), where it is larger than its cells.

    Raises:
        MeshingError: A cell is flat, or an outer facet has no boundary tag.
    """
    cells = _turned(points, cells)
    facets = facets_of(cells)
    place = {number: k for k, number in enumerate(phases)}
    grain, of_region = _grains(facets, np.vectorize(place.__getitem__)(region))
    boundary = facets.vertices[facets.boundary]
    within = points if box is None else np.concatenate([points, box])
    found = (find_tags or tags_of_box)(within, boundary)
    tags = [tag for tag in TAGS if tag != "pore" or (found == TAGS.index(tag)).any()]
    names = list(phases.values())
    return MeshData(
        points=points,
        cells=cells,
        cell_grain=grain.astype(np.int32),
        grain_phase=tuple(names[k] for k in of_region),
        facets=boundary,
        facet_tag=found.astype(np.int32),
        tags=tuple(tags),
        statistics={
            "Grains": len(of_region),
            "Vertices": len(points),
            "Cells": len(cells),
            "Minimum cell quality": float(quality(points, cells).min()),
        },
        box=box,
    )


def interface_measure(mesh: MeshData, first: str, second: str) -> float:
    """Length or area of the facets between two phases."""
    facets = facets_of(mesh.cells)
    inner = ~facets.boundary
    phase = np.array(mesh.grain_phase)[mesh.cell_grain[facets.cells[inner]]]
    between = (phase == (first, second)).all(axis=1) | (phase == (second, first)).all(axis=1)
    return float(measures(mesh.points, facets.vertices[inner][between]).sum())


def _turned(points: Floats, cells: Integers) -> Integers:
    """Cells with their last two vertices exchanged where their measure was negative."""
    if is_flat(points, cells):
        raise MeshingError("a cell is flat")
    size = measures(points, cells)
    turned = cells.copy()
    turned[size < 0, -2:] = cells[size < 0, :-3:-1]
    return turned


def _grains(facets: Facets, region: Integers) -> tuple[Integers, Integers]:
    """Grain of each cell, and region of each grain: connected parts, in the order of regions."""
    pairs = facets.cells[~facets.boundary]
    pairs = pairs[region[pairs[:, 0]] == region[pairs[:, 1]]]
    links = coo_array((np.ones(len(pairs), dtype=bool), pairs.T), shape=(len(region),) * 2)
    _, part = connected_components(links, directed=False)
    _, first = np.unique(part, return_index=True)
    order = np.lexsort((first, region[first]))
    return np.argsort(order)[part], region[first][order]


def tags_of_box(points: Floats, facets: Integers) -> Integers:
    """Boundary tags of the exterior facets of a box without holes, as a `TagFinder`."""
    tags = tags_of_box_with_pores(points, facets)
    if (tags == TAGS.index("pore")).any():
        raise MeshingError("an outer facet lies inside the box: the mesh has a hole")
    return tags


def tags_of_box_with_pores(points: Floats, facets: Integers) -> Integers:
    """Boundary tags of the exterior facets of a box and of the holes in it, as a `TagFinder`."""
    low, high = points.min(axis=0), points.max(axis=0)
    tolerance = 1e-9 * (high - low).max()
    corners = points[facets]
    at_low = (np.abs(corners - low) < tolerance).all(axis=1)
    at_high = (np.abs(corners - high) < tolerance).all(axis=1)
    on_box = (at_low | at_high).any(axis=1)
    return np.select([at_low[:, 0], at_high[:, 0], on_box], [0, 1, 2], 3)
