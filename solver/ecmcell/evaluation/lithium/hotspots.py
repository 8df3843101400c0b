"""Where the current of lithium electrodes crowds."""

from collections.abc import Sequence
from typing import Self

from ecmcell.domain.faces import Outer
from ecmcell.evaluation.lithium.electrode_current import ElectrodeCurrent
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.state import parts_from_electrode
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
            ElectrodeCurrent(cell, role, self._currents)
            for role in ("anode", "collector")
            if self._is_uneven(role)
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
        return {"Wagner number": {one.role: one.wagner for one in self.members}}

    def outers(self) -> Sequence[Outer]:
        """The faces of all lithium electrodes that are not meshed."""
        faces = [lithium.face for lithium in self._currents]
        return [face for face in faces if isinstance(face, Outer)]

    def _is_uneven(self, role: str) -> bool:
        """Whether an electrode is parted from, has a map of contact or is not flat."""
        cell = self._cell
        faces = {one: average for one, average in self._currents.items() if one.role == role}
        area = cell.domain.total(sum(float(a.owned_weight.sum()) for a in faces.values()))
        varies = cell.state.contact_map is not None or bool(cell.state.layer)
        parts = parts_from_electrode(cell.case, role) or any(face.law.parts for face in faces)
        is_flat = abs(area / cell.area - 1.0) < _FLAT
        return bool(faces) and (varies or parts or not is_flat)
