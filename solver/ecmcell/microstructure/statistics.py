"""What a mesh is made of, in numbers: shares, sizes, surfaces, neighbours, percolation."""

from collections.abc import Collection, Iterable

import networkx as nx
import numpy as np
import numpy.typing as npt

from ecmcell.microstructure.geometry.diameters import ball_volume
from ecmcell.microstructure.mesh.facets import Facets, facets_of
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import edge_lengths, sizes

Floats = npt.NDArray[np.float64]


def describe(mesh: MeshData, joined: Iterable[Collection[str]] = ()) -> dict[str, object]:
    """Statistics of a mesh by their names, which carry the unit.

    Args:
        mesh: Any mesh.
        joined: Phases that are one conductor: what percolates in one goes on in the other.
    """
    facets = facets_of(mesh.cells)
    volume = np.bincount(mesh.cell_grain, sizes(mesh.points, mesh.cells))
    touching, area = _contacts(mesh, facets)
    told: dict[str, object] = {}
    for phase in dict.fromkeys(mesh.grain_phase):
        own = np.array(mesh.grain_phase) == phase
        told[f"Volume fraction of {phase}"] = float(volume[own].sum() / volume.sum())
        if own.sum() > 1:
            told |= _sizes(phase, volume[own], mesh.dim)
            alike = [pair for pair in touching if own[list(pair)].all()]
            told[f"Mean neighbours of {phase}"] = float(2 * len(alike) / own.sum())
    for (a, b), measure in sorted(area.items()):
        told[f"Specific surface {a}|{b} [um-1]"] = float(measure / volume.sum())
    for phases in _conductors(mesh, joined):
        for tag in ("anode", "collector"):
            reached = _reached(mesh, facets, touching, phases, tag)
            for phase in phases:
                own = np.array(mesh.grain_phase) == phase
                fraction = volume[own & reached].sum() / volume[own].sum()
                told[f"Fraction of {phase} reached from the {tag}"] = float(fraction)
    return told


def _sizes(phase: str, volume: Floats, dim: int) -> dict[str, object]:
    """Diameters of discs or spheres as large as the grains: mean, spread and deciles by number."""
    size = 2 * (volume / ball_volume(np.ones(1), dim)) ** (1 / dim)
    low, middle, high = np.quantile(size, [0.1, 0.5, 0.9])
    return {
        f"Number of {phase}": len(size),
        f"Mean size of {phase} [um]": float(size.mean()),
        f"Standard deviation of the size of {phase} [um]": float(size.std()),
        f"Deciles 1, 5, 9 of the size of {phase} [um]": f"{low:.4g}, {middle:.4g}, {high:.4g}",
    }


def _contacts(
    mesh: MeshData, facets: Facets
) -> tuple[set[tuple[int, int]], dict[tuple[str, str], float]]:
    """Pairs of grains that share facets, and the measure of these by pairs of phases."""
    grain = np.sort(mesh.cell_grain[facets.cells[~facets.boundary]], axis=1)
    between = grain[:, 0] != grain[:, 1]
    pairs, which = np.unique(grain[between], axis=0, return_inverse=True)
    size = sizes(mesh.points, facets.vertices[~facets.boundary][between])
    area: dict[tuple[str, str], float] = {}
    for (a, b), measure in zip(pairs, np.bincount(which.ravel(), size), strict=True):
        first, second = sorted((mesh.grain_phase[a], mesh.grain_phase[b]))
        area[first, second] = area.get((first, second), 0.0) + float(measure)
    return {(int(a), int(b)) for a, b in pairs}, area


def _conductors(mesh: MeshData, joined: Iterable[Collection[str]]) -> list[tuple[str, ...]]:
    """Phases of the mesh in groups that conduct as one; most phases are alone."""
    there = list(dict.fromkeys(mesh.grain_phase))
    groups = [tuple(p for p in there if p in group) for group in joined]
    alone = [(p,) for p in there if not any(p in group for group in groups)]
    return [*alone, *(group for group in groups if group)]


def _reached(
    mesh: MeshData,
    facets: Facets,
    touching: set[tuple[int, int]],
    phases: Collection[str],
    tag: str,
) -> npt.NDArray[np.bool_]:
    """Grains of some phases that a path through these joins to the facets of a boundary."""
    own = np.array([phase in phases for phase in mesh.grain_phase])
    graph = nx.Graph([(a, b) for a, b in touching if own[a] and own[b]])
    graph.add_nodes_from(np.flatnonzero(own).tolist())
    wanted = mesh.facets[mesh.facet_tag == mesh.tags.index(tag)]
    cells = facets.cells[facets.rows_of(wanted), 0]
    reached = np.zeros(len(own), dtype=bool)
    for grain in np.unique(mesh.cell_grain[cells]).tolist():
        if own[grain] and not reached[grain]:
            reached[list(nx.node_connected_component(graph, grain))] = True
    return reached


def max_cells(mesh: MeshData) -> dict[str, float]:
    """Size of the largest cell of each phase, um: the edge of a regular one as large."""
    size = edge_lengths(mesh.points, mesh.cells)
    phase = np.array(mesh.grain_phase)[mesh.cell_grain]
    return {name: float(size[phase == name].max()) for name in dict.fromkeys(mesh.grain_phase)}
