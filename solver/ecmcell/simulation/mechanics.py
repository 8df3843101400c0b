"""Displacements of all bodies between rigid platens as one linear system."""

import numpy as np
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Contact, Outer
from ecmcell.domain.plan import Part
from ecmcell.numerics import linear
from ecmcell.numerics.blocks import BlockSystem
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.mixing import Anderson
from ecmcell.numerics.newton import Effort, Newton
from ecmcell.numerics.scalars import ScalarEquation, prescribe
from ecmcell.physics import fracture, interfaces, mechanics
from ecmcell.simulation import cracks, touching
from ecmcell.simulation.energies import Energies
from ecmcell.simulation.filaments import Filaments
from ecmcell.simulation.flow import flows
from ecmcell.simulation.joints import Joints
from ecmcell.simulation.lithium import ActiveBody, Swelling
from ecmcell.simulation.metals import lithium_faces
from ecmcell.simulation.state import THICKNESS, State, parts_from_electrode

# Residual forces relative to a pressure of 1 MPa on the footprint.
_TOLERANCE = 1e-8
_LARGEST_COUNT = 10
# Where interfaces soften, kinks keep Newton's steps from gaining more than this. In
# cases/nmc811_contact_loss 1e-4 takes a thirtieth less of them, but a tenth more iterations in all
# and 26 in the place of 23 for the longest linear solve.
_FORCING = 1e-3
# Where parts may crack their stress has a kink between tension and compression, and where they
# flow one between elastic and plastic.
_LARGEST_COUNT_OF_KINKS = 30
# MPa that weigh as much as all of a contact where turns are accelerated.
_STRESS = 100.0


class Mechanics:
    """Elastic bodies with chemical strain, joined by stiff interfaces, under a platen.

    The platens are rigid: the face at the anode is fixed, that at the collector moves with the
    uniform stretch of the stack, whose equation is that the mean stress along x balances the
    pressure. Both faces are free of friction. From a lithium electrode they may part.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        active: Bodies of active material.
        filaments: Lithium in cracks, if there may be any.
    """

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        active: dict[str, ActiveBody],
        filaments: Filaments | None = None,
    ):
        self.case, self.domain, self.state, self.active = case, domain, state, active
        self._filaments = filaments
        self._scalars = (state.stretch, state.pressure, *state.filament_pressure)
        self._elastic = {part: self._lame(part) for part in domain.parts}
        self.joints = Joints(case, domain, state)
        self._laws = cracks.laws(case, domain, state)
        self._flows = flows(case, domain, state, self._elastic)
        self._length = float(np.ptp(domain.bounds[:, 0]))
        self.area = domain.role_area("collector")
        self._tests = {b: ufl.TestFunction(u.function_space) for b, u in state.displacement.items()}
        # The cell is put together under the stack pressure, whatever the platen keeps later.
        kept = prescribe(1, len(self._scalars), needed(case.cell.stack_pressure))
        self._platen = ScalarEquation(algebraic=kept)
        self._give = lambda: needed(case.cell.stack_pressure) * state.stretch.value
        self._newton = self._build()
        self.energies: Energies | None = None
        self.cracks: cracks.Cracks | None = None
        if self._laws or self._flows:
            self.energies = self._build_energies()
        if self._laws:
            stored = {part: self.stored_energy(part) for part in self._laws}
            filled = filaments.potential if filaments is not None else 0
            self.cracks = cracks.Cracks(
                case, domain, state, self._laws, stored, filled, self._potential
            )
        self._normal = self._electrode_stresses()
        self.hydrostatic = {
            body: Average(
                domain,
                region.scalars,
                [(self.hydrostatic_stress(p), domain.dx(p)) for p in region.parts],
            )
            for body, region in domain.bodies.items()
        }
        # Averaged together: what the average of the steep stress misses at a surface cancels.
        self._offsets = [
            (body, swelling, self._offset(body, swelling))
            for body in active.values()
            for swelling in body.swellings
        ]
        self._ready: list[tuple[fem.Function, np.ndarray]] = []
        self._is_mixed = case.debonds or any(body.axis is not None for body in active.values())
        handed = self._handed()
        self._units = np.repeat(
            [1.0 if f in self.joints.handed else _STRESS for f in handed],
            [len(f.x.array) for f in handed],
        )
        self._mixing = Anderson(domain.comm, _owned(handed))

    def _handed(self) -> list[fem.Function]:
        """All that the electrochemistry reckons with, in the order of `_ready`."""
        stresses = [swelling.stress_offset for _, swelling, _ in self._offsets]
        stresses += [self.state.normal_stress[name] for name in self._normal]
        return stresses + self.joints.handed

    def solve(self) -> Effort:
        """Solve for the displacements at the present stoichiometry.

        Raises:
            NotConverged: If the linear solver fails.
        """
        self._swell()
        if self.cracks is None:
            return self._displace()
        effort = self.cracks.solve(self._displace)
        if self._filaments is not None:
            effort += self._displace()  # for what opens is what the last change of damage leaves
        return effort

    def _swell(self) -> None:
        """Take over the chemical strain at the present stoichiometry."""
        for body in self.active.values():
            for swelling in body.swellings:
                swelling.nodes.x.array[:] = swelling.table(body.x.x.array)

    def _displace(self) -> Effort:
        """Solve for the displacements; where that fails they are what they were before."""
        fields = list(self.state.displacement.values())
        before = [u.x.array.copy() for u in fields], [s.value for s in self._scalars]
        try:
            effort = self._find_displacements()
        except NotConverged:
            for u, values in zip(fields, before[0], strict=True):
                u.x.array[:] = values
            for scalar, value in zip(self._scalars, before[1], strict=True):
                scalar.value = value
            raise
        for flow in self._flows.values():
            flow.update()
        return effort

    def _find_displacements(self) -> Effort:
        """Solve with the cracks filled that are full, as a set that is found by trying."""
        effort = self.joints.solve(self._newton, scale=self.area)
        members = self._filaments.members if self._filaments is not None else []
        for _ in range(_LARGEST_COUNT):
            if not any([filament.switch() for filament in members]):
                return effort
            effort += self.joints.solve(self._newton, scale=self.area)
        raise NotConverged("lithium in cracks neither fills them nor leaves them")

    def begin_step(self) -> None:
        """Make the present state the start of the next time step."""
        self.joints.begin_step()
        for flow in self._flows.values():
            flow.begin_step()
        if self.energies is not None:
            self._swell()
            self.energies.begin_step()
        if self.cracks is not None:
            self.cracks.begin_step()

    def flow_stress(self) -> float:
        """Largest equivalent stress in what flows, MPa."""
        return self.domain.largest(max((f.largest_stress for f in self._flows.values()), default=0))

    def plastic_work(self) -> float:
        """Work on plastic strains since the step began, pJ."""
        return sum(flow.work for flow in self._flows.values())

    @property
    def system(self) -> BlockSystem:
        """Fields and scalars with their equations."""
        return self._newton.system

    @property
    def unknowns(self) -> int:
        """Number of unknowns over all ranks."""
        return self.system.unknowns

    def mismatch(self) -> float:
        """How far stresses and contact are from those that the electrochemistry has reckoned with.

        Returns:
            The largest difference over all ranks, of stresses relative to the largest stress (or
            1 MPa), of contact factors as they are.
        """
        self._ready = []
        size = 1.0
        for body, swelling, average in self._offsets:
            offset = average.update().x.array
            self._ready.append((swelling.stress_offset, offset))
            stress = offset - swelling.fall(body.swellings)
            size = max(size, np.abs(stress).max(initial=0.0))
        for name, normal in self._normal.items():
            self._ready.append((self.state.normal_stress[name], normal.update().x.array))
        of_stress = _largest_change(self._ready) / self.domain.largest(size)
        contact = self.joints.contact()
        self._ready += contact
        of_cracks = self.cracks.mismatch() if self.cracks is not None else 0.0
        of_lithium = 0.0
        if self._filaments is not None:
            of_lithium = max(filament.mismatch() for filament in self._filaments.members)
        changes = of_stress, _largest_change(contact), of_cracks, of_lithium
        return self.domain.largest(max(changes))

    def begin_turns(self, step: float) -> None:
        """Begin the turns of a time step of some s; those before are forgotten."""
        self._mixing.forget()
        self.joints.begin_turns(step)
        for flow in self._flows.values():
            flow.begin_turns(step)

    def hand_over(self) -> None:
        """Let the electrochemistry reckon with what was last looked at.

        Isotropic bodies that hold together answer as foreseen, and their turns converge as they
        are. What an anisotropic one answers depends on the direction of a wave, and where a gap is
        about to close, the current that returns would open it again: these turns are accelerated.
        """
        now = [values for _, values in self._ready]
        if self._is_mixed and now:
            given = np.concatenate([handed.x.array for handed, _ in self._ready])
            mixed = self._mixing.next(given / self._units, np.concatenate(now) / self._units)
            now = np.split(mixed * self._units, np.cumsum([len(values) for values in now])[:-1])
        for (handed, _), values in zip(self._ready, now, strict=True):
            handed.x.array[:] = values
        for contact in self.joints.handed:
            np.clip(contact.x.array, 0.0, 1.0, out=contact.x.array)
        if self.cracks is not None:
            self.cracks.hand_over()
        if self._filaments is not None:
            self._filaments.hand_over()

    # Stresses in forms

    def strain(self, part: Part) -> Expr:
        """Total strain in a part."""
        return mechanics.strain(self.state.displacement[part.body]) + mechanics.stretch(
            self.state.stretch.symbol, self.domain.dim
        )

    def elastic_strain(self, part: Part) -> Expr:
        """The 3 x 3 elastic strain in a part."""
        return fracture.elastic_strain(self.strain(part), self._swelling(part))

    def stored_energy(self, part: Part) -> Expr:
        """Elastic energy a volume in a part, MPa."""
        elastic, strain = self._elastic[part], self.elastic_strain(part)
        if part in self._flows:
            strain = self._flows[part].elastic_strain(self.strain(part))
        if part in self._laws:
            return self._laws[part].stored(elastic, strain)
        return sum(fracture.SPLITS["none"].energies(elastic, strain))

    def stress(self, part: Part) -> Expr:
        """Stress in a part in MPa, in the plane in 2D."""
        if part in self._laws or part in self._flows:
            full, dim = self.full_stress(part), self.domain.dim
            return ufl.as_matrix([[full[i, j] for j in range(dim)] for i in range(dim)])
        return mechanics.stress(self._elastic[part], self.strain(part), self._swelling(part))

    def full_stress(self, part: Part) -> Expr:
        """The 3 x 3 stress in a part in MPa."""
        if part in self._flows:
            return self._flows[part].stress(self.strain(part))
        if part in self._laws:
            return self._laws[part].stress(self._elastic[part], self.elastic_strain(part))
        return mechanics.full_stress(self._elastic[part], self.strain(part), self._swelling(part))

    def hydrostatic_stress(self, part: Part) -> Expr:
        """Hydrostatic stress in a part in MPa."""
        if part in self._laws:
            return ufl.tr(self.full_stress(part)) / 3.0
        return mechanics.hydrostatic_stress(
            self._elastic[part], self.strain(part), self._swelling(part)
        )

    def normal_stress(self, outer: Outer) -> Expr:
        """Normal stress on outer facets in MPa, negative in compression."""
        normal = self.domain.normal
        return ufl.inner(ufl.dot(self.stress(outer.part), normal), normal)

    def traction(self, contact: Contact) -> Expr:
        """Traction in MPa that the minus side exerts on the plus side."""
        return self.joints[contact].traction()

    def _electrode_stresses(self) -> dict[str, Average]:
        """Normal stress around the nodes of lithium electrodes, by body of electrolyte."""
        terms: dict[str, list[tuple[Expr, ufl.Measure, str | None]]] = {}
        for lithium in lithium_faces(self.case, self.domain, self.state):
            face = lithium.face
            if isinstance(face, Outer):
                pull, measure = self.normal_stress(face), self.domain.ds(face)
            else:
                pull = interfaces.normal_part(self.traction(face), self.domain.normal("+"))
                measure = self.domain.nodal(face)
            of_body = terms.setdefault(lithium.electrolyte.body, [])
            of_body.append((pull, measure, lithium.side))
        return {
            body: Average(self.domain, self.domain.bodies[body].scalars, faces)
            for body, faces in terms.items()
        }

    # The system

    def _build(self) -> Newton:
        bodies = self.state.displacement
        residuals = {body: 0 for body in bodies}
        for part in self.domain.parts:
            virtual = mechanics.strain(self._tests[part.body])
            residuals[part.body] += ufl.inner(self.stress(part), virtual) * self.domain.dx(part)
        if self._filaments is not None:
            for body, displacement in bodies.items():
                potential, test = self._filaments.potential, self._tests[body]
                residuals[body] += ufl.derivative(potential, displacement, test)
        for contact in self.domain.contacts:
            force, measure = self.traction(contact), self.domain.nodal(contact)
            for part, sign in ((contact.plus, -1.0), (contact.minus, 1.0)):
                test = self._tests[part.body](contact.side(part))
                residuals[part.body] += sign * ufl.inner(force, test) * measure
        for outer, joint in self.joints.faces.items():
            body = outer.part.body
            pull = ufl.inner(joint.traction(), self._tests[body])
            residuals[body] -= pull * self.domain.nodal(outer)
        system = BlockSystem(
            self.domain,
            list(bodies.values()),
            list(residuals.values()),
            [self._fixed(body) for body in bodies],
            scalars=self._scalars,
            equations=(self._balance(), self._platen, *self._fillings()),
            refresh=self._refresh,
        )
        # Pieces that cracks have cut off are all but loose: in the plane factors serve them better.
        # So they do next to volumes that hardly change.
        is_hard = bool(self._laws or self._flows)
        direct = self.case.solver.linear == "direct" or (is_hard and self.domain.dim == 2)
        modes = () if direct else linear.rigid_modes(system.layout.spaces)
        elastic = linear.SOFTENING if self.joints.cohesive else linear.ELASTICITY
        # What flows next to a gap is as soft as a crack: 170 iterations, where others gave up.
        if self._laws or (self._flows and self.joints.cohesive):
            elastic = elastic | linear.CRACKED
        options = linear.DIRECT if direct else elastic
        solver = linear.LinearSolver(system, options, modes=modes)
        count = _LARGEST_COUNT_OF_KINKS if self._laws or self._flows else _LARGEST_COUNT
        return Newton(system, solver, _TOLERANCE, count, _FORCING)

    def _build_energies(self) -> Energies:
        domain = self.domain
        stored = {part: self.stored_energy(part) for part in domain.parts}
        held = sum(energy * domain.dx(part) for part, energy in stored.items())
        spent = cracks.spent(domain, self._laws) if self._laws else None
        swelling = []
        for body in self.active.values():
            part = body.part
            for one in body.swellings:
                test = ufl.TestFunction(one.nodes.function_space)
                pull = ufl.inner(self.full_stress(part), one.directions)
                swelling.append((one.nodes, pull * test * domain.dx(part)))
        swelling += self._plated_forces()
        joined = self.joints.stored()
        return Energies(
            domain,
            self.state,
            held,
            spent,
            sum(joined) if joined else None,
            swelling,
            self.area * self._length,
        )

    def _plated_forces(self) -> list[tuple[fem.Function, ufl.Form]]:
        """What meshed metal pulls with where its thickness changes."""
        contacts = touching.metal_contacts(self.case, self.domain)
        if not self.state.plated or not contacts:
            return []
        thickness = self.state.plated[THICKNESS]
        test = ufl.TestFunction(thickness.function_space)
        force = 0
        for contact in contacts:
            pull = interfaces.normal_part(self.traction(contact), contact.here(self.domain.normal))
            force += pull * contact.here(test) * self.domain.nodal(contact)
        return [(thickness, force)]

    def _potential(self) -> float:
        """What displacements and damage minimise, pJ."""
        assert self.energies is not None
        given = self.area * self._length * self._give()
        members = self._filaments.members if self._filaments is not None else []
        sources = sum(filament.source_energy() for filament in members)
        return self.energies.total + sum(self.joints.dissipated()) + given + sources

    def _refresh(self) -> None:
        for flow in self._flows.values():
            flow.refresh()

    def _fillings(self) -> list[ScalarEquation]:
        """One equation for the pressure of each filament."""
        if self._filaments is None:
            return []
        count = len(self._scalars)
        first = count - len(self._filaments.members)
        return [
            filament.equation(first + k, count, self.area)
            for k, filament in enumerate(self._filaments.members)
        ]

    def _balance(self) -> ScalarEquation:
        """Mean stress along x balances the pressure: int sigma_xx dx / L + p A = 0."""
        length = self.domain.constant(self._length)
        mean = sum(self.stress(p)[0, 0] / length * self.domain.dx(p) for p in self.domain.parts)
        gradient = np.zeros(len(self._scalars))
        gradient[1] = self.area
        return ScalarEquation(mean, lambda scalars: (self.area * scalars[1], gradient))

    def release_platen(self) -> None:
        """From the present state on, let the platen keep what the case says."""
        cell = self.case.cell
        stretch, pressure = self.state.stretch.value, self.state.pressure.value
        if cell.platen == "gap":
            self._platen.algebraic = prescribe(0, len(self._scalars), stretch)
            self._give = lambda: 0.0
        elif cell.platen == "spring":
            stiffness = needed(cell.platen_stiffness) * self._length
            gradient = np.zeros(len(self._scalars))
            gradient[:2] = -stiffness, 1.0
            self._platen.algebraic = lambda scalars: (
                scalars[1] - pressure - stiffness * (scalars[0] - stretch),
                gradient,
            )
            self._give = lambda: (
                0.5 * (self.state.pressure.value + pressure) * (self.state.stretch.value - stretch)
            )

    def _fixed(self, body: str) -> np.ndarray:
        """Dofs without displacement: normal to the platens, and to the sides where these slide.

        With free sides the lower one of each pair is a plane of symmetry.
        """
        dim, region = self.domain.dim, self.domain.bodies[body]
        ends = (0, 1) if self.case.cell.sides == "symmetric" else (0,)
        held = [r for r in ("anode", "collector") if not parts_from_electrode(self.case, r)]
        space, find = region.displacements, self.domain.boundary_nodes
        nodes = [find(region, held, axis=0, space=space) * dim]
        for axis in range(1, dim):
            nodes.append(find(region, ["side"], axis, ends, space) * dim + axis)
        return np.concatenate(nodes)

    def _lame(self, part: Part) -> tuple[fem.Constant, fem.Constant]:
        material = self.case.phases[part.phase].material
        pair = mechanics.lame(needed(material.youngs_modulus), needed(material.poisson_ratio))
        return self.domain.constant(pair[0]), self.domain.constant(pair[1])

    def _offset(self, body: ActiveBody, swelling: Swelling) -> Average:
        """Mean stress along the directions of a swelling plus its expected fall, around nodes."""
        stress = ufl.inner(self.full_stress(body.part), swelling.directions) / swelling.count
        value = stress + body.expected_fall(swelling)
        space = self.domain.bodies[body.part.body].scalars
        # In the middle of cells: there the swelling is what their constant strain answers to.
        return Average(self.domain, space, [(value, self.domain.dx(body.part)(degree=1))])

    def _swelling(self, part: Part) -> Expr:
        active = self.active.get(part.body)
        if active is None:
            return ufl.zero((3, 3))
        return active.chemical_strain()


def _largest_change(pairs: list[tuple[fem.Function, np.ndarray]]) -> float:
    changes = (np.abs(now - handed.x.array).max(initial=0.0) for handed, now in pairs)
    return max(changes, default=0.0)


def _owned(functions: list[fem.Function]) -> np.ndarray:
    """Which entries of functions this rank owns, one after another."""
    owned = [np.zeros(0, dtype=bool)]
    for function in functions:
        local = np.arange(len(function.x.array))
        owned.append(local < function.function_space.dofmap.index_map.size_local)
    return np.concatenate(owned)
