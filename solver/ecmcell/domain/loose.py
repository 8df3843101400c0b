"""Which grains nothing is sure to hold, found on rank 0 before the mesh is distributed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import numpy.typing as npt

from ecmcell.domain.plan import Pair
from ecmcell.microstructure.mesh.meshdata import MeshData

_TINY = 1e-6  # fraction of the stiffest motion below which a motion is free


@dataclass(frozen=True)
class Support:
    """Exterior facets that keep their displacement along an axis.

    Attributes:
        axis: That axis, across their plane.
        tags: Their boundary tags.
        ends: Which of the two planes that bound the domain, 0 the lower one.
    """

    axis: int
    tags: tuple[str, ...]
    ends: tuple[int, ...]


def loose_grains(
    mesh: MeshData, holding: Collection[Pair], supports: Sequence[Support]
) -> npt.NDArray[np.bool_]:
    """Grains that may shift or turn as a whole, alone or with others, without any resistance.

    Args:
        mesh: The mesh.
        holding: Pairs of phases that hold on to each other, whatever pulls; one name alone for the
            grains of one phase among each other.
        supports: What holds at the exterior facets.
    """
    phase = mesh.grain_phase
    graph = nx.Graph()
    graph.add_nodes_from(range(len(phase)))
    graph.add_edges_from(
        (a, b) for a, b in mesh.touching if frozenset((phase[a], phase[b])) in holding
    )
    piece = np.empty(len(phase), dtype=np.int64)
    for number, members in enumerate(nx.connected_components(graph)):
        piece[list(members)] = number
    of_cell = np.repeat(piece[mesh.cell_grain], mesh.cells.shape[1])
    pairs = np.unique(of_cell * len(mesh.points) + mesh.cells.ravel())
    of_node, nodes = np.divmod(pairs, len(mesh.points))
    held = [_held_nodes(mesh, support) for support in supports]
    axes = [support.axis for support in supports]
    is_held = [
        _holds(mesh.points[own], [on[own] for on in held], axes)
        for own in np.split(nodes, np.flatnonzero(np.diff(of_node)) + 1)
    ]
    return ~np.array(is_held)[piece]


def _held_nodes(mesh: MeshData, support: Support) -> npt.NDArray[np.bool_]:
    """Vertices on the facets of a support."""
    wanted = [k for k, tag in enumerate(mesh.tags) if tag in support.tags]
    on = np.isin(mesh.facet_tag, wanted) & mesh.in_planes(support.axis, support.ends)
    held = np.zeros(len(mesh.points), dtype=bool)
    held[mesh.facets[on]] = True
    return held


def _holds(
    points: npt.NDArray[np.float64],
    held: Sequence[npt.NDArray[np.bool_]],
    axes: Sequence[int],
) -> bool:
    """Whether points, of which some are held along each axis, can neither shift nor turn."""
    at = (points - points.mean(axis=0)) / np.linalg.norm(np.ptp(points, axis=0))
    rows = np.concatenate([_motions(at[on], axis) for on, axis in zip(held, axes, strict=True)])
    resisted = np.linalg.eigvalsh(rows.T @ rows)
    return bool(resisted[0] > _TINY * resisted[-1])


def _motions(points: npt.NDArray[np.float64], axis: int) -> npt.NDArray[np.float64]:
    """Displacement of points along an axis in each rigid motion, a row a point."""
    dim = points.shape[1]
    shifts = np.tile(np.eye(dim)[axis], (len(points), 1))
    alternation = [
        (j == axis) * points[:, i] - (i == axis) * points[:, j]
        for i in range(dim)
        for j in range(i + 1, dim)
    ]
    return np.column_stack([shifts, *alternation])
