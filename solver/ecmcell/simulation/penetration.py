"""The lithium in the cracks of a cell in numbers."""

from math import nan

from ecmcell.output.units import CURRENT_DENSITY
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.filaments import Filament


class Penetration:
    """Evaluates the filaments of a cell in which lithium may fill cracks.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        assert cell.filaments is not None
        self._cell, self._filaments = cell, cell.filaments
        self._unit = "um2" if cell.domain.dim == 2 else "um3"

    def row(self) -> dict[str, float]:
        """The present filaments, by name with unit; nan for those that are not there."""
        members = self._filaments.members
        row: dict[str, float] = {}
        for filament in members:
            row |= self._of(filament)
        plating = -sum(f.current for f in members if f.is_there)
        row["Current into cracks [mA.cm-2]"] = CURRENT_DENSITY * plating / self._cell.area
        row["Filament volume error"] = max(self._error(f) for f in members)
        return row

    def _of(self, filament: Filament) -> dict[str, float]:
        there, name = filament.is_there, filament.name.capitalize()
        plating = -CURRENT_DENSITY * filament.current / self._cell.area if there else nan
        return {
            f"{name} pressure [MPa]": filament.pressure.value if there else nan,
            f"{name} depth [um]": self._filaments.depth.get(filament.name, nan),
            f"{name} lithium [{self._unit}]": filament.volume if there else nan,
            f"{name} plating [mA.cm-2]": plating,
        }

    @staticmethod
    def _error(filament: Filament) -> float:
        """How far the opening of a full crack is from its lithium, relative to it."""
        if not filament.is_there or filament.pressure.value <= 0.0 or not filament.volume > 0.0:
            return 0.0
        return abs(filament.opening / filament.volume - 1.0)
