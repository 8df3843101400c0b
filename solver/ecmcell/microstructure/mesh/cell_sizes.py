"""How large cells are where two phases meet, and at the facets of a boundary tag."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecmcell.microstructure.mesh.facets import Facets, facets_of
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import edge_lengths, sizes


@dataclass(frozen=True)
class Meeting:
    """The cells along some facets.

    Attributes:
        heights: Mean height of the cells above the facets by phase, um.
        edge: Mean edge of the facets, um.
    """

    heights: dict[str, float]
    edge: float


@dataclass(frozen=True)
class Meetings:
    """All of them in a mesh.

    Attributes:
        phases: Where phases meet, by their names; one name for the grains of one phase.
        tags: Along the exterior facets of each boundary tag.
    """

    phases: dict[frozenset[str], Meeting]
    tags: dict[str, Meeting]


def meetings(mesh: MeshData) -> Meetings:
    """What the cells are like along the interfaces and outer faces of a mesh."""
    facets = facets_of(mesh.cells)
    grain, phase = mesh.cell_grain[facets.cells], _phases(mesh, facets)
    between = ~facets.boundary & (grain[:, 0] != grain[:, 1])
    phases = {}
    for pair in {frozenset(map(str, names)) for names in np.unique(phase[between], axis=0)}:
        here = between & np.isin(phase, [*pair]).all(axis=1)
        if len(pair) == 2:
            here &= phase[:, 0] != phase[:, 1]
        phases[pair] = _meeting(mesh, facets, np.flatnonzero(here))
    rows = facets.rows_of(mesh.facets)
    tags = {
        tag: _meeting(mesh, facets, rows[mesh.facet_tag == number])
        for number, tag in enumerate(mesh.tags)
    }
    return Meetings(phases, tags)


def _phases(mesh: MeshData, facets: Facets) -> npt.NDArray[np.str_]:
    """The phases of both cells of each facet; nothing but the first counts on exterior facets."""
    return np.array(mesh.grain_phase)[mesh.cell_grain[facets.cells]]


def _meeting(mesh: MeshData, facets: Facets, rows: npt.NDArray[np.int64]) -> Meeting:
    vertices, cells = facets.vertices[rows], facets.cells[rows]
    size = sizes(mesh.points, vertices)
    edge = size if mesh.dim == 2 else edge_lengths(mesh.points, vertices)
    phase, there = _phases(mesh, facets)[rows], cells >= 0
    height = mesh.dim * sizes(mesh.points, mesh.cells)[cells] / size[:, None]
    weights = np.where(there, size[:, None], 0.0)
    return Meeting(
        heights={
            str(name): float(np.average(height, weights=weights * (phase == name)))
            for name in np.unique(phase[there])
        },
        edge=float(np.average(edge, weights=size)) if len(size) else 0.0,
    )
