"""Recipe `porous`: a layer of one phase with round pores at given places."""

from typing import Annotated, Literal, Self

import gmsh
import numpy as np
from pydantic import Field, model_validator

from ecmcell.case.reading import Fault
from ecmcell.microstructure.gmsh_mesh import ball, box, mesh_regions
from ecmcell.microstructure.meshdata import MeshData
from ecmcell.microstructure.recipes.base import Dimension, Extent, ExtentOrZero, Recipe, Table
from ecmcell.microstructure.roughness import Roughness, rough_anode
from ecmcell.microstructure.topology import MeshingError, assemble, roles_of_box_with_pores


class Pore(Table):
    """A disc or ball without anything in it; one that cuts the anode is a void there.

    Attributes:
        middle: Its coordinates, the first from the anode on.
        diameter: Of it.
    """

    middle: Annotated[list[ExtentOrZero], Field(min_length=2, max_length=3)]
    diameter: Extent


class Porous(Recipe):
    """Keys of a recipe file that starts with `recipe = "porous"`.

    Attributes:
        dimension: 2 or 3.
        phase: What the case calls the material.
        thickness: From the anode to the collector.
        width: Width of the section; in 3D also its depth.
        pores: Where nothing is; they may overlap.
        size: Size of the cells.
        roughness: Of the face of the anode; what lies beneath moves along, the less the deeper.
    """

    recipe: Literal["porous"]
    dimension: Dimension
    phase: Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")] = "separator"
    thickness: Extent
    width: Extent
    pores: Annotated[list[Pore], Field(default=[])]
    size: Extent
    roughness: Roughness | None = None

    @model_validator(mode="after")
    def _in_dimension(self) -> Self:
        for number, pore in enumerate(self.pores):
            if len(pore.middle) != self.dimension:
                remedy = f"Give {self.dimension} coordinates."
                raise Fault("not a point of the mesh", remedy, ["pores", str(number), "middle"])
        return self

    def build(self, seed: int) -> MeshData:
        """Mesh what the pores leave; chance has a part in random roughness only."""
        points, cells, region = mesh_regions(self.dimension, self._geometry, f"{self.size!r}")
        mesh = assemble(points, cells, region, {0: self.phase}, roles_of_box_with_pores)
        return rough_anode(mesh, self.roughness, self.thickness, seed)

    def _geometry(self) -> dict[int, int]:
        dim, occ = self.dimension, gmsh.model.occ
        lengths = np.array([self.thickness, *[self.width] * (dim - 1)])
        solid = [(dim, box(np.zeros(dim), lengths))]
        holes = [(dim, ball(np.array(pore.middle), pore.diameter / 2.0)) for pore in self.pores]
        if holes:
            solid, _ = occ.cut(solid, holes)
        if not solid:
            raise MeshingError("the pores leave nothing to mesh")
        occ.synchronize()
        return {tag: 0 for _, tag in solid}
