"""Recipe `wavy`: an electrolyte and an active material that meet along a sine."""

from dataclasses import replace
from typing import Literal

import numpy as np

from ecmcell.case.faults import Fault
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.recipes.base import Extent, ExtentOrZero, Recipe
from ecmcell.microstructure.recipes.layered import Layer, Layered


class Wavy(Recipe):
    """Keys of a recipe file that starts with `recipe = "wavy"`.

    Attributes:
        width: Width of the section, one wave.
        separator: Mean thickness of the electrolyte, at the anode.
        active: Mean thickness of the active material.
        amplitude: Height of the wave over its mean.
        size: Maximum edge length of the cells.
    """

    recipe: Literal["wavy"]
    width: Extent
    separator: Extent
    active: Extent
    amplitude: ExtentOrZero
    size: Extent

    def is_section(self) -> bool:
        """Whether it has two dimensions: always."""
        return True

    def build(self, seed: int) -> MeshData:
        """Mesh flat layers, and bend them; the seed is not used."""
        most = 0.5 * min(self.separator, self.active)
        if self.amplitude > most:
            given = f"a wave of {self.amplitude:g} um leaves too little of a layer"
            raise Fault(given, f"Give at most {most:g} um.", ["amplitude"])
        thicknesses = {"separator": self.separator, "active": self.active}
        layers = [
            Layer(phase=phase, thickness=f"{thickness} um", size=f"{self.size} um")
            for phase, thickness in thicknesses.items()
        ]
        flat = Layered(
            recipe="layered",
            dimension=2,
            width=f"{self.width} um",
            size=f"{self.size} um",
            layers=layers,
        ).build(seed)
        x, y = flat.points.T
        total = self.separator + self.active
        hat = np.interp(x, [0.0, self.separator, total], [0.0, 1.0, 0.0])
        points = flat.points.copy()
        points[:, 0] += self.amplitude * hat * np.sin(2.0 * np.pi * y / self.width)
        return replace(flat, points=points)
