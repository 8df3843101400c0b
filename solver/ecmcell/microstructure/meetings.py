"""How large cells are where two phases meet, and at the facets of a role."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecmcell.microstructure.meshdata import MeshData
from ecmcell.microstructure.topology import Facets, edge_lengths, facets_of, measures


@dataclass(frozen=True)
class Meeting:
    """The cells along some facets.

    Attributes:
        heights: Mean height of the cells above the facets by phase, um.
        edge: Mean edge of the facets, um.
    """

    heights: dict[str, float]
    edge: float


def phases_meeting(mesh: MeshData) -> dict[frozenset[str], Meeting]:
    """What meets in a mesh by the names of the phases; one name for the grains of one phase."""
    facets = facets_of(mesh.cells)
    grain, phase = mesh.cell_grain[facets.cells], _phases(mesh, facets)
    found = {}
    between = ~facets.outer & (grain[:, 0] != grain[:, 1])
    for pair in {frozenset(map(str, names)) for names in np.unique(phase[between], axis=0)}:
        here = between & np.isin(phase, [*pair]).all(axis=1)
        if len(pair) == 2:
            here &= phase[:, 0] != phase[:, 1]
        found[pair] = _meeting(mesh, facets, here)
    return found


def roles_meeting(mesh: MeshData) -> dict[str, Meeting]:
    """What the phases at the outer facets of each role are like."""
    facets = facets_of(mesh.cells)
    outer = np.flatnonzero(facets.outer)
    place = {tuple(facets.vertices[k]): k for k in outer}
    rows = np.array([place[tuple(vertices)] for vertices in np.sort(mesh.facets, axis=1)], int)
    found = {}
    for number, role in enumerate(mesh.roles):
        here = np.zeros(len(facets.vertices), dtype=bool)
        here[rows[mesh.facet_role == number]] = True
        found[role] = _meeting(mesh, facets, here)
    return found


def _phases(mesh: MeshData, facets: Facets) -> npt.NDArray[np.str_]:
    """The phases of both cells of each facet; nothing but the first counts on outer facets."""
    return np.array(mesh.grain_phase)[mesh.cell_grain[facets.cells]]


def _meeting(mesh: MeshData, facets: Facets, here: npt.NDArray[np.bool_]) -> Meeting:
    vertices, cells = facets.vertices[here], facets.cells[here]
    size = np.abs(measures(mesh.points, vertices))
    edge = size if mesh.dim == 2 else edge_lengths(mesh.points, vertices)
    phase, there = _phases(mesh, facets)[here], cells >= 0
    height = mesh.dim * np.abs(measures(mesh.points, mesh.cells))[cells] / size[:, None]
    weights = np.where(there, size[:, None], 0.0)
    return Meeting(
        heights={
            str(name): float(np.average(height, weights=weights * (phase == name)))
            for name in np.unique(phase[there])
        },
        edge=float(np.average(edge, weights=size)) if len(size) else 0.0,
    )
