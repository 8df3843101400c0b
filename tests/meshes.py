"""Small meshes whose volumes and areas are known exactly or to a known order."""

from collections.abc import Callable, Mapping, Sequence
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import gmsh
import numpy as np
import numpy.typing as npt

from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.topology import TagFinder, assemble, tags_of_box_with_pores
from ecmcell.microstructure.meshing.gmsh_mesh import ball, box, mesh_regions
from ecmcell.microstructure.recipes import RECIPES

COMPOSITE = {
    "recipe": "composite_cathode",
    "dimension": 2,
    "separator_thickness": "3 um",
    "cathode_thickness": "9 um",
    "width": "8 um",
    "volume_fraction": 0.4,
    "minimum_gap": "0.4 um",
    "collector_contact": 0.2,
    "diameter": {"mean": "3 um", "deviation": "0.5 um", "minimum": "2 um", "maximum": "4 um"},
    "size": {"interface": "0.5 um", "max": "1.5 um", "growth": 0.3},
}
"""Recipe of a composite small enough for tests."""

Array = npt.NDArray[np.float64]
Regions = Callable[[Array], npt.NDArray[np.int64]]
"""Maps points, shape (m, dim), to the number of the region that each lies in."""


def grid(
    axes: Sequence[Array],
    phases: Mapping[int, str],
    region: Regions | None = None,
    find_tags: TagFinder | None = None,
) -> MeshData:
    """A box of boxes, each cut into simplices.

    Args:
        axes: Coordinates of the grid planes along each axis.
        phases: Phase of each region; a connected part of a region becomes a grain.
        region: Region of the midpoints of the boxes; everything is region 0 without it.
        find_tags: Finds the boundary tags of exterior facets; those of a box without it.
    """
    points, cells, boxes = _simplices(axes)
    midpoints = points[boxes].mean(axis=1)
    of_box = np.zeros(len(boxes), dtype=np.int64) if region is None else region(midpoints)
    return assemble(points, cells, np.tile(of_box, len(cells) // len(boxes)), phases, find_tags)


def punched(axes: Sequence[Array], phase: str, hole: Regions) -> MeshData:
    """A box of boxes, each cut into simplices, without those that lie in holes.

    Args:
        axes: Coordinates of the grid planes along each axis.
        phase: What all else is.
        hole: Tells of the midpoints of the boxes which of them are missing.
    """
    points, cells, boxes = _simplices(axes)
    missing = np.tile(hole(points[boxes].mean(axis=1)), len(cells) // len(boxes))
    used, joined = np.unique(cells[~missing], return_inverse=True)
    cells = joined.reshape(-1, cells.shape[1])
    of_cell = np.zeros(len(cells), dtype=np.int64)
    return assemble(points[used], cells, of_cell, {0: phase}, tags_of_box_with_pores)


def layers(
    dim: int, thickness: Mapping[str, float], counts: Sequence[int], across: int = 2
) -> MeshData:
    """Layers along x from the anode at x = 0, `across` boxes of their smallest size wide."""
    ends = np.cumsum([0.0, *thickness.values()])
    parts = [np.linspace(a, b, n + 1)[1:] for a, b, n in zip(ends, ends[1:], counts, strict=False)]
    x = np.concatenate([[0.0], *parts])
    y = np.arange(across + 1) * np.diff(x).min()
    return grid(
        [x] + [y] * (dim - 1),
        dict(enumerate(thickness)),
        lambda at: np.searchsorted(ends, at[:, 0]) - 1,
    )


def concentric(
    dim: int, radii: Sequence[float], counts: Sequence[int], phases: Sequence[str]
) -> MeshData:
    """A quarter disc or an octant of a ball in concentric shells, in a corner of a square or cube.

    Its centre is the corner where x is largest and all else 0, so that every flat face of it is a
    plane of symmetry. Regular grids are mapped: their order of convergence is undisturbed.

    Args:
        dim: Space dimension.
        radii: Outer radius of each shell, and at last the edge of the box.
        counts: Cells across each shell, and on to the box.
        phases: Phase of each shell, and of the rest of the box.
    """
    ends = [0.0, *radii]
    parts = [np.linspace(a, b, n + 1)[1:] for a, b, n in zip(ends, ends[1:], counts, strict=False)]
    points, cells, boxes = _simplices([np.concatenate([[0.0], *parts])] * dim)
    distance = points[boxes].mean(axis=1).max(axis=1)
    region = np.searchsorted(ends, distance) - 1

    reach = points.max(axis=1)
    length = np.linalg.norm(points, axis=1)
    round_part = np.clip((ends[-1] - reach) / (ends[-1] - ends[-2]), 0.0, 1.0)
    onto_sphere = np.divide(reach, length, out=np.ones_like(reach), where=length > 0)
    points = points * (1.0 + round_part * (onto_sphere - 1.0))[:, None]
    points[:, 0] = ends[-1] - points[:, 0]
    region = np.tile(region, len(cells) // len(boxes))
    return assemble(points, cells, region, dict(enumerate(phases)))


def unstructured(dim: int, radii: Sequence[float], size: float, phases: Sequence[str]) -> MeshData:
    """The same without a pattern, by Gmsh.

    Args:
        dim: Space dimension.
        radii: Outer radius of each shell, and at last the edge of the box.
        size: Of the cells.
        phases: Phase of each shell, and of the rest of the box.
    """
    edge = radii[-1]
    centre = np.array([edge, 0.0, 0.0])[:dim]

    def build() -> dict[int, int]:
        occ, regions = gmsh.model.occ, {}
        whole = dim, box(np.zeros(dim), np.full(dim, edge))
        shells = [
            occ.intersect([whole], [(dim, ball(centre, radius))], removeObject=False)[0][0]
            for radius in radii[-2::-1]
        ]
        _, pieces = occ.fragment([whole], shells)
        for region, entities in zip(range(len(radii))[::-1], pieces, strict=True):
            regions |= {tag: region for _, tag in entities}
        occ.synchronize()
        return regions

    return assemble(*mesh_regions(dim, build, str(size)), dict(enumerate(phases)))


def _simplices(
    axes: Sequence[Array],
) -> tuple[Array, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Points, cells along the paths of Kuhn, and the corners of the boxes that were cut."""
    shape = [len(axis) for axis in axes]
    dim = len(axes)
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, dim)
    low = np.indices([n - 1 for n in shape]).reshape(dim, -1)

    def vertex(offset: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return np.ravel_multi_index(tuple(low + offset[:, None]), shape)

    unit = np.eye(dim, dtype=np.int64)
    cells = []
    for order in permutations(range(dim)):
        path = np.vstack([np.zeros((1, dim), dtype=np.int64), unit[list(order)].cumsum(axis=0)])
        cells.append(np.column_stack([vertex(at) for at in path]))
    corners = np.indices((2,) * dim).reshape(dim, -1).T
    return points, np.concatenate(cells), np.column_stack([vertex(at) for at in corners])


def image(labels: npt.NDArray[np.int64], phases: Mapping[str, int]) -> MeshData:
    """An image of voxels of 1 um by the recipe; other labels than those of the phases are void."""
    with TemporaryDirectory() as directory:
        np.save(Path(directory, "image.npy"), labels)
        asked = {"recipe": "image", "file": "image.npy", "voxel": "1 um", "phases": phases}
        context = {"directory": directory}
        return RECIPES["image"].model_validate(asked, context=context).build(seed=1)


def composite() -> MeshData:
    """Four discs in a catholyte behind a separator, one of them pressed on the collector."""
    return RECIPES["composite_cathode"].model_validate(COMPOSITE).build(seed=1)
