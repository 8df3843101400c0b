"""Stresses and strains in the bodies."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Self

import numpy as np
import numpy.typing as npt

from ecmcell.columns import fields
from ecmcell.columns import mechanics as columns
from ecmcell.domain.average import Average
from ecmcell.domain.recovery import Recovery
from ecmcell.evaluation.placement import Cells, Fields, OnDemand, Points
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.physics import mechanics as physics
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.processes.deformation.stresses import largest
from ecmcell.simulation.cell import Cell

Array = npt.NDArray[np.float64]
Invariant = Callable[[Array], Array]
_INVARIANTS: dict[str, Invariant] = {
    fields.PRINCIPAL.header: physics.max_principal,
    fields.VON_MISES.header: physics.von_mises,
}


class Stresses(Subject):
    """Stresses at nodes and in the middle of cells, strains there.

    Args:
        cell: The cell.
        mechanics: Its mechanics.
    """

    def __init__(self, cell: Cell, mechanics: Mechanics):
        self._domain, self._mechanics = cell.domain, mechanics

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where there is mechanics."""
        return next((cls(cell, mechanics) for mechanics in cell.all(Mechanics)), None)

    def row(self) -> dict[str, float]:
        """The largest hydrostatic stress of any node, MPa."""
        found = [average.owned() for average in self._mechanics.hydrostatic.values()]
        highest = max(values.max(initial=-np.inf) for values in found)
        return {columns.HYDROSTATIC.header: self._domain.max(highest)}

    def point_fields(self, points: Points) -> Fields:
        """Stress and its invariants at nodes, MPa.

        Where phases of a body meet, the hydrostatic stress and the tensor are means of both, the
        other invariants are the larger ones.
        """
        found: dict[str, Callable[[], Array]] = {
            fields.HYDROSTATIC.header: lambda: _nodal(points, self._mechanics.hydrostatic),
            fields.STRESS.header: lambda: physics.full(_nodal(points, self._at_nodes)),
        }
        for name, invariant in _INVARIANTS.items():
            found[name] = partial(self._invariant_at_nodes, points, invariant)
        return OnDemand(found)

    def cell_fields(self, cells: Cells) -> Fields:
        """Stress and its invariants in the middle of cells, MPa; strain there."""
        found: dict[str, Callable[[], Array]] = {
            fields.CELL_STRESS.header: lambda: cells.put(_tensors(self._in_cells), (3, 3)),
            fields.STRAIN.header: lambda: cells.put(_tensors(self._strain_in_cells), (3, 3)),
        }
        for name, invariant in _INVARIANTS.items():
            found[name] = partial(self._invariant_in_cells, cells, invariant)
        return OnDemand(found)

    def _invariant_at_nodes(self, points: Points, invariant: Invariant) -> Array:
        return points.nodal({b: largest(one, invariant) for b, one in self._at_nodes.items()})

    def _invariant_in_cells(self, cells: Cells, invariant: Invariant) -> Array:
        return cells.put({b: invariant(one) for b, one in _tensors(self._in_cells).items()})

    # What only fields need is made with the first of them.

    @cached_property
    def _at_nodes(self) -> dict[str, Recovery]:
        return {body: self._mechanics.stresses.at_nodes(body) for body in self._domain.bodies}

    @cached_property
    def _in_cells(self) -> dict[str, Average]:
        return {body: self._mechanics.stresses.in_cells(body) for body in self._domain.bodies}

    @cached_property
    def _strain_in_cells(self) -> dict[str, Average]:
        stresses = self._mechanics.stresses
        return {body: stresses.strain_in_cells(body) for body in self._domain.bodies}


def _nodal(points: Points, recoveries: Mapping[str, Recovery]) -> Array:
    """What recoveries find at the nodes of their bodies."""
    return points.nodal({body: recovery.update() for body, recovery in recoveries.items()})


def _tensors(averages: Mapping[str, Average]) -> dict[str, Array]:
    """Averages of `physics.COMPONENTS` as tensors, shape (cells, 3, 3), by body."""
    return {
        body: physics.full(average.update().x.array.reshape(-1, len(physics.COMPONENTS)))
        for body, average in averages.items()
    }
