"""How unevenly the current leaves a lithium electrode."""

import numpy as np
import numpy.typing as npt

from ecmcell.domain.average import Average
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.metals import LithiumFace

_CURRENT_DENSITY = 0.1  # mA/cm2 in 1 pA/um2
_HIGH = 0.99  # share of the face that carries less than the percentile told
_AT_REST = 1e-6  # of the current of the protocol


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
            domain.integral(cell.state.contact_factor(lithium.face) * reactions[lithium].measure)
            for lithium in self._currents
        ]

    def row(self) -> dict[str, float]:
        """The present state in numbers, by name with unit; nan without current."""
        current, weight, points = self._everywhere()
        area = float(weight.sum())
        touching = sum(integral.value for integral in self._touching) / area
        mean = float(np.abs(current) @ weight) / area
        row = {f"{self._name} contact": touching}
        if mean * area <= _AT_REST * self._cell.current_scale:
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
            f"{self._name} highest current density [mA.cm-2]": _CURRENT_DENSITY * highest,
            f"{self._name} current density, 99th percentile [mA.cm-2]": _CURRENT_DENSITY * across,
            f"{self._name} current density of real contact [mA.cm-2]": _CURRENT_DENSITY
            * (mean / touching if touching > 0.0 else np.nan),
        }
        for axis, value in zip("yz", where[1:], strict=False):
            row[f"{self._name} hotspot {axis} [um]"] = float(value)
        return row

    def _everywhere(self) -> tuple[npt.NDArray[np.float64], ...]:
        """Current density, area and coordinates of the nodes of the electrode, over all ranks."""
        domain = self._cell.domain
        found = [np.zeros((0, 2 + domain.dim))]
        for lithium, average in self._currents.items():
            body = lithium.electrolyte.body
            points = domain.bodies[body].scalars.tabulate_dof_coordinates()
            values, weight = average.owned(), average.owned_weight
            there = weight > 0.0
            found.append(
                np.column_stack((values, weight, points[: len(values), : domain.dim]))[there]
            )
        rows = np.concatenate(domain.comm.allgather(np.concatenate(found)))
        return rows[:, 0], rows[:, 1], rows[:, 2:]
