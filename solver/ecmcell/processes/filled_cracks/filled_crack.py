"""The lithium of one crack: how it plates, and the pressure it has: theory.md (44) to (46)."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.cells import fill_cells
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import FacetSet, Interface
from ecmcell.domain.plan import Subdomain
from ecmcell.numerics.system.scalars import Scalar, ScalarEquation
from ecmcell.physics import filled_cracks
from ecmcell.processes.cracks.crack_graph import CRACKED
from ecmcell.processes.reactions import reactions
from ecmcell.processes.reactions.deposits import Deposit
from ecmcell.processes.state import DAMAGE, State

# MPa/um by which volumes weigh against forces where residuals are added up.
_WEIGHT = 1e5
# Part of the smallest extent of the cell whose square (cube) is a small volume of lithium.
_SMALL = 1e-2
# Errors count relative to no less lithium than this times that volume.
_EMPTY = 1e-3
# Lithium that is delivered may differ from the opening by this part of it, at a tolerance of 1e-5.
_EXACTNESS = 0.1
# Openings that differ by less than this times that volume are the same.
_SAME = 1e-8


class Walls:
    """Contacts that may debond and pores in the electrolyte: what lithium may fill beside cracks.

    Attributes:
        faces: Which they are.
    """

    def __init__(self, domain: Domain, state: State):
        ions, self._state = state.electrolyte.keys(), state
        contacts = [
            contact
            for contact in domain.interfaces
            if state.interface and {contact.plus.body, contact.minus.body} <= ions
        ]
        pores = [o for o in domain.boundaries if o.tag == "pore" and o.subdomain.body in ions]
        self.faces: list[FacetSet] = [*contacts, *pores]
        self._debonded = fem.Function(domain.skeleton) if contacts else None

    def open(self, face: FacetSet) -> Expr:
        """Whether there is room at a face from the start of the step, 0 or 1."""
        return self._debonded if isinstance(face, Interface) else ufl.as_ufl(1.0)

    def look(self) -> None:
        """Look which contacts have debonded by now."""
        if self._debonded is not None:
            damage = self._state.interface[DAMAGE].x.array
            self._debonded.x.array[:] = damage >= CRACKED


class FilledCrack:
    """The lithium of one crack.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        walls: Contacts and pores that it may fill, too.
        number: Which of those that there may be.

    Attributes:
        name: What it is called, in the state too, where its volume is.
        root: Names that the state keeps a point of its root under.
        pressure: Its pressure, MPa.
        opened: Volume that there is for it, a form.
        deposits: How it plates, and where.
    """

    def __init__(self, case: Case, domain: Domain, state: State, walls: Walls, number: int):
        self.name, self._state = f"filled crack {number + 1}", state
        self.root = tuple(f"{self.name} {axis}" for axis in "xyz")
        self.pressure = Scalar(domain, f"Filled crack {number + 1} pressure [MPa]")
        self._lagged = Scalar(domain, f"{self.pressure.name}, handed over")
        # What weighs the volumes where the crack is full; 0 where it is partly empty.
        self._full = domain.constant(0.0)
        # The part that is there of the lithium that the kinetics would take, and that of the next
        # turn: the balances of currents are those of the part that these were solved with.
        self._available = domain.constant(1.0)
        self._left = 1.0
        self._fraction = {
            body: fem.Function(region.cell_constants)
            for body, region in state.crack_regions.items()
        }
        self._wall = fem.Function(domain.skeleton) if walls.faces else None
        self.opened = self._volume(domain, walls)
        self.deposits = [
            Deposit(
                subdomain,
                side,
                reactions.plating(case, domain, state.temperature, wall, potential, self._lithium),
            )
            for subdomain, side, wall, potential in self._faces(domain, walls)
        ]
        flow = sum(d.reaction.current * d.reaction.measure for d in self.deposits)
        self._current = domain.integral(flow)
        self._answer = domain.integral(ufl.diff(flow, self._lagged.symbol))
        self._opened = domain.integral(self.opened)
        self._molar = needed(case.lithium_anode).metal.charge_volume
        self._smallest = (_SMALL * float(np.ptp(domain.bounds, axis=0).min())) ** domain.dim
        # At the end of the step: the lithium under the pressure handed over, how much less there
        # is for each MPa more, and what the current would take beyond all that there was.
        self._due = self._compliance = self._missing = 0.0
        self._pressure_before = 0.0

    @property
    def _lithium(self) -> tuple[Expr, Expr]:
        return self._lagged.symbol, self._available

    def _volume(self, domain: Domain, walls: Walls) -> ufl.Form:
        """Volume that there is for lithium: that of cracks, broken contacts and pores."""
        state, volume = self._state, 0
        for subdomain in electrolyte_subdomains(state):
            u, d = state.displacement[subdomain.body], state.crack[subdomain.body]
            volume += (
                self._fraction[subdomain.body] * filled_cracks.opening(u, d) * domain.dx(subdomain)
            )
        for face in walls.faces:
            fraction, normal = self._part_of(face, walls), face.here(domain.normal)
            if isinstance(face, Interface):
                u = state.displacement[face.minus.body]("-")
                jump = u - state.displacement[face.plus.body]("+")
                volume += fraction * filled_cracks.gap(jump, normal) * domain.nodal(face)
            else:
                place = ufl.SpatialCoordinate(domain.mesh)
                u = state.displacement[face.subdomain.body]
                volume += fraction * filled_cracks.hole(place, u, normal) * domain.nodal(face)
        return volume

    def _part_of(self, face: FacetSet, walls: Walls) -> Expr:
        """Fraction of a face that belongs to the filled crack, 0 or 1."""
        assert self._wall is not None
        return face.here(self._wall * walls.open(face))

    def _faces(
        self, domain: Domain, walls: Walls
    ) -> Iterator[tuple[Subdomain, str | None, tuple[Expr, ufl.Measure], Expr]]:
        """Where lithium plates: the electrolyte, its side, the faces, its potential."""
        state = self._state
        for subdomain in electrolyte_subdomains(state):
            faces = self._fraction[subdomain.body] * filled_cracks.faces(
                state.lagged_damage[subdomain.body]
            )
            yield subdomain, None, (faces, domain.dx(subdomain)), state.electrolyte[subdomain.body]
        for face in walls.faces:
            fraction = self._part_of(face, walls)
            if isinstance(face, Interface):
                for subdomain in (face.plus, face.minus):
                    side = face.side(subdomain)
                    potential = state.electrolyte[subdomain.body](side)
                    yield subdomain, side, (fraction, domain.dS(face)), potential
            else:
                potential = state.electrolyte[face.subdomain.body]
                yield face.subdomain, None, (fraction, domain.ds(face)), potential

    @property
    def is_there(self) -> bool:
        """Whether there is such a crack."""
        return self.name in self._state.accumulators

    @property
    def volume(self) -> float:
        """Lithium at the last accepted state, um3 (um2 in 2D)."""
        return float(self._state.accumulators.get(self.name, 0.0))

    @property
    def opening(self) -> float:
        """Volume that the crack opens by, um3 (um2 in 2D)."""
        return self._opened.value

    @property
    def current(self) -> float:
        """What leaves the filled crack into the electrolyte, negative when it plates, pA."""
        return self._current.value

    def claim(self, body: str | None, belongs: npt.NDArray[np.bool_]) -> None:
        """Tell which cells of a body belong to it, or which facets of contacts and walls."""
        fraction = self._wall if body is None else self._fraction[body]
        assert fraction is not None
        fill_cells(fraction, belongs.astype(np.float64))

    def begin_step(self) -> None:
        """Start from the present lithium."""
        self._due, self._compliance = self.volume, 0.0
        self._pressure_before = self.pressure.value
        self._left, self._missing = 1.0, 0.0
        if not self.is_there:
            self.pressure.value = self._lagged.value = self._full.value = 0.0

    def deliver(self, step: float) -> None:
        """Account for what the present current brings in a time step of some s.

        What the current would answer to another pressure counts too, as if no potential moved.
        Where more lithium would leave than there is, less of what could be stripped is next time.
        """
        if not self.is_there:
            return
        lost, fraction = step * self._molar * self.current, 1.0
        if lost > 0.0:  # then some was available
            available = float(self._available.value)
            self._left = min(1.0, available * self.volume / lost)
            fraction = self._left / available
        self._missing = max(lost - self.volume, 0.0)
        self._due = max(self.volume - lost, 0.0)
        self._compliance = step * self._molar * self._answer.value * fraction

    def keep(self) -> float:
        """The time step was accepted: what it has brought is there; the work it did, pJ."""
        if not self.is_there:
            return 0.0
        added = self._due - self.volume
        self._state.accumulators[self.name] = self._due
        return 0.5 * (self._pressure_before + self.pressure.value) * added

    def equation(self, index: int, count: int, area: float) -> ScalarEquation:
        """That the opening is what lithium there is, or that there is no pressure.

        Args:
            index: Number of its pressure among the scalars.
            count: How many these are.
            area: Footprint of the cell, um2, by which pressures become forces.
        """

        def algebraic(scalars: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
            held, gradient = float(self._full.value), np.zeros(count)
            gradient[index] = held * self._compliance + (0.0 if held else area)
            filled = self._filled(scalars[index])
            return -held * filled + (0.0 if held else area * scalars[index]), gradient

        return ScalarEquation(self._full * self.opened, algebraic)

    def _filled(self, pressure: float) -> float:
        """Lithium at the end of the step under a pressure in MPa."""
        return self._due - self._compliance * (pressure - self._lagged.value)

    def switch(self) -> bool:
        """Fill the crack or leave it partly empty, as it has to be; whether that has changed."""
        if not self.is_there:
            return False
        held = self.is_full
        if held and self.pressure.value < 0.0:
            self._full.value = self.pressure.value = 0.0
        elif not held and self.opening < self._filled(self.pressure.value) - _SAME * self._smallest:
            self.fill(True)
        return held != self.is_full

    @property
    def is_full(self) -> bool:
        """Whether its opening is held by what lithium there is."""
        return bool(self._full.value != 0.0)

    def fill(self, is_full: bool) -> None:
        """Let its opening be held by what lithium there is, or not."""
        self._full.value = _WEIGHT if is_full else 0.0

    def source_energy(self) -> float:
        """What the source that fills the crack has left, pJ, as s p^2/2 where V = V0 - s p."""
        return 0.5 * self._compliance * self.pressure.value**2

    def residual(self) -> float:
        """By how much of itself the lithium differs from what its final current would bring."""
        missing = abs(self._compliance * (self.pressure.value - self._lagged.value)) + self._missing
        return missing / max(self._due, self._smallest * _EMPTY) / _EXACTNESS

    def take_pressure(self, pressure: float) -> None:
        """Let the kinetics account for a pressure in MPa, and with the lithium that there is."""
        self._lagged.value = max(pressure, 0.0)
        self._available.value = self._left

    @property
    def lagged_pressure(self) -> float:
        """The pressure that the kinetics are solved with, MPa."""
        return self._lagged.value


def electrolyte_subdomains(state: State) -> tuple[Subdomain, ...]:
    """The parts whose cracks lithium may fill."""
    return tuple(
        subdomain
        for body, region in state.crack_regions.items()
        if body in state.electrolyte
        for subdomain in region.subdomains
    )
