"""How the crystallites of active material lie."""

from typing import Self

from ecmcell.columns import fields
from ecmcell.evaluation.placement import Cells, Fields
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.simulation.cell import Cell


class Crystals(Subject):
    """The crystal axis of each cell, three components also in 2D, where strain follows it.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        found = {name: body.axis for name, body in cell.active.items()}
        self._axes = {name: axis for name, axis in found.items() if axis is not None}

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where some active material is anisotropic."""
        crystals = cls(cell)
        return crystals if crystals._axes else None

    def cell_fields(self, cells: Cells) -> Fields:
        """The axes, unit vectors."""
        values = {}
        for name, axis in self._axes.items():
            nodes = axis.function_space.dofmap.list.ravel()
            values[name] = axis.x.array.reshape(-1, 3)[nodes]
        return {fields.AXIS.header: cells.put(values, (3,))}
