"""Displacements of all bodies between rigid platens as one linear system."""

from collections.abc import Mapping

import numpy as np
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Contact
from ecmcell.numerics import linear
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.newton import Effort, Newton
from ecmcell.numerics.staged import Staged
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.numerics.system.scalars import ScalarEquation
from ecmcell.physics import interfaces
from ecmcell.processes import initial_contact
from ecmcell.processes.carriers.lithium import ActiveBody
from ecmcell.processes.cracks import cracks
from ecmcell.processes.deformation import couplings
from ecmcell.processes.deformation.drag import Drag
from ecmcell.processes.deformation.electrode_stress import ElectrodeStress
from ecmcell.processes.deformation.energies import Energies
from ecmcell.processes.deformation.platens import Platens, supports
from ecmcell.processes.deformation.stresses import Stresses
from ecmcell.processes.filled_cracks.filled_cracks import Filaments
from ecmcell.processes.interfaces.interfaces import Joints
from ecmcell.processes.process import Process
from ecmcell.processes.reactions.metals import LithiumFace, lithium_faces
from ecmcell.processes.state import THICKNESS, State
from ecmcell.processes.subdomain import Properties

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
# Strains over which the kink of cracks is rounded in turn where it stops Newton's method; the last
# is none at all.
_ROUNDINGS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-12)


class _Swelling(Process):
    """The chemical strain of active material, as the mechanics is solved with it."""

    def __init__(self, active: Mapping[str, ActiveBody]):
        self._swellings = [(body.x, one) for body in active.values() for one in body.swellings]

    def update(self) -> None:
        """Take over the chemical strain at the present stoichiometry."""
        for x, swelling in self._swellings:
            swelling.nodes.x.array[:] = swelling.table(x.x.array)

    def begin_step(self) -> None:
        """Let work count from the present strain on."""
        self.update()


class Mechanics:
    """Elastic bodies with chemical strain, joined by stiff interfaces, under a platen.

    The platens are rigid: the face at the anode is fixed, that at the collector moves with the
    uniform stretch of the stack, whose equation is that the mean stress along x balances the
    pressure. Both faces are free of friction. From a lithium electrode they may part; if it is
    rough it lies on a cushion of lithium. A section in generalised plane strain strains across the
    plane by one more such number.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        properties: Those of all parts.
        active: Bodies of active material.
        filaments: Lithium in cracks, if there may be any.

    Attributes:
        platens: What presses on the stack.
        couplings: Stresses and contact, in the equations of lithium and potentials.
        processes: What deforms, breaks and flows.
    """

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        properties: Properties,
        active: dict[str, ActiveBody],
        filaments: Filaments | None = None,
    ):
        self.case, self.domain, self.state, self.active = case, domain, state, active
        self._filaments = filaments
        self.stresses = Stresses(case, domain, state, properties, active)
        self._laws, self._flows = self.stresses.cracking, self.stresses.flows
        self.joints = Joints(case, domain, state)
        self._drag, self._swelling = Drag(domain, state), _Swelling(active)
        self._pushing: list[Process] = [self.joints, self._drag]
        if filaments is not None:
            self._pushing.append(filaments)
        self.platens = Platens(case, domain, state, self.stresses.full_stress)
        self._scalars = (*self.platens.scalars, *state.filament_pressure)
        self.area = domain.footprint
        self._tests = {b: ufl.TestFunction(u.function_space) for b, u in state.displacement.items()}
        self._newton = self._build()
        self._solver: Newton | Staged = self._newton
        if self._laws:
            self._solver = Staged(self._newton, self.stresses.rounding, _ROUNDINGS)
        self.energies: Energies | None = None
        self.cracks: cracks.Cracks | None = None
        if self._laws or self._flows or self.joints.cohesive:
            self.energies = self._build_energies()
        if self._laws:
            driving = {part: self.stresses.driving(part) for part in self._laws}
            filled = filaments.pressed if filaments is not None else 0
            self.cracks = cracks.Cracks(
                case, domain, state, self._laws, driving, filled, self._potential
            )
        self.hydrostatic = {
            body: self.stresses.hydrostatic_at_nodes(body) for body in domain.bodies
        }
        self.couplings = couplings.of_mechanics(
            case, domain, state, active, self.stresses, self.joints, self._electrode_stresses()
        )
        found = (
            self.joints,
            self._drag,
            *self._flows.values(),
            self._swelling,
            self.energies,
            self.cracks,
        )
        self.processes: list[Process] = [process for process in found if process is not None]

    def solve(self) -> Effort:
        """Solve for the displacements at the present stoichiometry.

        Raises:
            NotConverged: If the linear solver fails.
        """
        self._swelling.update()
        if self.cracks is None:
            return self._displace()
        effort = self.cracks.solve(self._displace)
        if self._filaments is not None:
            effort += self._displace()  # for what opens is what the last change of damage leaves
        return effort

    def _displace(self) -> Effort:
        """Solve for the displacements; where that fails they are what they were before."""
        before = self.system.copy()
        try:
            effort = self._find_displacements()
        except NotConverged:
            self.system.restore(before)
            raise
        for flow in self._flows.values():
            flow.update()
        return effort

    def _find_displacements(self) -> Effort:
        """Solve with the cracks filled that are full, as a set that is found by trying."""
        effort = self._join()
        members = self._filaments.members if self._filaments is not None else []
        for _ in range(_LARGEST_COUNT):
            if not any([filament.switch() for filament in members]):
                return effort
            effort += self._join()
        raise NotConverged("lithium in cracks neither fills them nor leaves them")

    def _join(self) -> Effort:
        return self.joints.solve(self._solver, self.area, self._potential)

    def begin_step(self) -> None:
        """Make the present state the start of the next time step."""
        for process in self.processes:
            process.begin_step()

    def begin_iterations(self, step: float) -> None:
        """Begin the iterations that find the end of a time step of some s."""
        for process in self.processes:
            process.begin_iterations(step)

    def flow_stress(self) -> float:
        """Largest equivalent stress in what flows, MPa."""
        return self.domain.largest(max((f.largest_stress for f in self._flows.values()), default=0))

    @property
    def system(self) -> BlockSystem:
        """Fields and scalars with their equations."""
        return self._newton.system

    @property
    def unknowns(self) -> int:
        """Number of unknowns over all ranks."""
        return self.system.unknowns

    def traction(self, contact: Contact) -> Expr:
        """Traction in MPa that the minus side exerts on the plus side."""
        return self.joints[contact].traction()

    # The system

    def _build(self) -> Newton:
        bodies = self.state.displacement
        residuals = {
            body: self._work(body, test) - self.platens.push(body, test)
            for body, test in self._tests.items()
        }
        system = BlockSystem(
            self.domain,
            list(bodies.values()),
            list(residuals.values()),
            [self._fixed(body) for body in bodies],
            scalars=self._scalars,
            equations=(*self.platens.equations, *self._fillings()),
            refresh=self._refresh,
        )
        # Pieces that cracks have cut off are all but loose: in the plane factors serve them better.
        # So they do next to volumes that hardly change.
        is_stiff = bool(self.case.quadratic_phases)
        is_hard = bool(self._laws) or is_stiff
        direct = self.case.solver.linear == "direct" or (is_hard and self.domain.dim == 2)
        modes = () if direct else linear.rigid_modes(system.layout.spaces)
        elastic = linear.SOFTENING if self.joints.cohesive else linear.ELASTICITY
        # What flows next to a gap is as soft as a crack: 170 iterations, where others gave up.
        if self._laws or (is_stiff and self.joints.cohesive):
            elastic = elastic | linear.ELASTICITY_OF_CRACKED
        elif is_stiff:
            elastic = elastic | linear.QUADRATIC
        options = linear.DIRECT if direct else elastic
        solver = linear.LinearSolver(system, options, modes=modes)
        count = _LARGEST_COUNT_OF_KINKS if self._laws or self._flows else _LARGEST_COUNT
        return Newton(system, solver, _TOLERANCE, count, _FORCING)

    def _work(self, body: str, virtual: ufl.Argument) -> ufl.Form:
        """Work of stress in a body, less that of forces on it, on a virtual displacement, pJ."""
        parts = self.domain.bodies[body].parts
        work = sum(self.stresses.virtual_work(part, virtual) for part in parts)
        return work - sum(process.virtual_work(body, virtual) for process in self._pushing)

    def _build_energies(self) -> Energies:
        domain = self.domain
        stored = {part: self.stresses.stored_energy(part) for part in domain.parts}
        held = sum(energy * domain.dx(part) for part, energy in stored.items())
        spent = cracks.spent(domain, self._laws) if self._laws else None
        swelling = []
        for body in self.active.values():
            part = body.part
            for one in body.swellings:
                test = ufl.TestFunction(one.nodes.function_space)
                pull = ufl.inner(self.stresses.full_stress(part), one.directions)
                swelling.append((one.nodes, pull * test * domain.dx(part)))
        swelling += self._plated_forces() + self._layer_forces()
        joined = self.joints.stored()
        return Energies(
            domain,
            self.state,
            held,
            spent,
            sum(joined) if joined else None,
            swelling,
            self.platens.displaced,
            self.platens.lateral,
        )

    def _plated_forces(self) -> list[tuple[fem.Function, ufl.Form]]:
        """What meshed metal pulls with where its thickness changes."""
        contacts = initial_contact.metal_contacts(self.case, self.domain)
        if not self.state.plated or not contacts:
            return []
        thickness = self.state.plated[THICKNESS]
        test = ufl.TestFunction(thickness.function_space)
        force = 0
        for contact in contacts:
            pull = interfaces.normal_part(self.traction(contact), contact.here(self.domain.normal))
            force += pull * contact.here(test) * self.domain.nodal(contact)
        return [(thickness, force)]

    def _layer_forces(self) -> list[tuple[fem.Function, ufl.Form]]:
        """What electrodes pull with where the lithium on them changes, if they may part from it."""
        found = []
        for thickness in self.state.layer.values() if self.case.physics.lithium_volume else ():
            test = ufl.TestFunction(thickness.function_space)
            for outer, joint in self.joints.faces.items():
                pull = interfaces.normal_part(joint.traction(), self.domain.normal)
                found.append((thickness, pull * test * self.domain.nodal(outer)))
        return found

    def _potential(self) -> float:
        """What displacements and damage minimise, pJ."""
        assert self.energies is not None
        beside = sum(process.potential() for process in self._pushing)
        return self.energies.total + self.platens.given() + beside

    def _electrode_stresses(self) -> dict[str, ElectrodeStress]:
        """Normal stress on lithium electrodes by body of electrolyte."""
        faces: dict[str, list[LithiumFace]] = {}
        for lithium in lithium_faces(self.case, self.domain, self.state):
            faces.setdefault(lithium.electrolyte.body, []).append(lithium)
        found = {}
        for body, members in faces.items():
            virtual = ufl.TestFunction(self.domain.bodies[body].vectors)
            work = self._work(body, virtual)
            found[body] = ElectrodeStress(self.domain, members, self.joints, self.platens, work)
        return found

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

    def _fixed(self, body: str) -> np.ndarray:
        """Dofs without displacement: normal to the platens, and to the sides where these slide."""
        dim, region = self.domain.dim, self.domain.bodies[body]
        space, find = region.displacements, self.domain.boundary_nodes
        return np.concatenate(
            [
                find(region, held.roles, held.axis, held.ends, space) * dim + held.axis
                for held in supports(self.case, dim, self.domain.rough_roles)
            ]
        )
