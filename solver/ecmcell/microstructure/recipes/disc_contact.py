"""Recipe `disc_contact`: a cylinder that touches its electrode by a disc only.

A quarter of the cylinder is meshed; its two flat sides are mirror planes. The axis is x. The
anode is the disc at x = 0, the collector the whole end at x = thickness.
"""

from dataclasses import replace
from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from ecmcell.case.faults import Fault
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import measures
from ecmcell.microstructure.mesh.topology import TAGS, assemble
from ecmcell.microstructure.meshing.gmsh_mesh import mesh_regions
from ecmcell.microstructure.meshing.gmsh_on_demand import gmsh
from ecmcell.microstructure.recipes.base import Extent, Recipe

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class DiscContact(Recipe):
    """Keys of a recipe file that starts with `recipe = "disc_contact"`.

    Attributes:
        phase: Name of the phase in the case.
        thickness: Length of the cylinder.
        radius: Radius of the cylinder.
        contact_radius: Radius of the disc at which the cylinder touches the anode.
        rim_size: Cell size at the rim of the disc, where the current density is singular.
        max_size: Maximum edge length of the cells.
        growth: Growth of the edge length per distance from the rim.
    """

    recipe: Literal["disc_contact"]
    phase: Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")] = "separator"
    thickness: Extent
    radius: Extent
    contact_radius: Extent
    rim_size: Extent
    max_size: Extent
    growth: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.2

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for small, large in (("contact_radius", "radius"), ("rim_size", "contact_radius")):
            if getattr(self, small) >= getattr(self, large):
                given = f"{getattr(self, small):g} um is not below the {large.replace('_', ' ')}"
                raise Fault(given, f"Give {small} < {large}.", [small])
        if self.rim_size > self.max_size:
            given = f"the rim size {self.rim_size:g} um is above the maximum"
            raise Fault(given, "Give rim_size <= max_size.", ["rim_size"])
        return self

    def build(self, seed: int) -> MeshData:
        """Mesh the quarter; chance has no part in it."""
        to_rim = f"Sqrt((Sqrt(y^2+z^2)-{self.contact_radius!r})^2+x^2)"
        fine, most = self.rim_size, self.max_size
        graded = f"({fine!r}+{self.growth!r}*{to_rim})"
        formula = f"0.5*({graded}+{most!r}-Fabs({graded}-{most!r}))"  # the smaller of the two
        points, cells, region = mesh_regions(3, self._geometry, formula)
        mesh = assemble(points, cells, region, {0: self.phase}, self._tags)
        touching = mesh.facets[mesh.facet_tag == mesh.tags.index("anode")]
        asked = {
            "Contact area asked [um2]": np.pi * self.contact_radius**2 / 4,
            "Contact area meshed [um2]": float(measures(points, touching).sum()),
        }
        end = mesh.facets[mesh.facet_tag == mesh.tags.index("collector")]
        section = float(measures(points, end).sum())
        return replace(mesh, statistics=asked | mesh.statistics, section=section)

    def _geometry(self) -> dict[int, int]:
        occ = gmsh.model.occ
        quarter = occ.addBox(0, 0, 0, self.thickness, self.radius, self.radius)
        whole = occ.addCylinder(0, 0, 0, self.thickness, 0, 0, self.radius)
        solid, _ = occ.intersect([(3, whole)], [(3, quarter)])
        disc = occ.addDisk(
            0, 0, 0, self.contact_radius, self.contact_radius, -1, [1, 0, 0], [0, 1, 0]
        )
        square = occ.addRectangle(0, 0, 0, self.radius, self.radius)
        occ.rotate([(2, square)], 0, 0, 0, 0, 1, 0, -np.pi / 2)
        contact, _ = occ.intersect([(2, disc)], [(2, square)])
        pieces, _ = occ.fragment(solid, contact)
        occ.synchronize()
        return {entity: 0 for dim, entity in pieces if dim == 3}

    def _tags(self, points: Floats, facets: Integers) -> Integers:
        corners, tolerance = points[facets], 1e-9 * self.thickness
        at_start = (np.abs(corners[..., 0]) < tolerance).all(axis=1)
        at_end = (np.abs(corners[..., 0] - self.thickness) < tolerance).all(axis=1)
        away = np.hypot(corners[..., 1], corners[..., 2]).max(axis=1)
        at_disc = at_start & (away < self.contact_radius * (1 + 1e-6))
        tags = [TAGS.index(tag) for tag in ("anode", "collector", "side")]
        return np.select([at_disc, at_end], tags[:2], tags[2])
