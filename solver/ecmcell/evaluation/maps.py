"""Fields of a cell gathered on rank 0 for output."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.materials import PolymerElectrolyte, needed
from ecmcell.columns import fields
from ecmcell.columns.units import CURRENT_DENSITY
from ecmcell.domain import gather
from ecmcell.domain.average import Average
from ecmcell.domain.faces import Face, Outer
from ecmcell.domain.plan import Part
from ecmcell.domain.region import Region
from ecmcell.evaluation.observables import Observables
from ecmcell.output.mesh import OutputMesh
from ecmcell.physics import charge, mechanics
from ecmcell.processes.deformation.stresses import largest
from ecmcell.processes.reactions.reactions import sides
from ecmcell.processes.state import GAP, THICKNESS
from ecmcell.simulation.cell import Cell

Fields = dict[str, np.ndarray]
_LAYERS = {fields.THICKNESS.header: THICKNESS, fields.VOIDS.header: GAP}
_INVARIANTS = {
    fields.PRINCIPAL.header: mechanics.largest_principal,
    fields.VON_MISES.header: mechanics.von_mises,
}


class Maps:
    """Knows where the values of each body go in the arrays that are written.

    All methods are collective; what they return is complete on rank 0 and empty elsewhere.

    Args:
        cell: The cell.
        observables: Averages on its interfaces.
    """

    def __init__(self, cell: Cell, observables: Observables):
        self.cell, self.observables = cell, observables
        self._root = cell.domain.comm.rank == 0
        domain = cell.domain
        self._points = {b: gather.gather_points(r) for b, r in domain.bodies.items()}
        counts = [len(points) for points in self._points.values()]
        self._starts = dict(zip(self._points, np.cumsum([0, *counts]), strict=False))
        self._count = sum(counts)
        self._additive_nodes = {
            body: gather.gather_node_map(region, domain.bodies[body])
            for body, region in cell.state.additive_regions.items()
        }
        self._crack_nodes = {
            body: gather.gather_node_map(region, domain.bodies[body])
            for body, region in cell.state.crack_regions.items()
        }
        self._cells = {b: gather.gather_cells(r) for b, r in domain.bodies.items()}
        faces: list[Face] = [*domain.contacts]
        electrodes = cell.electrochemistry.electrodes.reactions
        if observables.hotspots or (cell.mechanics and cell.mechanics.joints.faces):
            faces += [lithium.face for lithium in electrodes if isinstance(lithium.face, Outer)]
        self._near = {face: domain.bodies[face.near.body] for face in faces}
        self._face_nodes = {
            face: gather.gather_face_nodes(domain, face, region)
            for face, region in self._near.items()
        }
        self._cell_averages = self._prepare_cell_averages()
        stresses = cell.mechanics.stresses if cell.mechanics is not None else None
        self._stresses = {b: stresses.at_nodes(b) for b in domain.bodies} if stresses else {}
        self._cell_stresses = {b: stresses.in_cells(b) for b in domain.bodies} if stresses else {}
        self._layers = {
            name: {
                outer: Average(
                    domain,
                    self._near[outer].scalars,
                    [(cell.state.layer[kind], domain.nodal(outer), None)],
                )
                for outer in cell.electrochemistry.layers.members
            }
            for name, kind in _LAYERS.items()
            if kind in cell.state.layer
        }

    def mesh(self) -> OutputMesh | None:
        """The mesh with points of their own for every body, on rank 0."""
        domain = self.cell.domain
        phases = tuple(self.cell.case.phases)
        phase_of_part = np.array([phases.index(p.phase) for p in domain.parts])
        cell_phase = [
            gather.gather_cell_values(r, phase_of_part[domain.cell_part[r.parents]])
            for r in domain.bodies.values()
        ]
        if not self._root:
            return None
        points = np.concatenate(list(self._points.values()))
        cells = [c + self._starts[b] for b, c in self._cells.items()]
        names = tuple(dict.fromkeys(self._pair_name(face) for face in self._near))
        facets = [n + self._starts[face.near.body] for face, n in self._face_nodes.items()]
        empty = np.zeros((0, domain.dim), dtype=np.int64)
        return OutputMesh(
            points=points,
            cells=np.concatenate(cells),
            cell_phase=np.concatenate(cell_phase).astype(np.int32),
            phase_names=phases,
            cell_body=np.repeat(np.arange(len(cells), dtype=np.int32), [len(c) for c in cells]),
            body_names=tuple(domain.bodies),
            interface_points=points,
            interface_facets=np.concatenate([empty, *facets]),
            interface_pair=np.concatenate(
                [np.zeros(0, dtype=np.int32)]
                + [
                    np.full(len(n), names.index(self._pair_name(face)), dtype=np.int32)
                    for face, n in self._face_nodes.items()
                ]
            ),
            pair_names=names,
        )

    def point_fields(self) -> Fields:
        """Fields on points; nan where a phase has none."""
        state, out = self.cell.state, {}
        if state.stoichiometry:
            out[fields.STOICHIOMETRY.header] = self._nodal(state.stoichiometry)
            out[fields.CONCENTRATION.header] = self._nodal(
                state.stoichiometry,
                {b: a.material.maximum_concentration for b, a in self.cell.active.items()},
            )
            potential = self._nodal(state.electrode)
            out[fields.ELECTRODE.header] = potential + state.voltage.value
        out[fields.ELECTROLYTE.header] = self._nodal(state.electrolyte)
        if state.salt:
            out[fields.SALT.header] = self._nodal(state.salt, self._salt_at_rest())
        if state.additive:
            potential = self._spread(state.additive, self._additive_nodes)
            if state.at_anode:
                here = self._spread(state.at_anode, self._additive_nodes)
                potential += (1.0 - here) * state.voltage.value
                out[fields.LEAKED.header] = potential
                out[fields.LITHIUM.header] = out[fields.ELECTROLYTE.header] - potential
            else:
                out[fields.ADDITIVE.header] = potential + state.voltage.value
        if self.cell.mechanics is not None:
            displacement = self._nodal(self._linear_displacements())
            x = np.concatenate(list(self._points.values()))[:, 0]
            origin = self.cell.domain.bounds[0, 0]
            displacement[:, 0] += state.stretch.value * (x - origin)
            out[fields.DISPLACEMENT.header] = displacement
            if state.crack:
                out[fields.DAMAGE.header] = self._spread(state.crack, self._crack_nodes)
                graph = needed(self.cell.crack_graph)
                cracked = {body: graph.cracked(body).astype(float) for body in state.crack}
                out[fields.IN_CRACK.header] = self._put(cracked, self._crack_nodes)
            hydrostatic = {b: a.update() for b, a in self.cell.mechanics.hydrostatic.items()}
            out[fields.HYDROSTATIC.header] = self._nodal(hydrostatic)
            for name, invariant in _INVARIANTS.items():
                at_nodes = {b: largest(s, invariant) for b, s in self._stresses.items()}
                out[name] = self._nodal(at_nodes)
        return out

    def cell_fields(self) -> Fields:
        """Fields on cells; nan where a phase has none."""
        out = {name: self._cellwise(averages) for name, averages in self._cell_averages.items()}
        return out | self._stresses_in_cells() | self._crystal_axes()

    def interface_fields(self) -> Fields:
        """Fields on interface facets, means of their nodes; nan where a contact has none."""
        domain, active = self.cell.domain, self.cell.active
        hosts = {c: domain.bodies[sides(c, active)[0].body] for c in self.observables.currents}
        near, out = self._near, {}
        if hosts:
            currents = self._on_facets(self.observables.currents, hosts)
            out[fields.INTERFACE_CURRENT.header] = CURRENT_DENSITY * currents
        electrodes = self.observables.electrode_currents
        if any(lithium.face in near for lithium in electrodes):
            bodies = {e.face: domain.bodies[e.electrolyte.body] for e in electrodes}
            currents = self._on_facets({e.face: a for e, a in electrodes.items()}, bodies)
            out[fields.ELECTRODE_CURRENT.header] = CURRENT_DENSITY * currents
        for name, thicknesses in self._layers.items():
            out[name] = self._on_facets(thicknesses, near)
        if self.observables.crossing_currents:
            currents = self._on_facets(self.observables.crossing_currents, near)
            out[fields.BOUNDARY_CURRENT.header] = CURRENT_DENSITY * np.abs(currents)
        if self.observables.normal_tractions:
            pulls, shears = self.observables.normal_tractions, self.observables.shear_tractions
            out[fields.NORMAL.header] = self._on_facets(pulls, near)
            out[fields.SHEAR.header] = self._on_facets(shears, near)
        if self.observables.debonding is not None:
            for name, averages in self.observables.debonding.fields.items():
                out[name] = self._on_facets(averages, near)
        return out

    # Cell averages

    def _prepare_cell_averages(self) -> dict[str, dict[str, Average]]:
        """Averages by name and body."""
        domain = self.cell.domain
        ionic: dict[Part, Expr] = {}
        electronic: dict[Part, Expr] = {}
        for part in domain.parts:
            ions, electrons = self._currents(part)
            if ions is not None:
                ionic[part] = CURRENT_DENSITY * ions
            if electrons is not None:
                electronic[part] = CURRENT_DENSITY * electrons
        quantities = {
            fields.IONIC_CURRENT.header: ionic,
            fields.ELECTRONIC_CURRENT.header: electronic,
        }
        return {name: self._averages(by_part) for name, by_part in quantities.items() if by_part}

    def _currents(self, part: Part) -> tuple[Expr | None, Expr | None]:
        """Current density in pA/um2 carried by ions and by electrons."""
        state, properties = self.cell.state, self.cell.properties.of(part)
        if part.body in state.electrode:
            conductivity = properties.electronic_conductivity
            return None, charge.current_density(conductivity, state.electrode[part.body])
        if part.body not in state.electrolyte:
            return None, None
        moving = self.cell.electrochemistry.electrolytes.parts[part]
        ions = charge.current_density(moving.conductivity, moving.driving)
        region = state.additive_regions.get(part.body)
        if region is None or part not in region.parts:
            return ions, None
        conductivity = properties.electronic_conductivity
        return ions, charge.current_density(conductivity, state.electrons(part.body))

    def _averages(self, by_part: Mapping[Part, Expr]) -> dict[str, Average]:
        """Means of vectors over cells, by body."""
        domain, made = self.cell.domain, {}
        for body, region in domain.bodies.items():
            terms = [(by_part[p], domain.dx(p)) for p in region.parts if p in by_part]
            if terms:
                made[body] = Average(domain, region.constants((domain.dim,)), terms)
        return made

    def _crystal_axes(self) -> Fields:
        """The crystal axis of each cell, three components also in 2D, where strain follows it."""
        axes = {name: body.axis for name, body in self.cell.active.items()}
        if all(axis is None for axis in axes.values()):
            return {}
        columns = []
        for name, region in self.cell.domain.bodies.items():
            values = np.full((len(region.parents), 3), np.nan)
            axis = axes.get(name)
            if axis is not None:
                nodes = axis.function_space.dofmap.list.ravel()
                values = axis.x.array.reshape(-1, 3)[nodes]
            columns.append(gather.gather_cell_values(region, values))
        return {fields.AXIS.header: np.concatenate(columns)}

    def _cellwise(self, averages: Mapping[str, Average]) -> np.ndarray:
        bodies = []
        for body, region in self.cell.domain.bodies.items():
            values = np.full((len(region.parents), self.cell.domain.dim), np.nan)
            if body in averages:
                found, weight = averages[body].update().x.array, averages[body].weight.x.array
                values = np.where(weight > 0.0, found, np.nan).reshape(values.shape)
            bodies.append(gather.gather_cell_values(region, values))
        return np.concatenate(bodies)

    def _stresses_in_cells(self) -> Fields:
        """Invariants of the stress in the middle of cells."""
        found = {}
        for body, stress in self._cell_stresses.items():
            values = stress.update().x.array.reshape(-1, len(mechanics.COMPONENTS))
            found[body] = mechanics.full(values)
        return {
            name: np.concatenate(
                [
                    gather.gather_cell_values(region, invariant(found[body]))
                    for body, region in self.cell.domain.bodies.items()
                ]
            )
            for name, invariant in _INVARIANTS.items()
            if found
        }

    # Nodes and facets

    def _nodal(
        self,
        functions: Mapping[str, fem.Function],
        factors: Mapping[str, float] | None = None,
    ) -> np.ndarray:
        """Values on all points from functions by body."""
        out = None
        for body, function in functions.items():
            values = gather.gather_nodes(function)
            if out is None:
                out = np.full((self._count, *values.shape[1:]), np.nan)
            start = self._starts[body]
            factor = 1.0 if factors is None else factors[body]
            out[start : start + len(values)] = factor * values
        return np.zeros(0) if out is None else out

    def _linear_displacements(self) -> dict[str, fem.Function]:
        """Displacements at the nodes that are written."""
        out = {}
        for body, displacement in self.cell.state.displacement.items():
            region = self.cell.domain.bodies[body]
            out[body] = displacement
            if region.is_quadratic:
                out[body] = fem.Function(region.vectors)
                out[body].interpolate(displacement)
        return out

    def _salt_at_rest(self) -> dict[str, float]:
        """Concentration in mol/m3 that is 1 in the state, by body."""
        of, bodies = self.cell.properties.of, self.cell.domain.bodies
        return {
            b: of(bodies[b].parts[0]).made_of(PolymerElectrolyte).salt_concentration
            for b in self.cell.state.salt
        }

    def _spread(
        self, functions: Mapping[str, fem.Function], nodes: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        """Values on all points from functions on a part of each body, whose nodes these are."""
        return self._put({b: gather.gather_nodes(f) for b, f in functions.items()}, nodes)

    def _put(self, values: Mapping[str, np.ndarray], nodes: Mapping[str, np.ndarray]) -> np.ndarray:
        """Gathered values of a part of each body on all points."""
        out = np.full(self._count, np.nan)
        for body, given in values.items():
            out[self._starts[body] + nodes[body]] = given
        return out

    def _on_facets(
        self, averages: Mapping[Any, Average], regions: Mapping[Any, Region]
    ) -> np.ndarray:
        out = []
        for face, nodes in self._face_nodes.items():
            if face in averages:
                function = averages[face].update()
                values = gather.gather_face_values(self.cell.domain, face, regions[face], function)
            else:
                values = np.full(len(nodes), np.nan)
            out.append(values)
        return np.concatenate(out)

    def _pair_name(self, face: Face) -> str:
        far = face.role if isinstance(face, Outer) else face.minus.phase
        return f"{face.near.phase}|{far}"
