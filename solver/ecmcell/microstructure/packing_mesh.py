"""The mesh of a packing: particles in a layer beside a separator, refined in their gaps."""

from dataclasses import dataclass

import gmsh
import numpy as np
import numpy.typing as npt

from ecmcell.microstructure.gmsh_mesh import SizeGrid, ball, box, mesh_regions
from ecmcell.microstructure.packing import Packing

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

MATRIX, SEPARATOR = -1, -2
"""Regions of cells that belong to no particle."""


@dataclass(frozen=True)
class Sizes:
    """Wanted edge lengths in um.

    Attributes:
        interface: At particle surfaces.
        largest: Far from them.
        growth: Growth of the size per distance from the nearest particle surface.
        cells_across_gap: Cells that fit between two particles, where that needs a finer size.
        smallest_gap: Below this width a gap is not refined further, um.
    """

    interface: float
    largest: float
    growth: float
    cells_across_gap: float
    smallest_gap: float

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
        gap = np.maximum(first + second, self.smallest_gap)
        fine = np.minimum(self.interface, gap / self.cells_across_gap)
        return np.minimum(fine + self.growth * np.abs(first), self.largest)


def mesh_packing(
    packing: Packing, separator_thickness: float, sizes: Sizes
) -> tuple[Floats, Integers, Integers]:
    """Mesh a packing with the separator before it, at -separator_thickness <= x <= 0.

    Raises:
        MeshingError: Gmsh cannot make it, or not with these sizes.

    Returns:
        Points, shape (n, dim), cells, shape (m, dim + 1), and the region of each cell, shape (m,):
        the number of its particle, `MATRIX` or `SEPARATOR`.
    """

    def wanted(points: Floats) -> Floats:
        across = points[:, 1:]
        to_walls = np.minimum(across, packing.lengths[1:] - across).min(axis=1)
        return sizes.at(points, packing.centres, packing.radii, to_walls)

    low = np.array([-separator_thickness, *np.zeros(packing.dim - 1)])
    grid = SizeGrid(low, packing.lengths, sizes.interface / 2, wanted)
    return mesh_regions(packing.dim, lambda: _geometry(packing, separator_thickness), grid)


def _geometry(packing: Packing, separator_thickness: float) -> dict[int, int]:
    """Build the conforming geometry; return the region of each entity of full dimension."""
    occ, dim = gmsh.model.occ, packing.dim
    layer = (dim, box(np.zeros(dim), packing.lengths))
    separator_lengths = np.array([separator_thickness, *packing.lengths[1:]])
    corner = np.array([-separator_thickness, *np.zeros(dim - 1)])
    separator = (dim, box(corner, separator_lengths))
    balls = [(dim, ball(c, r)) for c, r in zip(packing.centres, packing.radii, strict=True)]
    _, (in_layer, in_separator, *in_balls) = occ.fragment([layer], [separator, *balls])
    regions = dict.fromkeys((tag for _, tag in in_layer), MATRIX)
    regions |= dict.fromkeys((tag for _, tag in in_separator), SEPARATOR)
    for particle, pieces in enumerate(in_balls):
        regions |= {tag: particle for _, tag in pieces if tag in regions}
    caps = {piece for pieces in in_balls for piece in pieces if piece[1] not in regions}
    occ.remove(sorted(caps), recursive=True)
    occ.synchronize()
    return regions
