"""Recipe `composite_cathode`: particles in a catholyte between a separator and a collector.

The separator takes -separator_thickness <= x <= 0, the composite layer 0 <= x <= cathode_thickness.
"""

from dataclasses import replace
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, ValidationInfo, field_validator, model_validator

from ecmcell.case.faults import Fault
from ecmcell.microstructure.geometry.cuts import COLLECTOR, Cut, Cuts
from ecmcell.microstructure.geometry.diameters import (
    LARGEST_COUNT,
    Diameters,
    NarrowSizesError,
    PackingError,
    edges_for,
    size_for,
)
from ecmcell.microstructure.geometry.packing import Packing, pack, place_pores
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import measures
from ecmcell.microstructure.mesh.topology import (
    assemble,
    interface_measure,
    tags_of_box,
    tags_of_box_with_pores,
)
from ecmcell.microstructure.meshing.packing_mesh import (
    MATRIX,
    SEPARATOR,
    Additions,
    Sizes,
    mesh_packing,
)
from ecmcell.microstructure.meshing.roughness import Roughness, rough_anode
from ecmcell.microstructure.recipes.base import (
    Dimension,
    Extent,
    ExtentOrZero,
    Fraction,
    Recipe,
    Table,
)

Floats = npt.NDArray[np.float64]

NUMBER = "the number of `particles`, from which it follows"
FOLLOWING = ("cathode_thickness", "width", "diameter")
"""Keys of which one may be left out where the number of particles is given."""

LOOSER = "Ask for less, for smaller gaps and particles, or for a wider section."
LOOSER_OF_A_NUMBER = (
    "Ask for less or for smaller gaps, let the sides cut particles (side_contact),"
    " or leave out width and cathode_thickness for a cube."
)

NEAR = 0.1
"""Gap in mean diameters up to which particles count as neighbours."""


class DiameterTable(Table):
    """Sizes of the particles: a lognormal distribution between bounds.

    Attributes:
        mean: Mean diameter of the truncated distribution.
        deviation: Standard deviation of the diameter before truncation; 0 for particles of one
            size, which gives way a little so that a whole number of them has the volume.
        minimum: Minimum diameter; half the mean if not given.
        maximum: Maximum diameter; twice the mean if not given.
    """

    mean: Extent
    deviation: ExtentOrZero = 0.0
    minimum: Extent | None = None
    maximum: Extent | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = self.distribution.minimum, self.distribution.maximum
        if not low <= self.mean <= high:
            given = f"the mean {self.mean:g} um is not between {low:g} and {high:g} um"
            raise Fault(given, "Give minimum <= mean <= maximum.")
        return self

    @property
    def distribution(self) -> Diameters:
        """The distribution with its bounds."""
        return Diameters.around(self.mean, self.deviation, self.minimum, self.maximum)


class SizeTable(Table):
    """Wanted edge lengths of the cells.

    Attributes:
        interface: Edge length at the surfaces of particles.
        max: Maximum edge length of the cells.
        growth: Growth of the edge length per distance from the nearest particle.
        cells_across_gap: Number of cells across the gap between two particles.
    """

    interface: Extent
    max: Extent
    growth: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.2
    cells_across_gap: Annotated[float, Field(ge=0.25, le=10, allow_inf_nan=False)] = 2.0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.interface > self.max:
            given = f"the interface size {self.interface:g} um is above the maximum"
            raise Fault(given, "Give interface <= max.")
        return self


class PoreTable(Table):
    """Voids: discs or spheres of one size, off particles and faces and each other.

    Attributes:
        fraction: Volume fraction of the pores in their layer; in 2D an area fraction.
        diameter: Diameter of every pore.
    """

    fraction: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
    diameter: Extent


class NeckTable(Table):
    """Straight necks between particles; their volume comes on top of the volume fraction.

    Attributes:
        reach: Maximum gap between two particles that a neck joins.
        ratio: Radius of a neck over that of the smaller particle.
    """

    reach: Extent
    ratio: Annotated[float, Field(ge=0.05, le=0.5, allow_inf_nan=False)] = 0.3


class CompositeCathode(Recipe):
    """Keys of a recipe file that starts with `recipe = "composite_cathode"`.

    Attributes:
        dimension: Dimension of the mesh: 2 (discs) or 3 (spheres).
        separator_thickness: Thickness of the separator.
        particles: Number of particles. What is left out follows from it: `width`,
            `cathode_thickness`, both (a square or cube), or `diameter` (particles of one size).
        cathode_thickness: Thickness of the composite layer; needed without `particles`.
        width: Width of the section, in 3D also the depth; needed without `particles`.
        volume_fraction: Volume fraction of the particles in the composite layer; in 2D an area
            fraction.
        minimum_gap: Minimum distance between particles, and of particles to the faces of the layer
            that cut none.
        collector_contact: Fraction of the collector that particles touch.
        collector_depth: Height of the cap cut off a particle at the collector, in radii.
        side_contact: Fraction of the sides that particles touch; with zero particles keep off the
            sides.
        side_depth: Height of the cap cut off a particle at a side, in radii; with 1 the particle
            and its mirror image are one sphere.
        diameter: Distribution of the particle diameters; needed without `particles`.
        pores: Voids in the catholyte; their `fraction` is that of the composite layer.
        separator_pores: Voids in the separator.
        necks: Necks between particles that are near each other; none if not given.
        size: Sizes of the cells.
        roughness: Roughness of the face of the separator at the anode; flat if not given.
    """

    joined: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"catholyte", "separator"}),)

    recipe: Literal["composite_cathode"]
    dimension: Dimension
    separator_thickness: Extent
    particles: Annotated[int, Field(ge=1, le=LARGEST_COUNT)] | None = None
    cathode_thickness: Annotated[Extent | None, Field(validate_default=True)] = None
    width: Annotated[Extent | None, Field(validate_default=True)] = None
    volume_fraction: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
    minimum_gap: Extent
    collector_contact: Fraction
    collector_depth: Annotated[float, Field(ge=0.05, le=1, allow_inf_nan=False)] = 0.2
    side_contact: Fraction = 0.0
    side_depth: Annotated[float, Field(ge=0.05, le=1, allow_inf_nan=False)] = 1.0
    diameter: Annotated[DiameterTable | None, Field(validate_default=True)] = None
    pores: PoreTable | None = None
    separator_pores: PoreTable | None = None
    necks: NeckTable | None = None
    size: SizeTable
    roughness: Roughness | None = None

    @field_validator(*FOLLOWING)
    @classmethod
    def _needed(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.data.get("particles", 1) is None:
            raise Fault("missing", f"Give it, or leave it out and give {NUMBER}.")
        return value

    @model_validator(mode="after")
    def _determined(self) -> Self:
        if self.particles is None:
            return self
        absent = {key for key in FOLLOWING if getattr(self, key) is None}
        if not absent:
            given = f"{self.particles} beside {', '.join(FOLLOWING)} is one value too many"
            remedy = "Leave one of the four out, or width and cathode_thickness for a cube."
            raise Fault(given, remedy, ["particles"])
        if "diameter" in absent and len(absent) > 1:
            given = f"{self.particles} without diameter and {min(absent - {'diameter'})} is one"
            remedy = "Give diameter, or both width and cathode_thickness."
            raise Fault(f"{given} value too few", remedy, ["particles"])
        return self

    def build(self, seed: int) -> MeshData:
        """Pack the particles and mesh them."""
        packing = self._packing(seed)
        size = self.size
        sizes = Sizes(
            size.interface, size.max, size.growth, size.cells_across_gap, self.minimum_gap
        )
        additions = self._additions(packing, seed)
        phases = {particle: "active" for particle in range(len(packing.radii))}
        phases |= {MATRIX: "catholyte", SEPARATOR: "separator"}
        tags = tags_of_box_with_pores if len(additions.pore_radii) else tags_of_box
        meshed = mesh_packing(packing, self.separator_thickness, sizes, additions)
        mesh = assemble(*meshed, phases, tags)
        told = self._statistics(packing, additions, mesh)
        mesh = replace(mesh, statistics=told | mesh.statistics)
        return rough_anode(mesh, self.roughness, self.separator_thickness, seed)

    def _packing(self, seed: int) -> Packing:
        fraction = self.volume_fraction
        cuts = Cuts(
            Cut(self.collector_contact, self.collector_depth),
            Cut(self.side_contact, self.side_depth),
        )
        try:
            diameters, lengths = self._sizes(cuts)
            return pack(diameters, lengths, fraction, self.minimum_gap, cuts, seed)
        except NarrowSizesError as error:
            remedy = "Widen diameter.minimum and diameter.maximum, or leave both out."
            given = f"{fraction:g} cannot be packed: {error}"
            raise Fault(given, remedy, ["volume_fraction"]) from None
        except PackingError as error:
            remedy = LOOSER if self.particles is None else LOOSER_OF_A_NUMBER
            if error.reached:
                remedy = f"About {0.99 * error.reached:.2f} fits. {remedy}"
            given = f"{fraction:g} cannot be packed: {error}"
            raise Fault(given, remedy, ["volume_fraction"]) from None

    def _sizes(self, cuts: Cuts) -> tuple[Diameters, Floats]:
        """Diameters, and edges of the layer in um, shape (dim,); what is not given follows."""
        edges = [self.cathode_thickness, *[self.width] * (self.dimension - 1)]
        lengths = np.array(edges, dtype=float)  # nan where an edge follows
        number, fraction = self.particles, self.volume_fraction
        if self.diameter is None:
            assert number is not None
            return size_for(number, lengths, fraction, cuts), lengths
        diameters = self.diameter.distribution
        if number is not None:
            lengths = edges_for(number, diameters, lengths, fraction, cuts)
        return diameters, lengths

    def _additions(self, packing: Packing, seed: int) -> Additions:
        layer = self._pores("pores", packing.lengths, (packing.centres, packing.radii), [seed, 1])
        dim, length = self.dimension, self.separator_thickness
        box = np.array([length, *packing.lengths[1:]])
        before = self._pores("separator_pores", box, (np.empty((0, dim)), np.empty(0)), [seed, 2])
        before[0][:, 0] -= length
        centres, radii = (np.concatenate(both) for both in zip(layer, before, strict=True))
        pairs: npt.NDArray[np.int64] = np.empty((0, 2), dtype=np.int64)
        if self.necks:
            pairs = packing.neighbours(self.necks.reach)
        ratio = self.necks.ratio if self.necks else 0.0
        return Additions(centres, radii, pairs, ratio * packing.radii[pairs].min(axis=1))

    def _pores(
        self, key: str, box: Floats, balls: tuple[Floats, Floats], seed: list[int]
    ) -> tuple[Floats, Floats]:
        """Centres and radii of the pores that a key asks for."""
        asked: PoreTable | None = getattr(self, key)
        if asked is None:
            return np.empty((0, len(box))), np.empty(0)
        pores = asked.diameter, asked.fraction
        try:
            return place_pores(box, balls, pores, self.minimum_gap, seed)
        except PackingError as error:
            remedy = "Ask for less, or for smaller pores."
            if error.reached:
                remedy = f"About {error.reached:.2g} fits. {remedy}"
            given = f"{asked.fraction:g} cannot be placed: {error}"
            raise Fault(given, remedy, [key, "fraction"]) from None

    def _statistics(
        self, packing: Packing, additions: Additions, mesh: MeshData
    ) -> dict[str, object]:
        layer = float(packing.lengths.prod())
        active = np.array(mesh.grain_phase)[mesh.cell_grain] == "active"
        meshed = measures(mesh.points, mesh.cells[active]).sum()
        near = len(packing.neighbours(NEAR * 2 * packing.radii.mean()))
        touching = packing.cuts.collector.contact(packing.radii[packing.pressed], packing.dim).sum()
        told: dict[str, object] = {
            "Volume fraction asked": self.volume_fraction,
            "Volume fraction packed": packing.volume_fraction,
            "Volume fraction meshed": float(meshed / layer),
            "Particles": len(packing.radii),
            "Particles at the collector": int(packing.pressed.sum()),
            "Collector contact asked": self.collector_contact,
            "Collector contact made": float(touching / packing.lengths[1:].prod()),
            "Minimum diameter [um]": float(2 * packing.radii.min()),
            "Mean diameter [um]": float(2 * packing.radii.mean()),
            "Maximum diameter [um]": float(2 * packing.radii.max()),
            "Minimum gap [um]": packing.min_gap(),
            "Specific surface [um-1]": interface_measure(mesh, "active", "catholyte") / layer,
            f"Mean neighbours within {NEAR:g} diameters": float(2 * near / len(packing.radii)),
        }
        if self.side_contact:
            aside = packing.faces > COLLECTOR
            touched = packing.cuts.sides.contact(packing.radii[aside], packing.dim).sum()
            area = 2 * (layer / packing.lengths[1:]).sum()
            told["Side contact asked"] = self.side_contact
            told["Side contact made"] = float(touched / area)
        if self.particles:
            told["Cathode thickness [um]"] = float(packing.lengths[0])
            told["Width [um]"] = float(packing.lengths[1])
        before = layer / float(packing.lengths[0]) * self.separator_thickness
        solid = self._solid(mesh)
        for name, asked, own, whole in (
            ("Pore", self.pores, solid[0], layer),
            ("Separator pore", self.separator_pores, solid[1], before),
        ):
            if asked:
                told[f"{name} fraction asked"] = asked.fraction
                told[f"{name} fraction meshed"] = 1.0 - own / whole
        if len(additions.pore_radii):
            told["Pores"] = len(additions.pore_radii)
        if self.necks:
            told["Necks"] = len(additions.necks)
        return told

    def _solid(self, mesh: MeshData) -> tuple[float, float]:
        """Volume of the composite layer and of the separator that is not void."""
        before = np.array(mesh.grain_phase)[mesh.cell_grain] == "separator"
        volume = measures(mesh.points, mesh.cells)
        return float(volume[~before].sum()), float(volume[before].sum())
