"""Meshes made of others: some phases only, or seen along another axis."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from ecmcell.microstructure.mesh.facets import facets_of
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.topology import TAGS, assemble, tags_of_box_with_pores


def excerpt(mesh: MeshData, phases: Collection[str]) -> MeshData:
    """The cells of some phases, and as pore what they leave empty of the section of the mesh.

    Along the stack it is as long as these cells.
    """
    if set(mesh.grain_phase) <= set(phases):
        return mesh
    wanted = np.isin(np.array(mesh.grain_phase), list(phases))[mesh.cell_grain]
    used, cells = np.unique(mesh.cells[wanted], return_inverse=True)
    box = mesh.bounds.copy()
    along = mesh.points[used, 0]
    box[:, 0] = along.min(), along.max()
    grains = {int(g): mesh.grain_phase[g] for g in np.unique(mesh.cell_grain[wanted])}
    return assemble(
        mesh.points[used],
        cells.reshape(-1, mesh.dim + 1),
        mesh.cell_grain[wanted].astype(np.int64),
        grains,
        tags_of_box_with_pores,
        box,
    )


def seen_along(mesh: MeshData, axis: int) -> MeshData:
    """The mesh with an axis instead of x, and boundary tags of its outer faces to match."""
    if axis == 0:
        return mesh
    points, bounds = (np.roll(at, -axis, axis=1) for at in (mesh.points, mesh.bounds))
    facets = facets_of(mesh.cells)
    boundary = facets.vertices[facets.boundary]
    tags = tags_of_box_with_pores(np.concatenate([points, bounds]), boundary).astype(np.int32)
    box = None if mesh.box is None else bounds
    return replace(
        mesh, points=points, facets=boundary, facet_tag=tags, tags=TAGS, box=box, section=None
    )
