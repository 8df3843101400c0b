"""Recipe `porous`: a layer of one phase with round pores, and bands of others, at given places."""

from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from ecmcell.case.faults import Fault
from ecmcell.microstructure.mesh.facets import MeshingError
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.topology import assemble, tags_of_box_with_pores
from ecmcell.microstructure.meshing.gmsh_mesh import ball, box, mesh_regions
from ecmcell.microstructure.meshing.gmsh_on_demand import gmsh
from ecmcell.microstructure.meshing.roughness import Roughness, rough_anode
from ecmcell.microstructure.recipes.base import Dimension, Extent, ExtentOrZero, Recipe, Table


class Pore(Table):
    """An empty disc or ball; a pore that cuts the anode is a void there.

    Attributes:
        middle: Coordinates of the centre of the pore, the first counted from the anode.
        diameter: Diameter of the pore.
    """

    middle: Annotated[list[ExtentOrZero], Field(min_length=2, max_length=3)]
    diameter: Extent


class Band(Table):
    """A straight band of another phase, such as a grain boundary of some width, or a layer.

    Attributes:
        phase: Name of the phase of the band in the case.
        begin: Two coordinates of the middle of one end, which may lie outside the cell; in 3D the
            band runs through the whole depth.
        end: Two coordinates of the middle of the other end.
        width: Width of the band from side to side.
    """

    phase: Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")]
    begin: Annotated[list[ExtentOrZero], Field(min_length=2, max_length=2)]
    end: Annotated[list[ExtentOrZero], Field(min_length=2, max_length=2)]
    width: Extent

    @model_validator(mode="after")
    def _is_long(self) -> Self:
        if self.begin == self.end:
            raise Fault("the same as begin", "Give two different points.", ["end"])
        return self

    @property
    def corners(self) -> npt.NDArray[np.float64]:
        """Its corners in order, shape (4, 2)."""
        begin, end = np.array(self.begin), np.array(self.end)
        along = (end - begin) / np.linalg.norm(end - begin)
        aside = 0.5 * self.width * np.array([-along[1], along[0]])
        return np.array([begin - aside, end - aside, end + aside, begin + aside])


class Porous(Recipe):
    """Keys of a recipe file that starts with `recipe = "porous"`.

    Attributes:
        dimension: Dimension of the mesh: 2 or 3.
        phase: Name of the phase around the pores in the case.
        thickness: Thickness of the layer from the anode to the collector.
        width: Width of the section; in 3D also the depth.
        pores: Pores, which are empty; pores may overlap.
        bands: Bands of other phases; where two bands overlap, the later one is there.
        size: Edge length of the cells.
        roughness: Roughness of the face at the anode; what lies beneath follows, the less the
            deeper.
    """

    recipe: Literal["porous"]
    dimension: Dimension
    phase: Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")] = "separator"
    thickness: Extent
    width: Extent
    pores: Annotated[list[Pore], Field(default=[])]
    bands: Annotated[list[Band], Field(default=[])]
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
        names = [self.phase, *(band.phase for band in self.bands)]
        phases = list(dict.fromkeys(names))
        numbers = np.array([phases.index(name) for name in names])[region]
        there = {n: phases[n] for n in np.unique(numbers).tolist()}
        mesh = assemble(points, cells, numbers, there, tags_of_box_with_pores)
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
        regions = {tag: 0 for _, tag in solid}
        for number, band in enumerate(self.bands):
            inside, _ = occ.intersect([self._band(band)], solid, removeTool=False)
            if not inside:
                raise Fault("it lies outside", "Leave it out.", ["bands", str(number)])
            before = [regions[tag] for _, tag in solid] + [number + 1] * len(inside)
            solid, pieces = occ.fragment(solid, inside)
            # Pieces that a band has cut from others are named twice, by the band at last.
            regions = {
                tag: region
                for region, found in zip(before, pieces, strict=True)
                for _, tag in found
            }
        occ.synchronize()
        return regions

    def _band(self, band: Band) -> tuple[int, int]:
        """Add a band to the model; its dimension and tag."""
        occ = gmsh.model.occ
        points = [occ.addPoint(x, y, 0.0) for x, y in band.corners]
        lines = [occ.addLine(a, b) for a, b in zip(points, points[1:] + points[:1], strict=True)]
        surface = (2, occ.addPlaneSurface([occ.addCurveLoop(lines)]))
        if self.dimension == 2:
            return surface
        return next(e for e in occ.extrude([surface], 0.0, 0.0, self.width) if e[0] == 3)
