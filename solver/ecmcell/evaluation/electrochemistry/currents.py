"""How evenly the current crosses interfaces."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from ecmcell.columns import fields
from ecmcell.columns import interfaces as columns
from ecmcell.columns.units import CURRENT_DENSITY
from ecmcell.domain.average import Average
from ecmcell.evaluation.placement import Facets, Fields
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.reactions.reactions import sides
from ecmcell.simulation.cell import Cell


class Currents(Subject):
    """Current densities through interfaces, lithium electrodes and boundaries of grains.

    Args:
        cell: The cell.
        probes: The currents.
    """

    def __init__(self, cell: Cell, probes: Probes):
        self._cell, self._probes = cell, probes

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self:
        """Every cell has them."""
        return cls(cell, probes)

    def row(self) -> dict[str, float]:
        """The largest over the mean: theory.md (31)."""
        probes = self._probes
        found = probes.currents or probes.electrode_currents
        row = {columns.HOTSPOT.header: self._hotspot_factor(found)}
        if probes.grain_boundary_currents:
            factor = self._hotspot_factor(probes.grain_boundary_currents)
            row[columns.BOUNDARY_HOTSPOT.header] = factor
        return row

    def interface_fields(self, facets: Facets) -> Fields:
        """Current densities in mA/cm2, those on active material around nodes of the host."""
        bodies, probes, out = self._cell.domain.bodies, self._probes, {}
        if probes.currents:
            hosts = {c: bodies[sides(c, self._cell.active)[0].body] for c in probes.currents}
            out[fields.INTERFACE_CURRENT.header] = facets.put(probes.currents, hosts)
        electrodes = {e.face: average for e, average in probes.electrode_currents.items()}
        if any(face in facets.nodes for face in electrodes):
            around = {e.face: bodies[e.electrolyte.body] for e in probes.electrode_currents}
            out[fields.ELECTRODE_CURRENT.header] = facets.put(electrodes, around)
        if probes.grain_boundary_currents:
            currents = facets.put(probes.grain_boundary_currents)
            out[fields.BOUNDARY_CURRENT.header] = np.abs(currents)
        return {name: CURRENT_DENSITY * currents for name, currents in out.items()}

    def _hotspot_factor(self, currents: Mapping[Any, Average]) -> float:
        """Largest over mean size of a current density on some facets; nan without current."""
        if self._cell.at_rest:
            return float("nan")
        largest, charge, area = 0.0, 0.0, 0.0
        for average in currents.values():
            size, weight = np.abs(average.owned()), average.owned_weight
            largest = max(largest, size.max(initial=0.0))
            charge, area = charge + float(size @ weight), area + float(weight.sum())
        charge, area = self._cell.domain.total(charge), self._cell.domain.total(area)
        return self._cell.domain.max(largest) * area / charge if charge > 0.0 else np.nan
