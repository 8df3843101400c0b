"""Fields of a cell gathered on rank 0 for output."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from ecmcell.case.field_names import DEFAULT, is_among
from ecmcell.columns import fields
from ecmcell.columns.column import Field, described
from ecmcell.domain.faces import ExteriorBoundary, FacetSet
from ecmcell.evaluation.observables import Observables
from ecmcell.evaluation.placement import Cells, Facets, Fields, Points
from ecmcell.output.mesh import OutputMesh
from ecmcell.simulation.cell import Cell


class Maps:
    """Gathers what a case asks for of all that its subjects have to show, and the mesh of it.

    All methods are collective; what they return is complete on rank 0 and empty elsewhere.

    Args:
        cell: The cell.
        observables: Its subjects.
    """

    def __init__(self, cell: Cell, observables: Observables):
        self._cell, self._subjects = cell, observables.subjects
        self._names = cell.case.output.fields
        domain = cell.domain
        shown = {boundary for subject in self._subjects for boundary in subject.boundaries()}
        self._points, self._cells = Points(domain), Cells(domain)
        self._facets = Facets(
            domain, [boundary for boundary in domain.boundaries if boundary in shown]
        )

    def mesh(self) -> OutputMesh | None:
        """The mesh with points of their own for every body, on rank 0."""
        domain, phases = self._cell.domain, tuple(self._cell.case.phases)
        phase_of_subdomain = np.array([phases.index(p.phase) for p in domain.subdomains])
        regions, numbers = domain.bodies, range(len(domain.bodies))
        phase = {
            b: phase_of_subdomain[domain.cell_subdomain[r.parents]] for b, r in regions.items()
        }
        body = {
            b: np.full(len(r.parents), k)
            for k, (b, r) in zip(numbers, regions.items(), strict=True)
        }
        cells = self._cells.nodes(self._points.starts)
        cell_phase, cell_body = self._cells.put(phase), self._cells.put(body)
        if domain.comm.rank != 0:
            return None
        pairs = [_pair_name(face) for face in self._facets.nodes]
        names = tuple(dict.fromkeys(pairs))
        facets = [self._facets_of(face) for face in self._facets.nodes]
        pair_of_facet = [
            np.full(len(nodes), names.index(pair), dtype=np.int32)
            for nodes, pair in zip(facets, pairs, strict=True)
        ]
        empty = np.zeros((0, domain.dim), dtype=np.int64)
        return OutputMesh(
            points=self._points.coordinates,
            cells=cells,
            cell_phase=cell_phase.astype(np.int32),
            phase_names=phases,
            cell_body=cell_body.astype(np.int32),
            body_names=tuple(regions),
            interface_points=self._points.coordinates,
            interface_facets=np.concatenate([empty, *facets]),
            interface_pair=np.concatenate([np.zeros(0, dtype=np.int32), *pair_of_facet]),
            pair_names=names,
        )

    def point_fields(self) -> Fields:
        """Fields on points; nan where a phase has none."""
        found = (subject.point_fields(self._points) for subject in self._subjects)
        return self._chosen(found, fields.POINTS)

    def cell_fields(self) -> Fields:
        """Fields on cells; nan where a phase has none."""
        found = (subject.cell_fields(self._cells) for subject in self._subjects)
        return self._chosen(found, fields.CELLS)

    def interface_fields(self) -> Fields:
        """Fields on interface facets, means of their nodes; nan where a contact has none."""
        found = (subject.interface_fields(self._facets) for subject in self._subjects)
        return self._chosen(found, fields.INTERFACES)

    def lacking(self, written: Collection[str]) -> list[str]:
        """Fields that the case names and its mesh does not have.

        Args:
            written: Names with units of those that are there.
        """
        there = {field.key for field in fields.FIELDS if field.header in written}
        return [name for name in self._names if name not in (DEFAULT, *there)]

    def _chosen(self, found: Iterable[Fields], declared: Sequence[Field]) -> Fields:
        """Those that the case asks for, in the order in which they are declared."""
        offered = {name: one for one in found for name in one}
        asked = {described(name, declared) for name in offered}
        chosen = [one for one in declared if one in asked and is_among(one, self._names)]
        return {one.header: offered[one.header][one.header] for one in chosen}

    def _facets_of(self, face: FacetSet) -> np.ndarray:
        """The points of each facet of a face."""
        return self._facets.nodes[face] + self._points.starts[face.near.body]


def _pair_name(face: FacetSet) -> str:
    far = face.tag if isinstance(face, ExteriorBoundary) else face.minus.phase
    return f"{face.near.phase}|{far}"
