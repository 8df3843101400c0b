"""Charge transfer of a case in forms: between active material and electrolyte, and at lithium."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case import arrhenius
from ecmcell.case.interfaces import LithiumElectrode, ReactingInterface
from ecmcell.case.materials import Electrolyte, needed
from ecmcell.case.schema import Case
from ecmcell.columns import losses
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Interface
from ecmcell.domain.plan import Subdomain
from ecmcell.processes.carriers import grain_boundaries
from ecmcell.processes.carriers.lithium import ActiveBody
from ecmcell.processes.context import Context
from ecmcell.processes.process import ELECTRONS, IONS, LITHIUM, Loss, Process
from ecmcell.processes.reactions import metals
from ecmcell.processes.reactions.interface_properties import InterfaceProperties, Interfaces
from ecmcell.processes.reactions.layer import Layer
from ecmcell.processes.reactions.lithium_layers import Layers
from ecmcell.processes.reactions.metals import LithiumFace, lithium_faces
from ecmcell.processes.state import State
from ecmcell.processes.temperature import Temperature

_ZERO = ufl.as_ufl(0.0)
# Of the size of a cell: far below what the mesh makes of potentials, far above what rounding does.
_HAIR = 1e-4


@dataclass(frozen=True)
class Reaction:
    """An oxidation on some facets; on contacts all expressions are restricted to their sides.

    Attributes:
        measure: The facets.
        touching: Fraction of them that carries current; in a volume their area, 1/um.
        current: Current density in pA/um2 into the electrolyte.
        overpotential: What drives the reaction and the film before it, V.
        film_voltage: What falls over the film, V.
        equilibrium: Open-circuit voltage without stress, V; zero at lithium.
        stress_shift: What stress adds to it, V.
    """

    measure: ufl.Measure
    touching: Expr
    current: Expr
    overpotential: Expr
    film_voltage: Expr
    equilibrium: Expr
    stress_shift: Expr

    def losses_at_lithium(self) -> Iterable[Loss]:
        """What a reaction of lithium metal loses, with its films, and what stress adds."""
        yield losses.LITHIUM, self.current * self.overpotential, self.measure
        yield losses.STRESS, self.current * self.stress_shift, self.measure


def sides(contact: Interface, active: dict[str, ActiveBody]) -> tuple[Subdomain, Subdomain]:
    """Active material and electrolyte of a contact that reacts."""
    if contact.plus.body in active:
        return contact.plus, contact.minus
    return contact.minus, contact.plus


class Insertions(Process):
    """Lithium leaving active material at every contact with an electrolyte that takes part.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        active: Bodies of active material.
        interfaces: Their kinetics and films.

    Attributes:
        reactions: How, by contact.
    """

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        active: dict[str, ActiveBody],
        interfaces: Interfaces,
    ):
        self._active = active
        self.reactions = {
            contact: _insertion(case, domain, state, active, interfaces, contact)
            for contact in domain.interfaces
            if {contact.plus.body, contact.minus.body} & active.keys()
            and {contact.plus.body, contact.minus.body} & state.electrolyte.keys()
        }

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In any cell."""
        needs = context.case, context.domain, context.state, context.active
        return [cls(*needs, context.the(Interfaces))]

    def outflow(self, carrier: str, body: str, test: Expr) -> ufl.Form:
        """Lithium and electrons leave active material, ions enter the electrolyte."""
        form = 0
        for contact, reaction in self.reactions.items():
            host, electrolyte = sides(contact, self._active)
            current, measure = reaction.current, reaction.measure
            if carrier in (LITHIUM, ELECTRONS) and host.body == body:
                form += current * test(contact.side(host)) * measure
            if carrier == IONS and electrolyte.body == body:
                form -= current * test(contact.side(electrolyte)) * measure
        return form

    def collected(self) -> ufl.Form:
        """All of it."""
        return sum(r.current * r.measure for r in self.reactions.values())

    def losses(self) -> Iterable[Loss]:
        """Charge transfer, films, and what stoichiometry and stress make of the equilibrium."""
        for reaction in self.reactions.values():
            current, measure = reaction.current, reaction.measure
            transfer = reaction.overpotential - reaction.film_voltage
            yield losses.TRANSFER, current * transfer, measure
            yield losses.FILM, current * reaction.film_voltage, measure
            yield losses.DIFFUSION, current * reaction.equilibrium, measure
            yield losses.STRESS, current * reaction.stress_shift, measure


class LithiumElectrodes(Process):
    """Lithium leaving the metal of every lithium electrode.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        interfaces: Their kinetics and films.
        layers: Where the lithium is a layer.

    Attributes:
        reactions: How, by face.
    """

    def __init__(
        self, case: Case, domain: Domain, state: State, interfaces: Interfaces, layers: Layers
    ):
        self.reactions = {
            lithium: _stripping(case, domain, state, interfaces, lithium, layers.on(lithium.face))
            for lithium in lithium_faces(case, domain, state)
        }
        layers.follow({face: reaction.current for face, reaction in self.reactions.items()})

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In any cell."""
        metals.check(context.case, context.domain)
        interfaces, layers = context.the(Interfaces), context.the(Layers)
        return [cls(context.case, context.domain, context.state, interfaces, layers)]

    def outflow(self, carrier: str, body: str, test: Expr) -> ufl.Form:
        """Ions enter the electrolyte."""
        if carrier != IONS:
            return 0
        return -sum(
            reaction.current * lithium.here(test) * reaction.measure
            for lithium, reaction in self.reactions.items()
            if lithium.electrolyte.body == body
        )

    def collected(self) -> ufl.Form:
        """What those at the collector give."""
        found = (r for lithium, r in self.reactions.items() if lithium.tag == "collector")
        return sum(reaction.current * reaction.measure for reaction in found)

    def losses(self) -> Iterable[Loss]:
        """Overpotentials with films, and what stress adds."""
        for reaction in self.reactions.values():
            yield from reaction.losses_at_lithium()


def _insertion(
    case: Case,
    domain: Domain,
    state: State,
    active: dict[str, ActiveBody],
    interfaces: Interfaces,
    contact: Interface,
) -> Reaction:
    host, electrolyte = sides(contact, active)
    near, far = contact.side(host), contact.side(electrolyte)
    body = active[host.body]
    law = case.interface_between(host.phase, electrolyte.phase)
    assert isinstance(law, ReactingInterface)
    shift = _ZERO
    if case.physics.stress_in_kinetics:
        shift = body.stress_shift()(near)
    equilibrium = ufl.as_ufl(body.open_circuit)(near)
    potential = state.electrode[host.body](near) + state.voltage.symbol
    overpotential = potential - state.electrolyte[electrolyte.body](far) - equilibrium - shift
    properties = interfaces.on(law)
    exchange = properties.insertion_exchange(body.x(near))
    if electrolyte.body in state.salt:
        exchange *= properties.salted(state.salt[electrolyte.body](far))
    current, over_film = properties.current(exchange, overpotential)
    touching = state.contact_factor(contact)
    return Reaction(
        domain.dS(contact),
        touching,
        touching * current,
        overpotential,
        over_film,
        equilibrium,
        shift,
    )


def _stripping(
    case: Case,
    domain: Domain,
    state: State,
    interfaces: Interfaces,
    lithium: LithiumFace,
    layer: Layer | None,
) -> Reaction:
    law, body, face = lithium.law, lithium.electrolyte.body, lithium.face
    properties = interfaces.on(law)
    potential = state.voltage.symbol if lithium.tag == "collector" else _ZERO
    shift = _ZERO
    if case.physics.stress_in_kinetics:
        stress = lithium.here(state.stress_on(face, body)) if layer is None else layer.stress
        shift = domain.constant(lithium.metal.charge_volume) * stress
    overpotential = potential - lithium.here(state.electrolyte[body]) - shift
    contact = state.contact_factor(face)
    if state.interface and law.debonds:  # what floats has a potential all the same
        contact += domain.constant(grain_boundaries.LEAST_CONTACT)
    measure = domain.dS(face) if isinstance(face, Interface) else domain.ds(face)
    if isinstance(law, LithiumElectrode) and law.is_reversible:
        film = properties.film
        current, over_film = _primary(case, domain, state, lithium, film, overpotential)
        left = contact * current
        return Reaction(measure, contact, left, overpotential, over_film, _ZERO, shift)
    exchange: Expr = properties.exchange
    if body in state.salt:
        exchange *= properties.salted(lithium.here(state.salt[body]))
    current, over_film = properties.current(exchange, overpotential)
    if layer is None:
        left = contact * current
        return Reaction(measure, contact, left, overpotential, over_film, _ZERO, shift)
    above = overpotential + layer.barrier
    bare, _ = properties.current(exchange, above)
    leaking = exchange / state.temperature.voltage * above
    left = layer.current(contact * current, contact * bare, leaking)
    # At the nodes: there no more is stripped than there is. Bare collector takes electrons, too.
    kept, nodes = contact * layer.touching, domain.nodal(face)
    return Reaction(nodes, kept, left, overpotential, over_film, _ZERO, shift)


def plating(
    case: Case,
    domain: Domain,
    temperature: Temperature,
    wall: tuple[Expr, ufl.Measure],
    potential: Expr,
    lithium: tuple[Expr, Expr],
) -> Reaction:
    """Lithium leaving what fills cracks and pores; fresh faces have no film.

    Args:
        case: What to solve.
        domain: Where.
        temperature: Of the cell.
        wall: Fraction of a measure that is their faces; in a volume their area, 1/um.
        potential: Of the electrolyte, V.
        lithium: Its pressure, MPa, and the fraction of what the kinetics say that can be stripped;
            plating does not ask it.
    """
    anode, (faces, measure), (pressure, given) = needed(case.lithium_anode), wall, lithium
    law = needed(anode.filled_cracks)
    shift = -domain.constant(anode.metal.charge_volume) * pressure
    overpotential = -potential - shift
    known = law.exchange_current_density or anode.exchange_current_density
    properties = InterfaceProperties(domain, temperature, "filled cracks", anode)
    exchange = properties.exchange_from("exchange current density of filled cracks", known)
    current, over_film = properties.current(exchange, overpotential)
    left = ufl.conditional(ufl.gt(current, 0.0), given * current, current)
    return Reaction(measure, faces, faces * left, overpotential, over_film, _ZERO, shift)


def _primary(
    case: Case,
    domain: Domain,
    state: State,
    lithium: LithiumFace,
    film: fem.Constant | None,
    overpotential: Expr,
) -> tuple[Expr, Expr]:
    """Current density of an electrode in equilibrium, and the voltage over its film.

    Without a film a hair of the electrolyte, thin against the cells of the mesh, takes what little
    overpotential there is.
    """
    phase = lithium.electrolyte.phase

    def resistivity(kelvin: float) -> float:
        return _HAIR / arrhenius.ionic_conductivity(case.phases[phase].made_of(Electrolyte), kelvin)

    thin = state.temperature.constant(f"resistivity of a hair of {phase}", resistivity)
    hair = thin * ufl.CellDiameter(domain.mesh)
    current = overpotential / (hair if film is None else hair + film)
    return current, _ZERO if film is None else film * current
