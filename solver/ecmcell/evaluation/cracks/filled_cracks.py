"""The lithium in the cracks of a cell in numbers."""

from math import nan
from typing import Self

from ecmcell.columns import lithium as columns
from ecmcell.columns import run
from ecmcell.columns.units import AREAL_CHARGE, CURRENT_DENSITY
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.filled_cracks.filled_crack import Filament
from ecmcell.processes.filled_cracks.filled_cracks import Filaments
from ecmcell.simulation.cell import Cell


class FilledCracks(Subject):
    """Evaluates the filaments of a cell in which lithium may fill cracks.

    Args:
        cell: The cell.
        filaments: The lithium.
    """

    def __init__(self, cell: Cell, filaments: Filaments):
        self._cell, self._filaments = cell, filaments
        self._unit = "um2" if cell.domain.dim == 2 else "um3"

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where lithium may fill cracks."""
        return next((cls(cell, one) for one in cell.all(Filaments)), None)

    def row(self) -> dict[str, float]:
        """The present filaments; nan for those that are not there."""
        members = self._filaments.members
        row: dict[str, float] = {}
        total = 0.0
        for filament in members:
            plating = -CURRENT_DENSITY * filament.current / self._cell.area
            row |= self._about(filament, plating)
            total += plating if filament.is_there else 0.0
        row[columns.INTO_CRACKS.header] = total
        row[columns.FILLED_CRACK_ERROR.header] = max(self._error(f) for f in members)
        return row

    def summary(self) -> dict[str, object]:
        """When lithium reached the cathode, after which charge, and on which way, if it did."""
        cell, short = self._cell, self._filaments.short
        if short is None:
            return {"short circuit": None}
        found = {
            run.TIME.header: short.time,
            "Charge [mA.h.cm-2]": abs(short.charge) / cell.area * AREAL_CHARGE,
            "Path [um]": short.path[:, : cell.domain.dim].tolist(),
        }
        return {"short circuit": found}

    def _about(self, filament: Filament, plating: float) -> dict[str, float]:
        there, of = filament.is_there, {"crack": filament.name.capitalize()}
        volume = columns.FILLED_CRACK_VOLUME.of(**of, unit=self._unit)
        return {
            columns.FILLED_CRACK_PRESSURE.of(**of): filament.pressure.value if there else nan,
            columns.FILLED_CRACK_DEPTH.of(**of): self._filaments.depth.get(filament.name, nan),
            volume: filament.volume if there else nan,
            columns.FILLED_CRACK_PLATING.of(**of): plating if there else nan,
        }

    @staticmethod
    def _error(filament: Filament) -> float:
        """How far the opening of a full crack is from its lithium, relative to it."""
        if not filament.is_there or filament.pressure.value <= 0.0 or not filament.volume > 0.0:
            return 0.0
        return abs(filament.opening / filament.volume - 1.0)
