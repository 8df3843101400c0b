"""Lithium on boundaries as layers: what there is of it, and the voids that stripping leaves."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from mpi4py import MPI
from ufl.core.expr import Expr

from ecmcell.case import arrhenius
from ecmcell.case.interfaces import LithiumElectrode
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain, Integral
from ecmcell.domain.faces import Face, Outer
from ecmcell.physics import interfaces, lithium_layers
from ecmcell.physics.closed_form.stripping import closure_rate
from ecmcell.physics.lithium_layers import Share
from ecmcell.processes import initial_contact
from ecmcell.processes.process import Process
from ecmcell.processes.reactions.metals import LithiumFace
from ecmcell.processes.state import (
    GAP,
    THICKNESS,
    State,
    is_lithium_electrode,
    parts_from_electrode,
)

# Of the exchange current density: what bare collector gives back at most.
_EDGE = 1e-8
# pA/um2, far above any current density.
_HUGE = 1e30
# Contact that counts as none.
_TINY = 1e-6
# Share of a collector below which it counts as bare.
_BARE = 1e-2
_ONE, _NONE = ufl.as_ufl(1.0), ufl.as_ufl(0.0)


class Layer:
    """Lithium on the faces of a part that lie on one boundary, during a time step.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        outer: The faces.
        earlier: Thickness and gap at the start of the time step, functions of the seam.
        step: Length of the time step.

    Attributes:
        law: What the case says of the electrode.
        stress: Normal stress on it, MPa, a variable.
        barrier: What plating on bare collector takes beyond that on lithium, V.
        touching: Share that voids leave, at the present state.
        covered: Share of the collector that lithium covers, at the present state.
    """

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        outer: Outer,
        earlier: Mapping[str, fem.Function],
        step: fem.Constant,
    ):
        law, thickness = getattr(case.boundaries, outer.role), state.layer[THICKNESS]
        assert isinstance(law, LithiumElectrode)
        self.law, self._gap = law, earlier[GAP]
        self.stress = ufl.variable(state.stress_on(outer, outer.part.body))
        molar = domain.constant(law.metal.charge_volume)
        self._swept = step * molar
        self.barrier, self._leak, self._edge = _NONE, _NONE, _NONE
        self.touching, self.covered = _ONE, _ONE
        self._closed, self._share = _NONE, _ONE
        self._touching, self._covered = Share(_ONE, _NONE), Share(_ONE, _NONE)
        if law.void_growth is not None:
            self._closed = step * self._closure_rate(case, domain, state)
            self._share = domain.constant(law.void_growth.fraction)
            reach = domain.constant(law.void_growth.contact_gap)
            if state.contact_map is not None:  # voids are where there is contact
                reach *= ufl.max_value(state.contact_map, _TINY)
            self._touching = self._left(reach * (1.0 + self._closed))
            self.touching = ufl.max_value(1.0 - state.layer[GAP] / reach, 0.0)
        if law.inventory is not None:
            height = domain.constant(law.inventory.island_height)
            then, now = (ufl.max_value(h / height, 0.0) for h in (earlier[THICKNESS], thickness))
            self._covered = Share(then, self._swept / height)
            self.covered = ufl.min_value(now, 1.0)
            self.barrier = initial_contact.nucleation_barrier(case, domain, outer)
            self._leak = domain.constant(lithium_layers.LEAST)
            edge = _EDGE * law.exchange_current_density
            at = partial(arrhenius.exchange_current_density, edge, law)
            self._edge = state.temperature.constant(f"edge of nucleation at {outer.role}", at)

    def current(self, kinetic: Expr, nucleating: Expr, leaking: Expr) -> Expr:
        """Current density of stripping and plating at the end of the time step, pA/um2.

        Args:
            kinetic: Current density on whole lithium that touches all over.
            nucleating: The same on bare collector.
            leaking: What an exchange that goes with the overpotential would pass there.
        """
        # Guesses far off must not overflow.
        kinetic = ufl.max_value(ufl.min_value(kinetic, _HUGE), -_HUGE)
        stripped = lithium_layers.stripping(
            ufl.max_value(kinetic, 0.0), self._touching, self._covered
        )
        covered = ufl.min_value(self._covered.start, 1.0)
        # What plates adds to contact and coverage, and these to the current: taken at the end of
        # the step there might be several solutions.
        plated = self._touching.start * covered * kinetic
        on_lithium = ufl.conditional(ufl.gt(kinetic, 0.0), stripped, plated)
        # What is next to nucleation answers as if it had begun: Newton's method has to see it.
        bare = ufl.max_value(ufl.min_value(nucleating, self._edge), -_HUGE)
        on_bare = self._touching.start * (1.0 - covered) * bare
        return on_lithium + on_bare + self._leak * leaking

    def swept(self, current: Expr) -> Expr:
        """Thickness in um that a current density strips in the time step."""
        return self._swept * current

    def gap(self, current: Expr) -> Expr:
        """Volume of voids an area that is there after it, um."""
        return lithium_layers.gap(self._gap, self.swept(current), self._share, self._closed)

    def _left(self, reach: Expr) -> Share:
        """What touches at the end of the time step, when creep has closed a part of the gap."""
        start = ufl.max_value(1.0 - self._gap / reach, 0.0)
        return Share(start, self._share * self._swept / reach)

    def _closure_rate(self, case: Case, domain: Domain, state: State) -> Expr:
        """Share of its volume by which a void shrinks in a s, under the pressure on its face."""
        metal, constant = self.law.metal, domain.constant
        at = partial(arrhenius.creep_rate, metal)
        pressure = constant(needed(case.cell.stack_pressure))
        if case.physics.mechanics:
            pressure = -self.stress
        return closure_rate(
            ufl.max_value(pressure, 0.0),
            state.temperature.constant(f"creep rate of {metal.name}", at),
            *map(constant, metal.creep),
        )


class Layers(Process):
    """All layers of a cell; thickness and gap follow the current at the end of a time step.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        step: Length of the time step.

    Attributes:
        members: The layers, by the faces that they lie on.
    """

    accumulators = ("layer_growth",)

    def __init__(self, case: Case, domain: Domain, state: State, step: fem.Constant):
        self._domain, self._state = domain, state
        self._earlier = {name: fem.Function(domain.seam) for name in state.layer}
        self.members = {
            outer: Layer(case, domain, state, outer, self._earlier, step)
            for outer in (layered(case, domain, state) if state.layer else ())
        }
        self._moves_platen = lambda role: (
            case.physics.lithium_volume and not parts_from_electrode(case, role)
        )
        self._reach: npt.NDArray[np.float64] = np.zeros(0)
        self._swept: Average | None = None
        self._yield: Average | None = None
        self._grown: list[tuple[Integral, float]] = []
        self.begin_step()

    @property
    def roles(self) -> tuple[str, ...]:
        """The boundaries that have one, `anode` or `collector`."""
        return tuple(dict.fromkeys(outer.role for outer in self.members))

    def of(self, face: Face) -> Layer | None:
        """The layer on a face; None where lithium neither ends nor parts."""
        return self.members.get(face) if isinstance(face, Outer) else None

    def contact(self, face: Face) -> Expr:
        """Share of the face of an electrode where lithium and electrolyte touch at present."""
        layer, kept = self.of(face), self._state.contact_factor(face)
        return kept if layer is None else kept * layer.touching * layer.covered

    def follow(self, currents: Mapping[LithiumFace, Expr]) -> None:
        """Take the current densities that change the layers."""
        swept, gap, yields = [], [], []
        for lithium, current in currents.items():
            layer = self.of(lithium.face)
            if layer is None:
                continue
            nodes = self._domain.nodal(lithium.face)
            swept.append((layer.swept(current), nodes, None))
            gap.append((layer.gap(current), nodes, None))
            if lithium.role in self._state.parting_stress:  # else nothing presses on it alone
                grown = layer.gap(current) - layer.swept(current)
                yields.append((ufl.diff(grown, layer.stress), nodes, None))
            if self._moves_platen(lithium.role):
                grown = grown_thickness(layer.law, self._state) * nodes
                self._grown.append(
                    (self._domain.integral(grown), self._domain.role_area(lithium.role))
                )
        if swept:
            self._swept = Average(self._domain, self._domain.seam, swept)
            self._gap = Average(self._domain, self._domain.seam, gap)
            self._yield = Average(self._domain, self._domain.seam, yields) if yields else None
            self._reach = self._contact_gaps()

    def controlled(self) -> list[npt.NDArray[np.float64]]:
        """Voids over the gap at which nothing touches, at the nodes of this rank."""
        return [self._state.layer[GAP].x.array / self._reach] if self.members else []

    def bare(self) -> Iterator[str]:
        """Boundaries that are all but bare."""
        for role in self.roles:
            covered = sum(
                self._domain.integral(layer.covered * self._domain.nodal(outer)).value
                for outer, layer in self.members.items()
                if outer.role == role
            )
            if covered < _BARE * self._domain.role_area(role):
                yield role

    def before_nucleation(self, overpotentials: Mapping[LithiumFace, Expr]) -> float:
        """How much overpotential is missing where plating on bare collector is easiest, V."""
        least = np.inf
        for lithium, overpotential in overpotentials.items():
            layer = self.of(lithium.face)
            if layer is None:
                continue
            missing = overpotential + layer.barrier, self._domain.nodal(lithium.face), None
            average = Average(self._domain, self._domain.seam, [missing])
            there = average.owned_weight > 0.0
            if self._state.contact_map is not None:
                there &= self._state.contact_map.x.array[: len(there)] > 0.0
            least = min(least, average.owned()[there].min(initial=np.inf))
        return float(self._domain.comm.allreduce(least, op=MPI.MIN))

    def _contact_gaps(self) -> npt.NDArray[np.float64]:
        seam, touching = self._domain.seam, self._state.contact_map
        reach: npt.NDArray[np.float64] = np.full_like(self._state.layer[GAP].x.array, np.inf)
        for outer, layer in self.members.items():
            if layer.law.void_growth is not None:
                cells = self._domain.seam_cells(outer)
                reach[seam.dofmap.list[cells]] = layer.law.void_growth.contact_gap
        return reach if touching is None else reach * np.maximum(touching.x.array, _TINY)

    def begin_step(self) -> None:
        """Make the present layers those at the start of the next time step."""
        for name, earlier in self._earlier.items():
            earlier.x.array[:] = self._state.layer[name].x.array

    def respond(self, step: float) -> None:
        """Take over what the present current leaves of the layers."""
        if self._swept is None:
            return
        there = self._swept.weight.x.array > 0.0
        thickness, gap = self._state.layer[THICKNESS].x.array, self._state.layer[GAP].x.array
        left = self._earlier[THICKNESS].x.array - self._swept.update().x.array
        np.copyto(thickness, left, where=there)
        np.copyto(gap, self._gap.update().x.array, where=there)
        if self._yield is not None:
            less = np.maximum(self._yield.update().x.array, 0.0)
            np.copyto(self._state.layer_yield.x.array, less, where=self._yield.weight.x.array > 0.0)
        grown = sum(integral.value / area for integral, area in self._grown)
        self._state.position["layer_growth"] = grown


def grown_thickness(law: LithiumElectrode, state: State) -> Expr:
    """What a layer with its voids has gained since the start, um: a function of the seam."""
    start = law.inventory.thickness if law.inventory is not None else 0.0
    return state.layer[THICKNESS] + state.layer[GAP] - start


def pushed(
    domain: Domain, state: State, outer: Outer, law: LithiumElectrode, jump: Expr
) -> tuple[Expr, Expr]:
    """How a layer keeps a face of the electrolyte from the foil behind it: theory.md (69).

    The more it presses the less plates. As with lithium in cracks, the layer grows by what the
    kinetics say at a pressure, less their answer to what the pressure is beyond that.

    Args:
        domain: Where.
        state: The unknowns.
        outer: The face.
        law: Of the electrode.
        jump: From the face to the foil without a layer, um.

    Returns:
        The jump over the stiffness of the face, um, and what the source of the lithium has left to
        give, pJ/um2.
    """
    normal, less = domain.normal, state.layer_yield
    stiffness = domain.constant(needed(law.penalty_stiffness))
    pressure = ufl.max_value(-state.stress_on(outer, outer.part.body), 0.0)
    jump -= (grown_thickness(law, state) + less * pressure) * normal
    jump = interfaces.yielding(jump, normal, stiffness, less)
    pressing = stiffness * ufl.min_value(ufl.inner(jump, normal), 0.0)
    return jump, 0.5 * less * pressing**2


def layered(case: Case, domain: Domain, state: State) -> Iterable[Outer]:
    """Faces of lithium electrodes whose lithium is a layer."""
    for outer in domain.outers:
        law = getattr(case.boundaries, outer.role, None)
        reacts = is_lithium_electrode(case, outer) and outer.part.body in state.electrolyte
        if reacts and isinstance(law, LithiumElectrode) and law.is_layer:
            yield outer
