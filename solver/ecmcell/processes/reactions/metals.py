"""Lithium metal: on which facets it reacts with an electrolyte, be it meshed or a boundary."""

from dataclasses import dataclass
from typing import Any

from ecmcell.case.interfaces import LithiumElectrode, ReactingInterface
from ecmcell.case.materials import Material
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import ExteriorBoundary, FacetSet, Interface
from ecmcell.domain.plan import Network, Pair, Subdomain
from ecmcell.errors import InputError
from ecmcell.processes.state import State, is_lithium_electrode

_ENDS = ("anode", "collector")
_NETWORK = "metal of the {}"


@dataclass(frozen=True, eq=False)
class LithiumFace:
    """Facets where lithium metal and an electrolyte that takes part meet.

    Attributes:
        face: A contact with a metal that is meshed, or the face of an electrode that is not.
        tag: `anode`, at 0 V, or `collector`, at the voltage of the cell.
        electrolyte: The part that the metal reacts with.
        law: Its kinetics and films.
        metal: The metal.
    """

    face: FacetSet
    tag: str
    electrolyte: Subdomain
    law: ReactingInterface | LithiumElectrode
    metal: Material

    @property
    def name(self) -> str:
        """What the case calls it: a boundary tag, or two phases."""
        if isinstance(self.face, Interface):
            return f"{self.face.plus.phase}|{self.face.minus.phase}"
        return self.tag

    @property
    def side(self) -> str | None:
        """Restriction of functions of the electrolyte to these facets."""
        return self.face.side(self.electrolyte) if isinstance(self.face, Interface) else None

    def here(self, value: Any) -> Any:
        """A function of the electrolyte on these facets."""
        return value if self.side is None else value(self.side)


def lithium_faces(case: Case, domain: Domain, state: State) -> tuple[LithiumFace, ...]:
    """All facets where lithium metal reacts, those of the boundaries first."""
    found = [
        _of_boundary(case, boundary)
        for boundary in domain.boundaries
        if is_lithium_electrode(case, boundary) and boundary.subdomain.body in state.electrolyte
    ]
    for contact in domain.interfaces:
        for metal, other in ((contact.plus, contact.minus), (contact.minus, contact.plus)):
            if metal.phase in case.metal_phases and other.body in state.electrolyte:
                found.append(_of_contact(case, contact, metal, other))
    return tuple(found)


def _of_boundary(case: Case, boundary: ExteriorBoundary) -> LithiumFace:
    electrode = getattr(case.boundaries, boundary.tag)
    assert isinstance(electrode, LithiumElectrode)
    return LithiumFace(boundary, boundary.tag, boundary.subdomain, electrode, electrode.metal)


def _of_contact(
    case: Case, contact: Interface, metal: Subdomain, electrolyte: Subdomain
) -> LithiumFace:
    law = case.interface_between(metal.phase, electrolyte.phase)
    assert isinstance(law, ReactingInterface)
    tag = next(end for end in _ENDS if _NETWORK.format(end) in metal.reach)
    return LithiumFace(contact, tag, electrolyte, law, case.phases[metal.phase].material)


def networks(case: Case, bonded: frozenset[Pair]) -> dict[str, Network]:
    """What tells metal at the anode from metal at the collector; empty if none is meshed."""
    metals = frozenset(case.metal_phases)
    return {_NETWORK.format(end): Network(metals, bonded, end) for end in _ENDS if metals}


def check(case: Case, domain: Domain) -> None:
    """Whether every metal is part of one electrode.

    Raises:
        InputError: If not.
    """
    for subdomain in domain.subdomains:
        if subdomain.phase not in case.metal_phases:
            continue
        ends = [end for end in _ENDS if _NETWORK.format(end) in subdomain.reach]
        if len(ends) != 1:
            given = "reaches from anode to collector" if ends else "touches no anode or collector"
            remedy = "Each piece of a metal has to touch one of the two: take another mesh."
            raise InputError(
                case.path, f"phases.{subdomain.phase}", f"a piece of it {given}", remedy
            )
