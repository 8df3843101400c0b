"""Recipe `lattice`: inclusions on a regular lattice, in the smallest cell that mirrors build it of.

The cell starts at the centre of an inclusion. All its sides are mirror planes of the lattice, so
that sides without flux and electrodes at constant potential are exact.
"""

from dataclasses import replace
from itertools import product
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from ecmcell.case.faults import Fault
from ecmcell.microstructure.geometry.diameters import ball_volume
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import measures
from ecmcell.microstructure.mesh.topology import assemble
from ecmcell.microstructure.meshing.gmsh_mesh import SizeGrid, ball, box, mesh_regions
from ecmcell.microstructure.meshing.gmsh_on_demand import gmsh
from ecmcell.microstructure.meshing.packing_mesh import Sizes
from ecmcell.microstructure.recipes.base import Extent, Recipe

Floats = npt.NDArray[np.float64]

CELLS: dict[str, tuple[Floats, list[tuple[int, ...]]]] = {
    "square": (np.array([0.5, 0.5]), [(0, 0)]),
    "hexagonal": (np.array([0.5, np.sqrt(0.75)]), [(0, 0), (1, 1)]),
    "simple cubic": (np.array([0.5, 0.5, 0.5]), [(0, 0, 0)]),
}
"""Edges of each cell in spacings, and its corners that are centres of inclusions."""

NEAREST = 0.01
"""Least gap between inclusions, in spacings."""


class Lattice(Recipe):
    """Keys of a recipe file that starts with `recipe = "lattice"`.

    Attributes:
        arrangement: Lattice of the inclusions: discs on a square or hexagonal lattice, or spheres
            on a simple cubic one.
        fraction: Volume fraction of the inclusions; an area fraction of discs.
        spacing: Distance between the centres of neighbours.
        size: Maximum edge length of the cells; in narrow gaps cells are finer.
    """

    recipe: Literal["lattice"]
    arrangement: Literal["square", "hexagonal", "simple cubic"]
    fraction: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
    spacing: Extent
    size: Extent

    def build(self, seed: int) -> MeshData:
        """Mesh the cell; chance has no part in it."""
        edges, corners = CELLS[self.arrangement]
        lengths = self.spacing * edges
        centres, radius = np.array(corners) * lengths, self._radius()
        if self.size > lengths.min():
            given = f"{self.size:g} um is more than half the spacing"
            raise Fault(given, f"Give less than {lengths.min():g} um.", ["size"])
        gap = self.spacing - 2 * radius
        sizes = Sizes(self.size, self.size, 0.3, 2.0, gap)
        around = _mirrored(centres, lengths)
        radii = np.full(len(around), radius)

        def wanted(points: Floats) -> Floats:
            return sizes.at(points, around, radii, np.full(len(points), np.inf))

        grid = SizeGrid(np.zeros(len(lengths)), lengths, min(self.size, gap) / 2, wanted)
        points, cells, region = mesh_regions(
            len(lengths), lambda: _geometry(lengths, centres, radius), grid
        )
        mesh = assemble(points, cells, region, {1: "inclusion", 0: "matrix"})
        inside = measures(points, mesh.cells)[mesh.cell_grain < len(centres)].sum()
        asked = {
            "Volume fraction asked": self.fraction,
            "Volume fraction meshed": float(inside / lengths.prod()),
            "Inclusion radius [um]": radius,
            "Minimum gap [um]": gap,
        }
        return replace(mesh, statistics=asked | mesh.statistics)

    def _radius(self) -> float:
        edges, corners = CELLS[self.arrangement]
        dim = len(edges)
        of_unit = len(corners) / 2**dim * float(ball_volume(np.ones(1), dim)[0]) / edges.prod()
        radius = (self.fraction / of_unit) ** (1 / dim)
        most = (1 - NEAREST) / 2
        if radius > most:
            given = f"{self.fraction:g} leaves no gap between the inclusions"
            remedy = f"Give at most {np.floor(1e3 * of_unit * most**dim) / 1e3:g}."
            raise Fault(given, remedy, ["fraction"])
        return float(self.spacing * radius)


def _mirrored(centres: Floats, lengths: Floats) -> Floats:
    """Centres, shape (n, dim), with their images beyond every face, edge and corner of the cell."""
    images = [
        2 * np.array(side) * lengths + np.array(sign) * centres
        for side in product((0, 1), repeat=len(lengths))
        for sign in product((1, -1), repeat=len(lengths))
    ]
    return np.unique(np.concatenate(images).round(12), axis=0)


def _geometry(lengths: Floats, centres: Floats, radius: float) -> dict[int, int]:
    """Build the cell; the region of each entity, 1 in inclusions and 0 around them."""
    occ, dim = gmsh.model.occ, len(lengths)
    cell = (dim, box(np.zeros(dim), lengths))
    balls = [(dim, ball(centre, radius)) for centre in centres]
    _, (in_cell, *in_balls) = occ.fragment([cell], balls)
    regions = {tag: 0 for _, tag in in_cell}
    inside = {tag for pieces in in_balls for _, tag in pieces}
    occ.remove([(dim, tag) for tag in sorted(inside - set(regions))], recursive=True)
    occ.synchronize()
    return regions | {tag: 1 for tag in inside & set(regions)}
