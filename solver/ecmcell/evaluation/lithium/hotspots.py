"""Where the current of lithium electrodes crowds."""

from collections.abc import Sequence
from typing import Self

from ecmcell.domain.faces import ExteriorBoundary
from ecmcell.evaluation.lithium.electrode_current import ElectrodeCurrent
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.state import debonds_from_electrode
from ecmcell.simulation.cell import Cell

# By which the area of a flat electrode may differ from its footprint, relative to this.
_FLAT = 1e-6


class Hotspots(Subject):
    """Lithium electrodes whose current may be uneven: for want of contact, or not flat.

    Args:
        cell: The cell.
        probes: The currents.

    Attributes:
        members: The electrodes.
    """

    def __init__(self, cell: Cell, probes: Probes):
        self._cell, self._currents = cell, probes.electrode_currents
        self.members = [
            ElectrodeCurrent(cell, tag, self._currents)
            for tag in ("anode", "collector")
            if self._is_uneven(tag)
        ]

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where there is one."""
        hotspots = cls(cell, probes)
        return hotspots if hotspots.members else None

    def row(self) -> dict[str, float]:
        """How uneven the current of each is."""
        return {name: value for one in self.members for name, value in one.row().items()}

    def histogram(self) -> list[dict[str, float | str]]:
        """How its current is spread, bin by bin."""
        return [row for one in self.members for row in one.histogram()]

    def summary(self) -> dict[str, object]:
        """How much kinetics spread the current."""
        return {"Wagner number": {one.tag: one.wagner for one in self.members}}

    def boundaries(self) -> Sequence[ExteriorBoundary]:
        """The faces of all lithium electrodes that are not meshed."""
        faces = [lithium.face for lithium in self._currents]
        return [face for face in faces if isinstance(face, ExteriorBoundary)]

    def _is_uneven(self, tag: str) -> bool:
        """Whether an electrode is parted from, has a map of contact or is not flat."""
        cell = self._cell
        faces = {one: average for one, average in self._currents.items() if one.tag == tag}
        area = cell.domain.total(sum(float(a.owned_weight.sum()) for a in faces.values()))
        varies = cell.state.contact_map is not None or bool(cell.state.layer)
        parts = debonds_from_electrode(cell.case, tag) or any(face.law.debonds for face in faces)
        is_flat = abs(area / cell.area - 1.0) < _FLAT
        return bool(faces) and (varies or parts or not is_flat)
