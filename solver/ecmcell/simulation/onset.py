"""When lithium in cracks ends a run."""

from ecmcell.simulation.cell import Cell

SHORT, PENETRATION = "short circuit", "penetration"


class Onset:
    """Watches the filaments of a cell.

    Args:
        cell: The cell, initialised.
    """

    def __init__(self, cell: Cell):
        self._filaments = cell.filaments
        anode = cell.case.lithium_anode
        law = anode.filled_cracks if anode is not None else None
        self._limit = law.max_growth if law is not None else None
        self._start = dict(cell.filaments.depth) if cell.filaments is not None else {}

    def ends_run(self) -> str | None:
        """Why the run ends at the present state: no protocol goes on from there; None if not."""
        if self._filaments is None:
            return None
        if self._filaments.short is not None:
            return SHORT
        grown = (
            depth - self._start.setdefault(name, depth)
            for name, depth in self._filaments.depth.items()
        )
        return PENETRATION if max(grown, default=0.0) > (self._limit or float("inf")) else None
