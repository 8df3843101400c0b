"""The lithium in the cracks of a cell in numbers."""

from math import nan
from typing import Self

from ecmcell.columns import lithium as columns
from ecmcell.columns import run
from ecmcell.columns.units import AREAL_CHARGE, CURRENT_DENSITY
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.filled_cracks.filled_crack import FilledCrack
from ecmcell.processes.filled_cracks.filled_cracks import FilledCracks
from ecmcell.simulation.cell import Cell


class CrackFilling(Subject):
    """Evaluates the filled cracks of a cell in which lithium may fill cracks.

    Args:
        cell: The cell.
        filled_cracks: The lithium.
    """

    def __init__(self, cell: Cell, filled_cracks: FilledCracks):
        self._cell, self._filled_cracks = cell, filled_cracks
        self._unit = "um2" if cell.domain.dim == 2 else "um3"

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where lithium may fill cracks."""
        return next((cls(cell, one) for one in cell.all(FilledCracks)), None)

    def row(self) -> dict[str, float]:
        """The present filled cracks; nan for those that are not there."""
        members = self._filled_cracks.members
        row: dict[str, float] = {}
        total = 0.0
        for filled_crack in members:
            plating = -CURRENT_DENSITY * filled_crack.current / self._cell.area
            row |= self._about(filled_crack, plating)
            total += plating if filled_crack.is_there else 0.0
        row[columns.INTO_CRACKS.header] = total
        row[columns.FILLED_CRACK_ERROR.header] = max(self._error(f) for f in members)
        return row

    def summary(self) -> dict[str, object]:
        """When lithium reached the cathode, after which charge, and on which way, if it did."""
        cell, short = self._cell, self._filled_cracks.short
        if short is None:
            return {"short circuit": None}
        found = {
            run.TIME.header: short.time,
            "Charge [mA.h.cm-2]": abs(short.charge) / cell.area * AREAL_CHARGE,
            "Path [um]": short.path[:, : cell.domain.dim].tolist(),
        }
        return {"short circuit": found}

    def _about(self, filled_crack: FilledCrack, plating: float) -> dict[str, float]:
        there, of = filled_crack.is_there, {"crack": filled_crack.name.capitalize()}
        volume = columns.FILLED_CRACK_VOLUME.of(**of, unit=self._unit)
        return {
            columns.FILLED_CRACK_PRESSURE.of(**of): filled_crack.pressure.value if there else nan,
            columns.FILLED_CRACK_DEPTH.of(**of): self._filled_cracks.depth.get(
                filled_crack.name, nan
            ),
            volume: filled_crack.volume if there else nan,
            columns.FILLED_CRACK_PLATING.of(**of): plating if there else nan,
        }

    @staticmethod
    def _error(filled_crack: FilledCrack) -> float:
        """How far the opening of a full crack is from its lithium, relative to it."""
        if (
            not filled_crack.is_there
            or filled_crack.pressure.value <= 0.0
            or not filled_crack.volume > 0.0
        ):
            return 0.0
        return abs(filled_crack.opening / filled_crack.volume - 1.0)
