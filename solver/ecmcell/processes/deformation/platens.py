"""What platens press on, how far they move, and what they and the sides hold."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Self

import numpy as np
import ufl
from ufl.core.expr import Expr

from ecmcell.case.interfaces import CohesiveInterface, LithiumElectrode
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import FacetSet
from ecmcell.domain.loose import Support
from ecmcell.domain.plan import Pair, Subdomain
from ecmcell.errors import InputError
from ecmcell.numerics.system.layout import Array
from ecmcell.numerics.system.scalars import Scalar, ScalarEquation, prescribe
from ecmcell.processes.context import Context
from ecmcell.processes.deformation.stresses import Stresses
from ecmcell.processes.process import Process
from ecmcell.processes.state import State, debonds_from_electrode

_ENDS = ("anode", "collector")


class Platens(Process):
    """The rigid faces that press on the stack, and what presses across a section.

    The mean stress along the stack balances the pressure of the platens, which keep a pressure, a
    gap or a spring. In a section in generalised plane strain the mean stress across it balances
    the lateral pressure.

    Lithium between a platen and a rough face is a cushion: too soft to bear any difference of
    stress, it presses evenly on the face, as a liquid that fills its valleys, and keeps its volume.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        stress: The 3 x 3 stress in a part, MPa.

    Attributes:
        is_loose: Whether this is a section in generalised plane strain.
        lateral: Pressure across a section, MPa.
        displaced: Volume that a stretch of one displaces, um3; so does a strain across a section.
        forces: The stretch, the pressure and, in such a section, the strain across.
    """

    def __init__(
        self, case: Case, domain: Domain, state: State, stress: Callable[[Subdomain], Expr]
    ):
        self._case, self._domain, self._state, self._stress = case, domain, state, stress
        self._length, self._area = float(np.ptp(domain.bounds[:, 0])), domain.footprint
        self.displaced = self._area * self._length
        self.is_loose = domain.dim == 2 and case.cell.section in (None, "generalised plane strain")
        self.lateral = case.cell.lateral_pressure or 0.0
        across = (state.thickness_strain,) if self.is_loose else ()
        self.forces: tuple[Scalar, ...] = (state.axial_strain, state.pressure, *across)
        rough = domain.rough_boundaries.intersection(_ENDS)
        self._cushioned = tuple(boundary for boundary in domain.boundaries if boundary.tag in rough)
        self._cushion = self._cushion_pressure()
        # The cell is put together under the stack pressure, whatever the platen keeps later.
        pressure = needed(case.cell.stack_pressure)
        self._kept = ScalarEquation()
        self._released: tuple[float, ...] = ()
        self._give: Callable[[], float] = lambda: pressure * state.axial_strain.value

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where there is mechanics.

        Raises:
            InputError: If platens cannot press on both ends.
        """
        case, domain = context.case, context.domain
        check(case, domain)
        if not case.physics.mechanics:
            return []
        return [cls(case, domain, context.state, context.the(Stresses).full_stress)]

    def force_equations(self, first: int, count: int) -> Sequence[ScalarEquation]:
        """The balance along the stack, what platens keep, and the balance across a section."""
        self._stretch, self._press, self._count = first, first + 1, count
        pressure = needed(self._case.cell.stack_pressure)
        self._kept.algebraic = prescribe(self._press, count, pressure)
        moves = self._swept() if self._cushioned else self._balance()
        return (moves, self._kept, *self._across())

    def given(self) -> float:
        """Energy that what presses has taken, pJ."""
        across = self.lateral * self._state.thickness_strain.value
        return self.displaced * (self._give() + across)

    def normal_traction(self, face: FacetSet) -> Expr | None:
        """What a cushion pulls a face with along its normal, MPa; None where there is none."""
        return -self._cushion if face in self._cushioned else None

    def push(self, body: str, virtual: ufl.Argument) -> ufl.Form:
        """Work of cushions on a virtual displacement of a body, pJ."""
        normal = self._domain.normal
        return sum(
            -self._cushion * ufl.inner(normal, virtual) * self._domain.ds(boundary)
            for boundary in self._cushioned
            if boundary.subdomain.body == body
        )

    def _cushion_pressure(self) -> Expr:
        """Pressure in a cushion, which bears the platen where it touches, MPa."""
        domain = self._domain
        along = sum(domain.normal[0] * domain.ds(boundary) for boundary in self._cushioned)
        touching = abs(domain.integral(along).value) if self._cushioned else self._area
        return self._state.pressure.symbol * domain.constant(self._area / touching)

    def _swept(self) -> ScalarEquation:
        """A cushion keeps its volume, but for what its platen moves: int u.n ds = 0.

        The balance along the stack is then that of the bodies: pushed as a whole, they take from
        the cushion what the far platen holds. In forces, as if the stiffest phase moved.
        """
        domain, state = self._domain, self._state
        (tag,) = {boundary.tag for boundary in self._cushioned}
        platen = domain.constant(domain.bounds[_ENDS.index(tag), 0])
        normal = domain.normal
        stretched = state.axial_strain.symbol * (ufl.SpatialCoordinate(domain.mesh)[0] - platen)
        phases = self._case.phases.values()
        stiffest = max(phase.material.moduli[0] for phase in phases)
        scale = domain.constant(stiffest / self._length)
        return ScalarEquation(
            sum(
                scale
                * (
                    ufl.inner(state.displacement[boundary.subdomain.body], normal)
                    + stretched * normal[0]
                )
                * domain.ds(boundary)
                for boundary in self._cushioned
            )
        )

    def _balance(self) -> ScalarEquation:
        """Mean stress along x balances the pressure: int sigma_xx dx / L + p A = 0."""
        gradient = np.zeros(self._count)
        gradient[self._press] = self._area
        return ScalarEquation(
            self._force(0), lambda scalars: (self._area * scalars[self._press], gradient)
        )

    def _across(self) -> list[ScalarEquation]:
        """Mean stress across a section balances the lateral one: int sigma_zz dx / L + p A = 0."""
        if not self.is_loose:
            return []
        force, gradient = self.lateral * self._area, np.zeros(self._count)
        return [ScalarEquation(self._force(2), lambda _: (force, gradient))]

    def _force(self, axis: int) -> ufl.Form:
        """Normal stress along an axis times the volume, over the length of the stack."""
        domain, length = self._domain, self._domain.constant(self._length)
        return sum(
            self._stress(subdomain)[axis, axis] / length * domain.dx(subdomain)
            for subdomain in domain.subdomains
        )

    def rest(self, step: float) -> None:
        """From the present state on, let the platen keep what the case says."""
        self._release(self._state.axial_strain.value, self._state.pressure.value)

    def memory(self) -> dict[str, Array]:
        """Stretch and pressure with which it has begun to."""
        return {"released": np.array(self._released)}

    def recall(self, memory: Mapping[str, Array]) -> None:
        """Let the platen keep what the case says since then; nothing if it has not yet."""
        if memory["released"].size:
            stretch, pressure = memory["released"]
            self._release(float(stretch), float(pressure))

    def _release(self, stretch: float, pressure: float) -> None:
        cell, state = self._case.cell, self._state
        self._released = (stretch, pressure)
        if cell.platen == "gap":
            held = np.eye(1, self._count, self._stretch)[0]
            self._kept.algebraic = lambda scalars: (
                scalars[self._stretch] - stretch + self._squeezed(),
                held,
            )
            self._give = lambda: 0.0
        elif cell.platen == "spring":
            stiffness = needed(cell.platen_stiffness) * self._length
            gradient = np.zeros(self._count)
            gradient[[self._stretch, self._press]] = -stiffness, 1.0
            self._kept.algebraic = lambda scalars: (
                scalars[self._press]
                - pressure
                - stiffness * (scalars[self._stretch] - stretch + self._squeezed()),
                gradient,
            )
            self._give = lambda: (
                0.5
                * (state.pressure.value + pressure)
                * (state.axial_strain.value - stretch + self._squeezed())
            )

    def _squeezed(self) -> float:
        """Strain of the stack that makes room for the lithium that has grown at its ends."""
        return float(self._state.accumulators.get("layer_growth", 0.0)) / self._length


def supports(case: Case, dim: int, rough: Collection[str]) -> list[Support]:
    """Outer faces that slide, along platens and, where these are held, along the sides.

    With free sides the lower one of each pair is a plane of symmetry.

    Args:
        case: What to solve.
        dim: Of the mesh.
        rough: Boundary tags of the ends that no rigid plane can press on.
    """
    ends = (0, 1) if case.cell.sides == "roller" else (0,)
    pressed = tuple(
        tag for tag in _ENDS if tag not in rough and not debonds_from_electrode(case, tag)
    )
    return [
        Support(0, pressed, (0, 1)),
        *(Support(axis, ("side",), ends) for axis in range(1, dim)),
    ]


def holding(case: Case) -> set[Pair]:
    """Pairs of phases that hold on to each other whatever pulls, and phases whose grains do."""
    pairs = {frozenset((name,)) for name in case.phases if name not in case.debonding}
    for pair, law in case.interface_laws():
        if not (case.physics.debonding and isinstance(law, CohesiveInterface) and law.debonds):
            pairs.add(frozenset(pair))
    return pairs


def check(case: Case, domain: Domain) -> None:
    """Whether platens can press on both ends, on a rough one through a cushion of lithium.

    Raises:
        InputError: If not.
    """
    rough = domain.rough_boundaries.intersection(_ENDS) if case.physics.mechanics else ()
    for tag in sorted(rough):
        where = f"boundaries.{tag}"
        given = f"the face at the {tag} is not flat"
        if not isinstance(getattr(case.boundaries, tag), LithiumElectrode):
            remedy = "Give it a flat face there, or set physics.mechanics to false."
            raise InputError(case.path, where, f"{given}, and its platen is a plane", remedy)
        if len(rough) == len(_ENDS):
            remedy = "Make one of them flat, or set physics.mechanics to false."
            raise InputError(case.path, where, f"{given}, nor is that at the other end", remedy)
        if debonds_from_electrode(case, tag):
            remedy = f"Remove {where}.cohesion, or make the face flat."
            given = (
                f"{given}, and lithium that fills a rough face like a liquid cannot debond from it"
            )
            raise InputError(case.path, f"{where}.cohesion", given, remedy)
