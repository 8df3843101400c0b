"""Layers of lithium on boundaries."""

from collections.abc import Sequence
from functools import cached_property
from typing import Self

from dolfinx import fem

from ecmcell.columns import fields
from ecmcell.domain.average import Average
from ecmcell.domain.faces import ExteriorBoundary, FacetSet
from ecmcell.evaluation.placement import Facets, Fields
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.reactions import lithium_layers
from ecmcell.processes.state import GAP, THICKNESS
from ecmcell.simulation.cell import Cell

_FIELDS = {fields.THICKNESS.header: THICKNESS, fields.VOIDS.header: GAP}


class Layers(Subject):
    """How thick they are, and what voids leave of them.

    Args:
        cell: The cell, before its first step.
    """

    def __init__(self, cell: Cell):
        self._cell, self._inventories = cell, cell.the(lithium_layers.Layers).lithium_inventories()

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where lithium is a layer."""
        return cls(cell) if cell.the(lithium_layers.Layers).members else None

    def row(self) -> dict[str, float]:
        """Each of them in numbers."""
        return {name: value for one in self._inventories for name, value in one.row().items()}

    def boundaries(self) -> Sequence[ExteriorBoundary]:
        """The faces that they lie on."""
        return list(self._cell.the(lithium_layers.Layers).members)

    def interface_fields(self, facets: Facets) -> Fields:
        """Thickness and voids in um."""
        return {name: facets.put(averages) for name, averages in self._averages.items()}

    @cached_property
    def _averages(self) -> dict[str, dict[FacetSet, Average]]:
        """Both by name and face, around nodes of the electrolyte; fields alone need them."""
        layer = self._cell.state.layer
        return {
            name: {boundary: self._around(boundary, layer[kind]) for boundary in self.boundaries()}
            for name, kind in _FIELDS.items()
            if kind in layer
        }

    def _around(self, boundary: ExteriorBoundary, value: fem.Function) -> Average:
        domain = self._cell.domain
        space = domain.bodies[boundary.subdomain.body].scalars
        return Average(domain, space, [(value, domain.nodal(boundary), None)])
