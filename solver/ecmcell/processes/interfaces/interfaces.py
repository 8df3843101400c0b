"""All interfaces of a cell: what holds, what debonds, and how both are found."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Self

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.interfaces import CohesiveInterface
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain, Integral
from ecmcell.domain.faces import ExteriorBoundary, FacetSet, Interface
from ecmcell.numerics.alternation import Alternation
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.newton import Newton, SolverStatistics
from ecmcell.numerics.staged import Staged
from ecmcell.numerics.system.layout import Array
from ecmcell.physics import interfaces
from ecmcell.processes import initial_contact
from ecmcell.processes.context import Context
from ecmcell.processes.interfaces.laws import Cohesive, InterfaceLaw, Spring
from ecmcell.processes.interfaces.softening import Softening
from ecmcell.processes.process import Process
from ecmcell.processes.reactions import lithium_layers
from ecmcell.processes.state import CONTACT, DAMAGE, THICKNESS, State, debonds_from_electrode

# Newton's method is tried so often, and so many iterations lie between.
_ATTEMPTS, _ITERATIONS = 3, 4
# Residual that does for an iteration after which Newton's method is tried.
_ROUGH = 1e-4
# Change of the damage that may still be to come when iterations end and Newton's method is tried
# again.
_STILL = (1e-3, 1e-6, 1e-9)
# A film that peels takes 180 iterations by it, and more than 1000 without.
_RECOVERY = 1.05


class InterfaceLaws(Process):
    """All contacts of a domain, and the faces of electrodes that may debond.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.

    Attributes:
        faces: What joins the faces of electrodes that may debond to these.
        cohesive: All that may debond.
        area: Their area in um2, or 1 if there is none.
        pulls: Normal stress on the faces of electrodes that may debond, by boundary tag, MPa.
    """

    accumulators = spends = ("fracture_energy", "viscous_energy")
    times_jumps = True

    def __init__(self, case: Case, domain: Domain, state: State):
        self.domain, self.state = domain, state
        self._tolerance = case.time.damage_tolerance
        self._earlier = fem.Function(domain.skeleton) if state.interface else None
        self._opened = fem.Function(domain.skeleton)
        self._plating = initial_contact.metal_contacts(case, domain)
        self._sources: list[ufl.Form] = []
        self._all = {contact: self._interface_law(case, contact) for contact in domain.interfaces}
        self.faces = self._faces(case)
        self.cohesive: dict[FacetSet, Cohesive] = {
            contact: interface_law
            for contact, interface_law in self._all.items()
            if isinstance(interface_law, Cohesive)
        }
        self.cohesive.update(self.faces.items())
        self._step, self._is_new = 1.0, True
        self._start = self._earlier.x.array.copy() if self._earlier is not None else np.zeros(0)
        self._damage = self._average(lambda interface_law: interface_law.damage)
        self._size = self._average(lambda interface_law: interface_law.opening.size)
        self._contact = self._average(lambda interface_law: interface_law.contact_factor)
        self._softening: Softening | None = None
        if self._earlier is not None:
            self._softening = Softening(self._earlier, self._done)
        self.pulls = self._pulled()
        self._grown = self._integral(
            lambda interface_law: interface_law.damage - interface_law.earlier
        )
        self.area = (
            sum(i.value for i in self._integral(lambda interface_law: domain.constant(1.0))) or 1.0
        )
        self._left = [domain.integral(source) for source in self._sources]
        self._spent = self._integral(lambda interface_law: interface_law.spent)
        self._fracture = self._integral(lambda interface_law: interface_law.fracture_energy)
        self._viscous = self._integral(lambda interface_law: interface_law.viscous_energy)

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where there is mechanics."""
        mechanics = context.case.physics.mechanics
        return [cls(context.case, context.domain, context.state)] if mechanics else []

    def __getitem__(self, contact: Interface) -> InterfaceLaw:
        """What joins the two sides of a contact."""
        return self._all[contact]

    def find(self, face: FacetSet) -> InterfaceLaw | None:
        """What joins the two sides of a contact, or a face to its electrode if it may debond."""
        return self._all[face] if isinstance(face, Interface) else self.faces.get(face)

    def begin_step(self) -> None:
        """Make the present damage the start of the next time step."""
        if self._damage is None or self._size is None:
            return
        self._opened.x.array[:] = self._size.update().x.array
        self._start = self.state.interface[DAMAGE].x.array.copy()
        self._is_new = True
        self._let_go()

    def memory(self) -> dict[str, Array]:
        """The time step by which damage grows before another one is known."""
        return {"step": np.array(self._step)}

    def recall(self, memory: Mapping[str, Array]) -> None:
        """Let damage grow by it."""
        self._step = float(memory["step"])

    def begin_iterations(self, step: float) -> None:
        """Begin the iterations of a time step of some s."""
        self._step = step
        self._let_go()

    def displace(
        self, newton: Newton | Staged, scale: float, energy: Callable[[], float]
    ) -> SolverStatistics:
        """Solve for displacements and the damage they do, with Newton's method where it can.

        A step begins with the damage held, so that nothing parts that need not. Where Newton's
        method circles about a kink of the law, displacements and damage are found in turn for a
        while: with the energy concave in the square of the opening, every iteration lowers it.
        Where that does not help, what was stable is so no more, and iterations go on to what is.

        Args:
            newton: Solves for the displacements with the tangent of the law.
            scale: Force that residuals are measured by.
            energy: All that is stored, pJ.

        Raises:
            NotConverged: If neither finds it.
        """
        if self._damage is None:
            return newton.solve(scale)
        statistics = SolverStatistics()
        if self._is_new:
            statistics += self._displace_holding(newton, scale, self._start, _ROUGH)
            self._is_new = False
            if self.damage_grown() > 0.0:
                newton.linear.outdate()  # what parts now has lost its stiffness all at once
        for _ in range(_ATTEMPTS):
            work, found = self._polish(newton, scale)
            statistics += work
            if found:
                return statistics
            for _ in range(_ITERATIONS):
                statistics += self._displace_holding(
                    newton, scale, self._damage.update().x.array, _ROUGH
                )
        return statistics + self._fall(newton, scale, energy)

    def _polish(self, newton: Newton | Staged, scale: float) -> tuple[SolverStatistics, bool]:
        """Try to find displacements and damage together; where that fails nothing changes."""
        fields = self.state.displacement.values()
        guess = [u.x.array.copy() for u in fields]
        try:
            statistics = newton.solve(scale, setbacks=0)
        except NotConverged:
            for u, values in zip(fields, guess, strict=True):
                u.x.array[:] = values
            return SolverStatistics(), False
        self.update()
        return statistics, True

    def _fall(
        self, newton: Newton | Staged, scale: float, energy: Callable[[], float]
    ) -> SolverStatistics:
        """Let damage and displacements run in turn, down to the next stable state."""
        softening, statistics = needed(self._softening), SolverStatistics()
        softening.lower[0].x.array[:] = self._start
        for still in _STILL:
            alternation = Alternation(
                partial(newton.solve, scale, still),  # none needs to be better than the last
                softening,
                lambda: energy() + sum(i.value for i in self._spent),
                still,
                _RECOVERY,
            )
            self._hold(self._done())
            try:
                statistics += alternation.solve()
            finally:
                self._let_go()
            work, found = self._polish(newton, scale)
            statistics += work
            if found:
                return statistics
        # What iterations have found is known to a billionth.
        statistics += self._displace_holding(newton, scale, self._done())
        self.update()
        return statistics

    def _done(self) -> npt.NDArray[np.float64]:
        """The damage that the present displacements do, which is held from now on."""
        self._let_go()
        damage = needed(self._damage).update().x.array
        self._hold(damage)
        return damage

    def update(self) -> None:
        """Take over the damage that the present displacements do."""
        if self._damage is not None:
            self.state.interface[DAMAGE].x.array[:] = self._damage.update().x.array

    def _displace_holding(
        self,
        newton: Newton | Staged,
        scale: float,
        damage: npt.NDArray[np.float64],
        tolerance: float = 0.0,
    ) -> SolverStatistics:
        """Solve for the displacements with the damage held, at least as well as a tolerance."""
        self._hold(damage)
        try:
            return newton.solve(scale, tolerance)
        finally:
            self._let_go()

    def _hold(self, damage: npt.NDArray[np.float64]) -> None:
        """Hold a damage, whatever opens."""
        needed(self._earlier).x.array[:] = damage
        for interface_law in self.cohesive.values():
            interface_law.grow(0.0)

    def _let_go(self) -> None:
        """Let damage grow from that at the start of the time step."""
        if self._earlier is not None:
            self._earlier.x.array[:] = self._start
        for interface_law in self.cohesive.values():
            interface_law.grow(self._step)

    def damage_grown(self) -> float:
        """Growth of the mean damage of what may debond, since the step began."""
        return sum(integral.value for integral in self._grown) / self.area

    def contact(self) -> list[npt.NDArray[np.float64]]:
        """The contact factor that the present displacements leave, at vertices of every facet."""
        factor = needed(self._contact)
        lagged = self.state.interface[CONTACT].x.array
        return [np.where(factor.weight.x.array > 0.0, factor.update().x.array, lagged)]

    def growth(self) -> float:
        """Growth of the mean damage of what may debond, over what a time step may bring."""
        return self.damage_grown() / self._tolerance

    def end_step(self) -> None:
        """Count the energy that debonding and its viscosity have cost in the time step."""
        position = self.state.accumulators
        fracture, viscous = self.dissipated()
        position["fracture_energy"] += fracture
        position["viscous_energy"] += viscous

    def dissipated(self) -> tuple[float, float]:
        """Energy in pJ that debonding and its viscosity have cost since the step began."""
        return sum(i.value for i in self._fracture), sum(i.value for i in self._viscous)

    def potential(self) -> float:
        """That energy, and what lithium that plates under a pressure has left to give, pJ."""
        return sum(self.dissipated()) + sum(integral.value for integral in self._left)

    def virtual_work(self, body: str, virtual: ufl.Argument) -> ufl.Form:
        """Work of the tractions on a body."""
        work, domain = 0, self.domain
        for contact, interface_law in self._all.items():
            for subdomain, sign in ((contact.plus, 1.0), (contact.minus, -1.0)):
                if subdomain.body == body:
                    pulled = ufl.inner(interface_law.traction(), virtual(contact.side(subdomain)))
                    work += sign * pulled * domain.nodal(contact)
        for boundary, interface_law in self.faces.items():
            if boundary.subdomain.body == body:
                work += ufl.inner(interface_law.traction(), virtual) * domain.nodal(boundary)
        return work

    def stored_energies(self) -> list[ufl.Form]:
        """Energy that all contacts and faces would give back, pJ."""
        interface_laws: list[tuple[FacetSet, InterfaceLaw]] = [
            *self._all.items(),
            *self.faces.items(),
        ]
        return [
            interface_law.stored_energy * self.domain.nodal(face)
            for face, interface_law in interface_laws
        ]

    def _average(self, quantity: Callable[[Cohesive], Expr]) -> Average | None:
        """Values at every vertex of every facet: nodal integration takes them one by one."""
        if not self.cohesive:
            return None
        terms = [
            (quantity(interface_law), self.domain.nodal(face), face.near_side)
            for face, interface_law in self.cohesive.items()
        ]
        return Average(self.domain, self.domain.skeleton, terms)

    def _pulled(self) -> dict[str, Average]:
        domain, found = self.domain, {}
        for tag in self.state.debonding_stress:
            terms = [
                (
                    interfaces.normal_component(interface_law.traction(), domain.normal),
                    domain.nodal(boundary),
                    None,
                )
                for boundary, interface_law in self.faces.items()
                if boundary.tag == tag
            ]
            found[tag] = Average(domain, domain.skeleton, terms)
        return found

    def _integral(self, quantity: Callable[[Cohesive], Expr]) -> list[Integral]:
        return [
            self.domain.integral(quantity(interface_law) * self.domain.nodal(face))
            for face, interface_law in self.cohesive.items()
        ]

    def _interface_law(self, case: Case, contact: Interface) -> InterfaceLaw:
        law = case.interface_between(contact.plus.phase, contact.minus.phase)
        assert isinstance(law, CohesiveInterface)
        displacement = self.state.displacement
        jump = displacement[contact.minus.body]("-") - displacement[contact.plus.body]("+")
        if self.state.plated and contact in self._plating:
            # What is deposited keeps the sides apart by as much.
            jump -= contact.here(self.state.plated[THICKNESS]) * contact.here(self.domain.normal)
        if self._earlier is None or law.cohesion is None:
            return Spring(self.domain, law, jump)
        return Cohesive(self.domain, law, contact, jump, self._earlier, self._opened)

    def _faces(self, case: Case) -> dict[ExteriorBoundary, Cohesive]:
        """Faces of lithium electrodes that part from them; these are rigid and move as platens."""
        made = {}
        for boundary in self.domain.boundaries:
            if self._earlier is not None and debonds_from_electrode(case, boundary.tag):
                law = getattr(case.boundaries, boundary.tag)
                jump = -self.state.displacement[boundary.subdomain.body]
                if case.physics.lithium_volume and law.is_layer:
                    jump, left = lithium_layers.pushed(self.domain, self.state, boundary, law, jump)
                    self._sources.append(left * self.domain.nodal(boundary))
                made[boundary] = Cohesive(
                    self.domain, law, boundary, jump, self._earlier, self._opened
                )
        return made
