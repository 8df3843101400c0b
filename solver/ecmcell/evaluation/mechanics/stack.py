"""What the platens do to the stack."""

from typing import Self

import numpy as np
from dolfinx import fem

from ecmcell.columns import fields
from ecmcell.columns import mechanics as columns
from ecmcell.domain.region import Region
from ecmcell.evaluation.placement import Fields, Points
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.deformation.platens import Platens
from ecmcell.simulation.cell import Cell


class Stack(Subject):
    """Pressure and strain of the stack, and displacements with that strain.

    Args:
        cell: The cell.
        platens: What presses on it.
    """

    def __init__(self, cell: Cell, platens: Platens):
        self._domain, self._state, self._platens = cell.domain, cell.state, platens

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where there is mechanics."""
        return next((cls(cell, platens) for platens in cell.all(Platens)), None)

    def row(self) -> dict[str, float]:
        """Theory.md (23)."""
        state, strain = self._state, self._state.axial_strain.value
        row = {
            columns.PRESSURE.header: state.pressure.value,
            columns.STRAIN.header: strain,
        }
        if self._platens.is_loose:
            row[columns.THICKNESS_STRAIN.header] = state.thickness_strain.value
        if state.layer:
            thicker = strain * float(np.ptp(self._domain.bounds[:, 0]))
            row[columns.THICKER.header] = thicker + state.accumulators["layer_growth"]
        return row

    def point_fields(self, points: Points) -> Fields:
        """Displacements in um."""
        bodies = self._domain.bodies
        linear = {b: _linear(bodies[b], u) for b, u in self._state.displacement.items()}
        displacement, x = points.nodal(linear), points.coordinates[:, 0]
        displacement[:, 0] += self._state.axial_strain.value * (x - self._domain.bounds[0, 0])
        return {fields.DISPLACEMENT.header: displacement}


def _linear(region: Region, displacement: fem.Function) -> fem.Function:
    """A displacement at the nodes that are written."""
    if not region.is_quadratic:
        return displacement
    found = fem.Function(region.vectors)
    found.interpolate(displacement)
    return found
