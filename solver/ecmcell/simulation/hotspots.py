"""How unevenly the current leaves a lithium electrode."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ecmcell.domain.average import Average
from ecmcell.output.units import CURRENT_DENSITY
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.metals import LithiumFace

_HIGH = 0.99  # share of the face that carries less than the percentile told

Floats = npt.NDArray[np.float64]


class Hotspots:
    """Evaluates the current through one lithium electrode, per footprint and per touching area.

    Args:
        cell: The cell.
        role: The electrode, `anode` or `collector`.
        currents: Current density on its faces, averaged around nodes of the electrolyte.
    """

    def __init__(self, cell: Cell, role: str, currents: dict[LithiumFace, Average]):
        self._cell, self._name = cell, role.capitalize()
        domain, reactions = cell.domain, cell.electrochemistry.electrodes
        self._currents = {face: a for face, a in currents.items() if face.role == role}
        self._touching = [
            domain.integral(
                cell.electrochemistry.layers.contact(lithium.face) * reactions[lithium].measure
            )
            for lithium in self._currents
        ]
        places = [
            domain.bodies[face.electrolyte.body].scalars.tabulate_dof_coordinates()[:, : domain.dim]
            for face in self._currents
        ]
        self._points = self._everywhere(places)
        self._weight = self._everywhere([a.owned_weight for a in self._currents.values()])

    def row(self) -> dict[str, float]:
        """The present state in numbers, by name with unit; nan without current."""
        weight, points = self._weight, self._points
        current = self._everywhere([a.owned() for a in self._currents.values()])
        area = float(weight.sum())
        touching = sum(integral.value for integral in self._touching) / area
        mean = float(np.abs(current) @ weight) / area
        row = {f"{self._name} contact": touching}
        if self._cell.at_rest:
            highest = across = factor = np.nan
            where = np.full(points.shape[1], np.nan)
        else:
            order = np.argsort(np.abs(current))
            below = np.cumsum(weight[order]) / area
            across = float(np.abs(current)[order][np.searchsorted(below, _HIGH)])
            highest, where = float(np.abs(current).max()), points[order[-1]]
            factor = highest / mean
        row |= {
            f"{self._name} hotspot factor": factor,
            f"{self._name} highest current density [mA.cm-2]": CURRENT_DENSITY * highest,
            f"{self._name} current density, 99th percentile [mA.cm-2]": CURRENT_DENSITY * across,
            f"{self._name} current density of real contact [mA.cm-2]": CURRENT_DENSITY
            * (mean / touching if touching > 0.0 else np.nan),
        }
        for axis, value in zip("yz", where[1:], strict=False):
            row[f"{self._name} hotspot {axis} [um]"] = float(value)
        return row

    def _everywhere(self, by_face: Sequence[Floats]) -> Floats:
        """What each face has at nodes of this rank, at the nodes of the electrode of all ranks."""
        found = []
        for values, average in zip(by_face, self._currents.values(), strict=True):
            weight = average.owned_weight
            found.append(values[: len(weight)][weight > 0.0])
        return np.concatenate(self._cell.domain.comm.allgather(np.concatenate(found)))
