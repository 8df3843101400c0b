"""Where lithium touches the electrolyte from the start, on faces of electrodes and on its own."""

from collections.abc import Mapping, Sequence

import numpy as np
from dolfinx import fem

from ecmcell.case.contact import ContactMap
from ecmcell.case.faults import Fault, dotted
from ecmcell.case.interfaces import LithiumElectrode, ReactingInterface
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import ExteriorBoundary, FacetSet, Interface
from ecmcell.errors import InputError
from ecmcell.processes.contact_maps import pattern

Maps = Mapping[str, tuple[ContactMap, Sequence[FacetSet]]]


def metal_contacts(case: Case, domain: Domain) -> dict[Interface, ReactingInterface]:
    """Contacts between meshed metal and electrolyte, with what joins them."""
    found = {}
    for contact in domain.interfaces:
        law = case.interface_between(contact.plus.phase, contact.minus.phase)
        if isinstance(law, ReactingInterface) and contact.pair & {*case.metal_phases}:
            found[contact] = law
    return found


def contact_map(case: Case, domain: Domain) -> fem.Function | None:
    """Fraction of the faces of electrodes that touches, 1 on all else; None if all of them does."""
    maps = {}
    for tag, electrode in case.boundaries:
        if isinstance(electrode, LithiumElectrode) and electrode.contact is not None:
            faces = [boundary for boundary in domain.boundaries if boundary.tag == tag]
            maps[f"boundaries.{tag}.contact"] = (electrode.contact, faces)
    return _fraction(case, domain, maps) if maps else None


def void_depth(case: Case, domain: Domain) -> fem.Function:
    """Depth of the voids that meshed metal has from the start, facet by facet, um."""
    depth = fem.Function(domain.skeleton)
    contacts = metal_contacts(case, domain)
    for key, law in case.interfaces.items():
        voids = law.voids if isinstance(law, ReactingInterface) else None
        if voids is None:
            continue
        faces = [contact for contact, other in contacts.items() if other is law]
        maps = {f"interfaces.{key}.voids.contact": (voids.contact, faces)}
        fraction = _fraction(case, domain, maps).x.array
        depth.x.array[:] += np.where(fraction < 0.5, voids.depth, 0.0)
    return depth


def nucleation_barrier(case: Case, domain: Domain, boundary: ExteriorBoundary) -> fem.Function:
    """What plating on bare collector takes beyond that on lithium, V, facet by facet."""
    barrier = fem.Function(domain.skeleton)
    electrode = getattr(case.boundaries, boundary.tag)
    assert isinstance(electrode, LithiumElectrode) and electrode.inventory is not None
    inventory = electrode.inventory
    barrier.x.array[:] = inventory.nucleation_overpotential
    if inventory.nucleation_sites is not None:
        key = f"boundaries.{boundary.tag}.inventory.nucleation_sites"
        faces = [other for other in domain.boundaries if other.tag == boundary.tag]
        fraction = _fraction(case, domain, {key: (inventory.nucleation_sites, faces)}).x.array
        barrier.x.array[fraction >= 0.5] = 0.0
    return barrier


def _fraction(case: Case, domain: Domain, maps: Maps) -> fem.Function:
    fraction = fem.Function(domain.skeleton)
    fraction.x.array[:] = 1.0
    low, high = domain.bounds[:, 1 : domain.dim]
    for key, (contact, faces) in maps.items():
        try:
            touches = pattern(contact, low, high)
        except Fault as fault:
            where = f"{key}.{dotted(fault.key)}"
            raise InputError(case.path, where, fault.given, fault.remedy) from None
        domain.fill(fraction, faces, touches)
    return fraction
