"""All interfaces of a cell: what holds, what debonds, and how both are found."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Self

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.interfaces import Held
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain, Integral
from ecmcell.domain.faces import Contact, Face, Outer
from ecmcell.numerics.alternation import Alternation
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.newton import Effort, Newton
from ecmcell.numerics.staged import Staged
from ecmcell.numerics.system.layout import Array
from ecmcell.physics import interfaces
from ecmcell.processes import initial_contact
from ecmcell.processes.context import Context
from ecmcell.processes.interfaces.laws import Cohesive, Joint, Spring
from ecmcell.processes.interfaces.softening import Softening
from ecmcell.processes.process import Process
from ecmcell.processes.reactions import lithium_layers
from ecmcell.processes.state import CONTACT, DAMAGE, THICKNESS, State, parts_from_electrode

# Newton's method is tried so often, and so many turns lie between.
_ATTEMPTS, _TURNS = 3, 4
# Residual that does for a turn after which Newton's method is tried.
_ROUGH = 1e-4
# Change of the damage that may still be to come when turns end and Newton's method is tried again.
_STILL = (1e-3, 1e-6, 1e-9)
# A film that peels takes 180 turns by it, and more than 1000 without.
_RECOVERY = 1.05


class Joints(Process):
    """All contacts of a domain, and the faces of electrodes that may part.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.

    Attributes:
        faces: What joins the faces of electrodes that may part to these.
        cohesive: All that may part.
        area: Their area in um2, or 1 if there is none.
        pulls: Normal stress on the faces of electrodes that may part, by role, MPa.
    """

    accumulators = spends = ("fracture_energy", "viscous_energy")
    times_jumps = True

    def __init__(self, case: Case, domain: Domain, state: State):
        self.domain, self.state = domain, state
        self._tolerance = case.time.damage_tolerance
        self._earlier = fem.Function(domain.seam) if state.interface else None
        self._opened = fem.Function(domain.seam)
        self._plating = initial_contact.metal_contacts(case, domain)
        self._sources: list[ufl.Form] = []
        self._all = {contact: self._joint(case, contact) for contact in domain.contacts}
        self.faces = self._faces(case)
        self.cohesive: dict[Face, Cohesive] = {
            contact: joint for contact, joint in self._all.items() if isinstance(joint, Cohesive)
        }
        self.cohesive.update(self.faces.items())
        self._step, self._is_new = 1.0, True
        self._start = self._earlier.x.array.copy() if self._earlier is not None else np.zeros(0)
        self._damage = self._average(lambda joint: joint.damage)
        self._size = self._average(lambda joint: joint.opening.size)
        self._contact = self._average(lambda joint: joint.contact_factor)
        self._softening: Softening | None = None
        if self._earlier is not None:
            self._softening = Softening(self._earlier, self._done)
        self.pulls = self._pulled()
        self._grown = self._integral(lambda joint: joint.damage - joint.earlier)
        self.area = sum(i.value for i in self._integral(lambda joint: domain.constant(1.0))) or 1.0
        self._left = [domain.integral(source) for source in self._sources]
        self._spent = self._integral(lambda joint: joint.spent)
        self._fracture = self._integral(lambda joint: joint.fracture_energy)
        self._viscous = self._integral(lambda joint: joint.viscous_energy)

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where there is mechanics."""
        mechanics = context.case.physics.mechanics
        return [cls(context.case, context.domain, context.state)] if mechanics else []

    def __getitem__(self, contact: Contact) -> Joint:
        """What joins the two sides of a contact."""
        return self._all[contact]

    def find(self, face: Face) -> Joint | None:
        """What joins the two sides of a contact, or a face to its electrode if it may part."""
        return self._all[face] if isinstance(face, Contact) else self.faces.get(face)

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
    ) -> Effort:
        """Solve for displacements and the damage they do, with Newton's method where it can.

        A step begins with the damage held, so that nothing parts that need not. Where Newton's
        method circles about a kink of the law, displacements and damage are found in turn for a
        while: with the energy concave in the square of the opening, every turn lowers it. Where
        that does not help, what was stable is so no more, and turns go on to what is.

        Args:
            newton: Solves for the displacements with the tangent of the law.
            scale: Force that residuals are measured by.
            energy: All that is stored, pJ.

        Raises:
            NotConverged: If neither finds it.
        """
        if self._damage is None:
            return newton.solve(scale)
        effort = Effort()
        if self._is_new:
            effort += self._turn(newton, scale, self._start, _ROUGH)
            self._is_new = False
            if self.damage_grown() > 0.0:
                newton.linear.outdate()  # what parts now has lost its stiffness all at once
        for _ in range(_ATTEMPTS):
            work, found = self._polish(newton, scale)
            effort += work
            if found:
                return effort
            for _ in range(_TURNS):
                effort += self._turn(newton, scale, self._damage.update().x.array, _ROUGH)
        return effort + self._fall(newton, scale, energy)

    def _polish(self, newton: Newton | Staged, scale: float) -> tuple[Effort, bool]:
        """Try to find displacements and damage together; where that fails nothing changes."""
        fields = self.state.displacement.values()
        guess = [u.x.array.copy() for u in fields]
        try:
            effort = newton.solve(scale, setbacks=0)
        except NotConverged:
            for u, values in zip(fields, guess, strict=True):
                u.x.array[:] = values
            return Effort(), False
        self.update()
        return effort, True

    def _fall(self, newton: Newton | Staged, scale: float, energy: Callable[[], float]) -> Effort:
        """Let damage and displacements run in turn, down to the next stable state."""
        softening, effort = needed(self._softening), Effort()
        softening.lower[0].x.array[:] = self._start
        for still in _STILL:
            turns = Alternation(
                partial(newton.solve, scale, still),  # no turn needs to be better than the last
                softening,
                lambda: energy() + sum(i.value for i in self._spent),
                still,
                _RECOVERY,
            )
            self._hold(self._done())
            try:
                effort += turns.solve()
            finally:
                self._let_go()
            work, found = self._polish(newton, scale)
            effort += work
            if found:
                return effort
        # What turns have found is known to a billionth.
        effort += self._turn(newton, scale, self._done())
        self.update()
        return effort

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

    def _turn(
        self,
        newton: Newton | Staged,
        scale: float,
        damage: npt.NDArray[np.float64],
        tolerance: float = 0.0,
    ) -> Effort:
        """Solve for the displacements with the damage held, at least as well as a tolerance."""
        self._hold(damage)
        try:
            return newton.solve(scale, tolerance)
        finally:
            self._let_go()

    def _hold(self, damage: npt.NDArray[np.float64]) -> None:
        """Hold a damage, whatever opens."""
        needed(self._earlier).x.array[:] = damage
        for joint in self.cohesive.values():
            joint.grow(0.0)

    def _let_go(self) -> None:
        """Let damage grow from that at the start of the time step."""
        if self._earlier is not None:
            self._earlier.x.array[:] = self._start
        for joint in self.cohesive.values():
            joint.grow(self._step)

    def damage_grown(self) -> float:
        """Growth of the mean damage of what may part, since the step began."""
        return sum(integral.value for integral in self._grown) / self.area

    def contact(self) -> list[npt.NDArray[np.float64]]:
        """The contact factor that the present displacements leave, at vertices of every facet."""
        factor = needed(self._contact)
        lagged = self.state.interface[CONTACT].x.array
        return [np.where(factor.weight.x.array > 0.0, factor.update().x.array, lagged)]

    def growth(self) -> float:
        """Growth of the mean damage of what may part, over what a time step may bring."""
        return self.damage_grown() / self._tolerance

    def end_step(self) -> None:
        """Count the energy that parting and its viscosity have cost in the time step."""
        position = self.state.position
        fracture, viscous = self.dissipated()
        position["fracture_energy"] += fracture
        position["viscous_energy"] += viscous

    def dissipated(self) -> tuple[float, float]:
        """Energy in pJ that parting and its viscosity have cost since the step began."""
        return sum(i.value for i in self._fracture), sum(i.value for i in self._viscous)

    def potential(self) -> float:
        """That energy, and what lithium that plates under a pressure has left to give, pJ."""
        return sum(self.dissipated()) + sum(integral.value for integral in self._left)

    def virtual_work(self, body: str, virtual: ufl.Argument) -> ufl.Form:
        """Work of the tractions on a body."""
        work, domain = 0, self.domain
        for contact, joint in self._all.items():
            for part, sign in ((contact.plus, 1.0), (contact.minus, -1.0)):
                if part.body == body:
                    pulled = ufl.inner(joint.traction(), virtual(contact.side(part)))
                    work += sign * pulled * domain.nodal(contact)
        for outer, joint in self.faces.items():
            if outer.part.body == body:
                work += ufl.inner(joint.traction(), virtual) * domain.nodal(outer)
        return work

    def stored_energies(self) -> list[ufl.Form]:
        """Energy that all contacts and faces would give back, pJ."""
        joints: list[tuple[Face, Joint]] = [*self._all.items(), *self.faces.items()]
        return [joint.stored_energy * self.domain.nodal(face) for face, joint in joints]

    def _average(self, quantity: Callable[[Cohesive], Expr]) -> Average | None:
        """Values at every vertex of every facet: nodal integration takes them one by one."""
        if not self.cohesive:
            return None
        terms = [
            (quantity(joint), self.domain.nodal(face), face.near_side)
            for face, joint in self.cohesive.items()
        ]
        return Average(self.domain, self.domain.seam, terms)

    def _pulled(self) -> dict[str, Average]:
        domain, found = self.domain, {}
        for role in self.state.parting_stress:
            terms = [
                (
                    interfaces.normal_part(joint.traction(), domain.normal),
                    domain.nodal(outer),
                    None,
                )
                for outer, joint in self.faces.items()
                if outer.role == role
            ]
            found[role] = Average(domain, domain.seam, terms)
        return found

    def _integral(self, quantity: Callable[[Cohesive], Expr]) -> list[Integral]:
        return [
            self.domain.integral(quantity(joint) * self.domain.nodal(face))
            for face, joint in self.cohesive.items()
        ]

    def _joint(self, case: Case, contact: Contact) -> Joint:
        law = case.interface_between(contact.plus.phase, contact.minus.phase)
        assert isinstance(law, Held)
        displacement = self.state.displacement
        jump = displacement[contact.minus.body]("-") - displacement[contact.plus.body]("+")
        if self.state.plated and contact in self._plating:
            # What is deposited keeps the sides apart by as much.
            jump -= contact.here(self.state.plated[THICKNESS]) * contact.here(self.domain.normal)
        if self._earlier is None or law.cohesion is None:
            return Spring(self.domain, law, jump)
        return Cohesive(self.domain, law, contact, jump, self._earlier, self._opened)

    def _faces(self, case: Case) -> dict[Outer, Cohesive]:
        """Faces of lithium electrodes that part from them; these are rigid and move as platens."""
        made = {}
        for outer in self.domain.outers:
            if self._earlier is not None and parts_from_electrode(case, outer.role):
                law = getattr(case.boundaries, outer.role)
                jump = -self.state.displacement[outer.part.body]
                if case.physics.lithium_volume and law.is_layer:
                    jump, left = lithium_layers.pushed(self.domain, self.state, outer, law, jump)
                    self._sources.append(left * self.domain.nodal(outer))
                made[outer] = Cohesive(self.domain, law, outer, jump, self._earlier, self._opened)
        return made
