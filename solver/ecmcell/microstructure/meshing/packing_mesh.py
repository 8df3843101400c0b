"""The mesh of a packing: particles in a layer beside a separator, refined in their gaps."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ecmcell.microstructure.geometry.packing import Packing
from ecmcell.microstructure.meshing.gmsh_mesh import SizeGrid, ball, box, mesh_regions
from ecmcell.microstructure.meshing.gmsh_on_demand import gmsh

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

MATRIX, SEPARATOR = -1, -2
"""Regions of cells that belong to no particle."""

CELLS_AT_PORE = 2
"""Cells that fit into the radius of a pore, where that needs a finer size."""


@dataclass(frozen=True)
class Sizes:
    """Wanted edge lengths in um.

    Attributes:
        interface: At particle surfaces.
        largest: Far from them.
        growth: Growth of the size per distance from the nearest particle surface.
        cells_across_gap: Cells that fit between two particles, where that needs a finer size.
        min_gap: Below this width a gap is not refined further, um.
    """

    interface: float
    largest: float
    growth: float
    cells_across_gap: float
    min_gap: float

    def at(self, points: Floats, centres: Floats, radii: Floats, to_walls: Floats) -> Floats:
        """Wanted size at points, shape (k, dim), from the two nearest surfaces, shape (k,).

        Balls have `centres`, shape (n, dim), and `radii`, shape (n,); the nearest wall is
        `to_walls`, shape (k,), away.
        """
        first, second = np.full(len(points), np.inf), to_walls
        for centre, radius in zip(centres, radii, strict=True):
            distance = np.sqrt(((points - centre) ** 2).sum(axis=1)) - radius
            second = np.minimum(second, np.maximum(first, distance))
            first = np.minimum(first, distance)
        gap = np.maximum(first + second, self.min_gap)
        fine = np.minimum(self.interface, gap / self.cells_across_gap)
        return np.minimum(fine + self.growth * np.abs(first), self.largest)


@dataclass(frozen=True)
class Additions:
    """What is cut out of a layer beside its particles, and what joins these.

    Attributes:
        pore_centres: Shape (n, dim), um.
        pore_radii: Shape (n,), um.
        necks: Pairs of particles that a straight neck joins, shape (k, 2).
        neck_radii: Half the width of each neck, shape (k,), um.
    """

    pore_centres: Floats
    pore_radii: Floats
    necks: Integers
    neck_radii: Floats


def mesh_packing(
    packing: Packing, separator_thickness: float, sizes: Sizes, additions: Additions
) -> tuple[Floats, Integers, Integers]:
    """Mesh a packing with the separator before it, at -separator_thickness <= x <= 0.

    Raises:
        MeshingError: Gmsh cannot make it, or not with these sizes.

    Returns:
        Points, shape (n, dim), cells, shape (m, dim + 1), and the region of each cell, shape (m,):
        the number of its particle (the smallest of those that necks join), `MATRIX` or
        `SEPARATOR`.
    """
    at_pores = [float(radius) / CELLS_AT_PORE for radius in additions.pore_radii]

    def wanted(points: Floats) -> Floats:
        across = points[:, 1:]
        to_walls = np.minimum(across, packing.lengths[1:] - across).min(axis=1)
        size = sizes.at(points, packing.centres, packing.radii, to_walls)
        for centre, fine in zip(additions.pore_centres, at_pores, strict=True):
            away = np.sqrt(((points - centre) ** 2).sum(axis=1)) - CELLS_AT_PORE * fine
            size = np.minimum(size, fine + sizes.growth * np.abs(away))
        return size

    low = np.array([-separator_thickness, *np.zeros(packing.dim - 1)])
    grid = SizeGrid(low, packing.lengths, min([sizes.interface / 2, *at_pores]), wanted)
    return mesh_regions(
        packing.dim, lambda: _geometry(packing, separator_thickness, additions), grid
    )


def _geometry(packing: Packing, separator_thickness: float, additions: Additions) -> dict[int, int]:
    """Build the conforming geometry; return the region of each entity of full dimension."""
    occ, dim = gmsh.model.occ, packing.dim
    layer = (dim, box(np.zeros(dim), packing.lengths))
    separator_lengths = np.array([separator_thickness, *packing.lengths[1:]])
    corner = np.array([-separator_thickness, *np.zeros(dim - 1)])
    separator = (dim, box(corner, separator_lengths))
    balls = [(dim, ball(c, r)) for c, r in zip(packing.centres, packing.radii, strict=True)]
    solids, owner = _joined(packing, balls, additions)
    pores = [
        (dim, ball(c, r)) for c, r in zip(additions.pore_centres, additions.pore_radii, strict=True)
    ]
    _, pieces = occ.fragment([layer], [separator, *solids, *pores])
    in_layer, in_separator = pieces[:2]
    regions = dict.fromkeys((tag for _, tag in in_layer), MATRIX)
    regions |= dict.fromkeys((tag for _, tag in in_separator), SEPARATOR)
    in_solids = pieces[2 : 2 + len(solids)]
    for particle, own in zip(owner, in_solids, strict=True):
        regions |= {tag: particle for _, tag in own if tag in regions}
    caps = {piece for own in in_solids for piece in own if piece[1] not in regions}
    holes = {piece for own in pieces[2 + len(solids) :] for piece in own}
    occ.remove(sorted(caps | holes), recursive=True)
    occ.synchronize()
    for _, tag in holes:
        del regions[tag]
    return regions


def _joined(
    packing: Packing, balls: list[tuple[int, int]], additions: Additions
) -> tuple[list[tuple[int, int]], list[int]]:
    """Solids, balls that necks join being one, and the smallest particle of each."""
    if not len(additions.necks):
        return balls, list(range(len(balls)))
    occ, count = gmsh.model.occ, len(balls)
    links = coo_array((np.ones(len(additions.necks)), additions.necks.T), shape=(count, count))
    _, cluster = connected_components(links, directed=False)
    _turn_skeletons(packing, balls, additions.necks)
    bars: dict[int, list[tuple[int, int]]] = {}
    for (i, j), radius in zip(additions.necks, additions.neck_radii, strict=True):
        bars.setdefault(int(cluster[i]), []).append(_bar(packing, int(i), int(j), float(radius)))
    solids: list[tuple[int, int]] = []
    owner: list[int] = []
    for number in range(int(cluster.max()) + 1):
        members = [k for k in range(count) if cluster[k] == number]
        own = [balls[k] for k in members]
        if number in bars:
            own, _ = occ.fuse(own, bars[number])
        solids += own
        owner += [members[0]] * len(own)
    return solids, owner


def _turn_skeletons(packing: Packing, balls: list[tuple[int, int]], necks: Integers) -> None:
    """Turn spheres about their x axes so that their skeleton keep off their necks.

    A neck across the skeleton, a half circle from pole to pole, leaves edges too short to mesh.
    """
    if packing.dim == 2:
        return
    angles = np.linspace(0.0, 2 * np.pi, 72, endpoint=False)
    # middles of the skeleton, which starts at z < 0
    skeletons = np.stack([0 * angles, np.sin(angles), -np.cos(angles)], axis=1)
    for k in np.unique(necks):
        others = necks[(necks == k).any(axis=1)].sum(axis=1) - k
        towards = packing.centres[others] - packing.centres[k]
        towards /= np.linalg.norm(towards, axis=1)[:, None]
        beside = np.maximum(towards @ skeletons.T, 0.0)
        nearest = np.hypot(towards[:, :1], beside).max(axis=0)  # cosine to the half circle
        best = float(angles[int(nearest.argmin())])
        gmsh.model.occ.rotate([balls[k]], *packing.centres[k], 1.0, 0.0, 0.0, best)


def _bar(packing: Packing, i: int, j: int, radius: float) -> tuple[int, int]:
    """A rectangle or cylinder from within one particle to within another."""
    occ, dim = gmsh.model.occ, packing.dim
    along = packing.centres[j] - packing.centres[i]
    length = float(np.linalg.norm(along))
    along /= length
    ends = [0.5 * np.sqrt(packing.radii[k] ** 2 - radius**2) for k in (i, j)]
    start = packing.centres[i] + ends[0] * along
    reach = length - ends[0] - ends[1]
    if dim == 3:
        return dim, occ.addCylinder(*start, *(reach * along), radius)
    bar = occ.addRectangle(0.0, -radius, 0.0, reach, 2 * radius)
    occ.rotate([(2, bar)], 0, 0, 0, 0, 0, 1, float(np.arctan2(along[1], along[0])))
    occ.translate([(2, bar)], *start, 0.0)
    return dim, bar
