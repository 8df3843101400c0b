"""Displacements of all bodies between rigid platens as one linear system."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import ufl
from ufl.core.expr import Expr

from ecmcell.domain.faces import Interface
from ecmcell.numerics import linear
from ecmcell.numerics.fixed_point import Lagged
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.newton import Newton, SolverStatistics
from ecmcell.numerics.staged import Staged
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.numerics.system.scalars import ScalarEquation
from ecmcell.processes.context import Context
from ecmcell.processes.cracks.cracks import Cracks
from ecmcell.processes.deformation import couplings
from ecmcell.processes.deformation.electrode_stress import ElectrodeStress
from ecmcell.processes.deformation.flow import Flow
from ecmcell.processes.deformation.platens import Platens, supports
from ecmcell.processes.deformation.stresses import Stresses
from ecmcell.processes.deformation.swelling import Swelling
from ecmcell.processes.interfaces.interfaces import InterfaceLaws
from ecmcell.processes.process import Process
from ecmcell.processes.reactions.metals import LithiumFace, lithium_faces

# Residual forces relative to a pressure of 1 MPa on the footprint.
_TOLERANCE = 1e-8
_LARGEST_COUNT = 10
# Where interfaces soften, kinks keep Newton's steps from gaining more than this. In
# cases/nmc811_contact_loss 1e-4 takes a thirtieth less of them, but a tenth more iterations in all
# and 26 instead of 23 for the longest linear solve.
_FORCING = 1e-3
# Where parts may crack their stress has a kink between tension and compression, and where they
# flow one between elastic and plastic.
_LARGEST_COUNT_OF_KINKS = 30
# Strains over which the kink of cracks is rounded in turn where it stops Newton's method; the last
# is none at all.
_ROUNDINGS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-12)


class Mechanics(Process):
    """Elastic bodies with chemical strain, joined by stiff interfaces, under a platen.

    The platens are rigid: the face at the anode is fixed, that at the collector moves with the
    uniform axial strain of the stack, whose equation is that the mean stress along x balances the
    pressure. Both faces are free of friction. From a lithium electrode they may debond; if it is
    rough it lies on a cushion of lithium. A section in generalised plane strain strains across the
    plane by one more such number.

    Args:
        context: The cell.

    Attributes:
        stresses: Of each part.
        interface_laws: What holds bodies together.
        platens: What presses on the stack.
        hydrostatic: Stress at the nodes of each body, MPa.
        couplings: Stresses and contact, where lithium and potentials depend on them.
    """

    def __init__(self, context: Context):
        self.case, self.domain, self.state = context.case, context.domain, context.state
        self.active = context.active
        self.stresses, self.interface_laws = context.the(Stresses), context.the(InterfaceLaws)
        self.platens, self._swelling = context.the(Platens), context.the(Swelling)
        self._cracks, self._flows = context.all(Cracks), context.all(Flow)
        self.area = self.domain.footprint
        self._tests = {
            body: ufl.TestFunction(u.function_space) for body, u in self.state.displacement.items()
        }
        self.hydrostatic = {
            body: self.stresses.hydrostatic_at_nodes(body) for body in self.domain.bodies
        }

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where there is mechanics."""
        return [cls(context)] if context.case.physics.mechanics else []

    def connect(self, processes: Sequence[Process]) -> None:
        """Build the equations with the forces of all processes."""
        self._processes = processes
        self._newton = self._build()
        self._solver: Newton | Staged = self._newton
        if self._cracks:
            self._solver = Staged(self._newton, self.stresses.rounding, _ROUNDINGS)
        if couplings.are_felt(self.case):
            self.couplings = self.couple()

    def couple(self) -> list[Lagged]:
        """Stresses and contact as lithium and potentials may be found with."""
        return couplings.of_mechanics(
            self.case,
            self.domain,
            self.state,
            self.active,
            self.stresses,
            self.interface_laws,
            self._electrode_stresses(),
        )

    def solve(self) -> SolverStatistics:
        """Solve for the displacements at the present stoichiometry.

        Raises:
            NotConverged: If the linear solver fails.
        """
        self._swelling.update()
        if not self._cracks:
            return self._displace()
        (cracks,) = self._cracks
        statistics = cracks.alternate(self._displace, self._potential)
        if len(self.system.border.scalars) > len(self.platens.forces):
            # What opens is what the last change of damage leaves.
            statistics += self._displace()
        return statistics

    def _displace(self) -> SolverStatistics:
        """Solve for the displacements; where that fails they are what they were before."""
        before = self.system.copy()
        try:
            statistics = self._find_displacements()
        except NotConverged:
            self.system.restore(before)
            raise
        for flow in self._flows:
            flow.update()
        return statistics

    def _find_displacements(self) -> SolverStatistics:
        """Solve with the cracks filled that are full, as a set that is found by trying."""
        statistics = self._join()
        for _ in range(_LARGEST_COUNT):
            if not any([process.switch() for process in self._processes]):
                return statistics
            statistics += self._join()
        raise NotConverged("lithium in cracks neither fills them nor leaves them")

    def _join(self) -> SolverStatistics:
        return self.interface_laws.displace(self._solver, self.area, self._potential)

    def flow_stress(self) -> float:
        """Largest equivalent stress in what flows, MPa."""
        return self.domain.max(max((f.max_stress for f in self._flows), default=0))

    @property
    def system(self) -> BlockSystem:
        """Fields and scalars with their equations."""
        return self._newton.system

    @property
    def unknowns(self) -> int:
        """Number of unknowns over all ranks."""
        return self.system.unknowns

    def traction(self, contact: Interface) -> Expr:
        """Traction in MPa that the minus side exerts on the plus side."""
        return self.interface_laws[contact].traction()

    # The system

    def _build(self) -> Newton:
        bodies, processes = self.state.displacement, self._processes
        scalars = [scalar for process in processes for scalar in process.forces]
        equations: list[ScalarEquation] = []
        for process in processes:
            equations += process.force_equations(len(equations), len(scalars))
        residuals = {
            body: self._work(body, test) - self.platens.push(body, test)
            for body, test in self._tests.items()
        }
        system = BlockSystem(
            self.domain,
            list(bodies.values()),
            list(residuals.values()),
            [self._fixed(body) for body in bodies],
            scalars=scalars,
            equations=equations,
            refresh=self._refresh,
        )
        # Pieces that cracks have cut off are all but loose: in the plane factors serve them better.
        # So they do next to volumes that hardly change.
        is_stiff = bool(self.case.quadratic_phases)
        is_hard = bool(self._cracks) or is_stiff
        direct = self.case.solver.linear == "direct" or (is_hard and self.domain.dim == 2)
        modes = () if direct else linear.rigid_modes(system.layout.spaces)
        elastic = linear.SOFTENING if self.interface_laws.cohesive else linear.ELASTICITY
        # What flows next to a gap is as soft as a crack: 170 iterations, where others gave up.
        if self._cracks or (is_stiff and self.interface_laws.cohesive):
            elastic = elastic | linear.ELASTICITY_OF_CRACKED
        elif is_stiff:
            elastic = elastic | linear.QUADRATIC
        options = linear.DIRECT if direct else elastic
        solver = linear.LinearSolver(system, options, modes=modes)
        count = _LARGEST_COUNT_OF_KINKS if self._cracks or self._flows else _LARGEST_COUNT
        return Newton(system, solver, _TOLERANCE, count, _FORCING)

    def _work(self, body: str, virtual: ufl.Argument) -> ufl.Form:
        """Work of stress in a body, less that of forces on it, on a virtual displacement, pJ."""
        subdomains = self.domain.bodies[body].subdomains
        work = sum(self.stresses.virtual_work(subdomain, virtual) for subdomain in subdomains)
        return work - sum(process.virtual_work(body, virtual) for process in self._processes)

    def _potential(self) -> float:
        """What displacements and damage minimise, pJ."""
        stored = sum(process.stored() for process in self._processes)
        beside = sum(process.potential() for process in self._processes)
        return stored + self.platens.given() + beside

    def _electrode_stresses(self) -> dict[str, ElectrodeStress]:
        """Normal stress on lithium electrodes by body of electrolyte."""
        faces: dict[str, list[LithiumFace]] = {}
        for lithium in lithium_faces(self.case, self.domain, self.state):
            faces.setdefault(lithium.electrolyte.body, []).append(lithium)
        found = {}
        for body, members in faces.items():
            virtual = ufl.TestFunction(self.domain.bodies[body].vectors)
            work = self._work(body, virtual)
            found[body] = ElectrodeStress(
                self.domain, members, self.interface_laws, self.platens, work
            )
        return found

    def _refresh(self) -> None:
        for flow in self._flows:
            flow.refresh()

    def _fixed(self, body: str) -> np.ndarray:
        """Dofs without displacement: normal to the platens, and to the sides where these slide."""
        dim, region = self.domain.dim, self.domain.bodies[body]
        space, find = region.displacements, self.domain.boundary_nodes
        return np.concatenate(
            [
                find(region, held.tags, held.axis, held.ends, space) * dim + held.axis
                for held in supports(self.case, dim, self.domain.rough_boundaries)
            ]
        )
