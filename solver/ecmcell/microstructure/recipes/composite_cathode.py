"""Recipe `composite_cathode`: particles in a catholyte between a separator and a collector.

The separator takes -separator_thickness <= x <= 0, the composite layer 0 <= x <= cathode_thickness.
"""

from dataclasses import replace
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ecmcell.case.reading import Fault
from ecmcell.microstructure.meshdata import MeshData
from ecmcell.microstructure.packing import Cut, Diameters, Packing, PackingError, pack
from ecmcell.microstructure.packing_mesh import (
    MATRIX,
    SEPARATOR,
    Sizes,
    mesh_packing,
)
from ecmcell.microstructure.recipes.base import (
    Dimension,
    Extent,
    ExtentOrZero,
    Recipe,
    Share,
    Table,
)
from ecmcell.microstructure.topology import assemble, interface_measure, measures


class DiameterTable(Table):
    """Sizes of the particles: a lognormal distribution between bounds."""

    mean: Extent
    deviation: ExtentOrZero
    minimum: Extent
    maximum: Extent

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.minimum <= self.mean <= self.maximum:
            given = (
                f"the mean {self.mean:g} um is not between {self.minimum:g} and {self.maximum:g} um"
            )
            raise Fault(given, "Give minimum <= mean <= maximum.")
        return self


class SizeTable(Table):
    """Wanted edge lengths of the cells."""

    interface: Extent
    largest: Extent
    growth: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.2
    cells_across_gap: Annotated[float, Field(ge=1, le=10, allow_inf_nan=False)] = 2.0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.interface > self.largest:
            given = f"the interface size {self.interface:g} um is above the largest"
            raise Fault(given, "Give interface <= largest.")
        return self


class CompositeCathode(Recipe):
    """Keys of a recipe file that starts with `recipe = "composite_cathode"`.

    Attributes:
        dimension: 2 (discs) or 3 (spheres).
        separator_thickness: Thickness of the separator.
        cathode_thickness: Thickness of the composite layer.
        width: Width of the section; in 3D also its depth.
        volume_fraction: Of the particles in the composite layer; an area fraction in 2D.
        minimum_gap: Smallest distance between particles, and from them to every face of the layer
            that they are not pressed on.
        collector_contact: Share of the collector that particles touch.
        collector_depth: Height of the cap cut off a particle at the collector, in radii.
        diameter: Sizes of the particles.
        size: Sizes of the cells.
    """

    joined: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"catholyte", "separator"}),)

    recipe: Literal["composite_cathode"]
    dimension: Dimension
    separator_thickness: Extent
    cathode_thickness: Extent
    width: Extent
    volume_fraction: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
    minimum_gap: Extent
    collector_contact: Share
    collector_depth: Annotated[float, Field(ge=0.05, le=1, allow_inf_nan=False)] = 0.2
    diameter: DiameterTable
    size: SizeTable

    def build(self, seed: int) -> MeshData:
        """Pack the particles and mesh them."""
        packing = self._packing(seed)
        size = self.size
        sizes = Sizes(
            size.interface, size.largest, size.growth, size.cells_across_gap, self.minimum_gap
        )
        phases = {particle: "active" for particle in range(len(packing.radii))}
        phases |= {MATRIX: "catholyte", SEPARATOR: "separator"}
        mesh = assemble(*mesh_packing(packing, self.separator_thickness, sizes), phases)
        return replace(mesh, statistics=self._statistics(packing, mesh) | mesh.statistics)

    def _packing(self, seed: int) -> Packing:
        table, dim = self.diameter, self.dimension
        lengths = np.array([self.cathode_thickness, *[self.width] * (dim - 1)])
        diameters = Diameters(table.mean, table.deviation, table.minimum, table.maximum)
        cut = Cut(self.collector_contact, self.collector_depth)
        try:
            return pack(diameters, lengths, self.volume_fraction, self.minimum_gap, cut, seed)
        except PackingError as error:
            remedy = "Ask for less, for smaller gaps and particles, or for a wider section."
            if error.reached:
                remedy = f"About {0.99 * error.reached:.2f} fits. {remedy}"
            given = f"{self.volume_fraction:g} cannot be packed: {error}"
            raise Fault(given, remedy, ["volume_fraction"]) from None

    def _statistics(self, packing: Packing, mesh: MeshData) -> dict[str, object]:
        layer = float(packing.lengths.prod())
        active = np.array(mesh.grain_phase)[mesh.cell_grain] == "active"
        meshed = measures(mesh.points, mesh.cells[active]).sum()
        touching = packing.cut.contact(packing.radii[packing.pressed], packing.dim).sum()
        return {
            "Volume fraction asked": self.volume_fraction,
            "Volume fraction packed": packing.volume_fraction,
            "Volume fraction meshed": float(meshed / layer),
            "Particles": len(packing.radii),
            "Particles at the collector": int(packing.pressed.sum()),
            "Collector contact asked": self.collector_contact,
            "Collector contact made": float(touching / packing.lengths[1:].prod()),
            "Smallest diameter [um]": float(2 * packing.radii.min()),
            "Mean diameter [um]": float(2 * packing.radii.mean()),
            "Largest diameter [um]": float(2 * packing.radii.max()),
            "Smallest gap [um]": packing.smallest_gap(),
            "Specific surface [um-1]": interface_measure(mesh, "active", "catholyte") / layer,
        }
