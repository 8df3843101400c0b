"""Where lithium touches the electrolyte from the start, on faces of electrodes and on its own."""

from collections.abc import Mapping, Sequence

import numpy as np
from dolfinx import fem

from ecmcell.case.contact import ContactMap
from ecmcell.case.faults import Fault, dotted
from ecmcell.case.interfaces import Interface, LithiumElectrode
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Contact, Face, Outer
from ecmcell.errors import InputError
from ecmcell.processes.contact_maps import pattern

Maps = Mapping[str, tuple[ContactMap, Sequence[Face]]]


def metal_contacts(case: Case, domain: Domain) -> dict[Contact, Interface]:
    """Contacts between meshed metal and electrolyte, with what joins them."""
    found = {}
    for contact in domain.contacts:
        joint = case.interface_between(contact.plus.phase, contact.minus.phase)
        if isinstance(joint, Interface) and contact.pair & {*case.metal_phases}:
            found[contact] = joint
    return found


def contact_map(case: Case, domain: Domain) -> fem.Function | None:
    """Share of the faces of electrodes that touches, 1 on all else; None if all of them does."""
    maps = {}
    for role, electrode in case.boundaries:
        if isinstance(electrode, LithiumElectrode) and electrode.contact is not None:
            faces = [outer for outer in domain.outers if outer.role == role]
            maps[f"boundaries.{role}.contact"] = (electrode.contact, faces)
    return _share(case, domain, maps) if maps else None


def void_depth(case: Case, domain: Domain) -> fem.Function:
    """Depth of the voids that meshed metal has from the start, facet by facet, um."""
    depth = fem.Function(domain.seam)
    contacts = metal_contacts(case, domain)
    for key, joint in case.interfaces.items():
        voids = joint.voids if isinstance(joint, Interface) else None
        if voids is None:
            continue
        faces = [contact for contact, other in contacts.items() if other is joint]
        maps = {f"interfaces.{key}.voids.contact": (voids.contact, faces)}
        share = _share(case, domain, maps).x.array
        depth.x.array[:] += np.where(share < 0.5, voids.depth, 0.0)
    return depth


def nucleation_barrier(case: Case, domain: Domain, outer: Outer) -> fem.Function:
    """What plating on bare collector takes beyond that on lithium, V, facet by facet."""
    barrier = fem.Function(domain.seam)
    electrode = getattr(case.boundaries, outer.role)
    assert isinstance(electrode, LithiumElectrode) and electrode.inventory is not None
    inventory = electrode.inventory
    barrier.x.array[:] = inventory.nucleation_overpotential
    if inventory.nucleation_sites is not None:
        key = f"boundaries.{outer.role}.inventory.nucleation_sites"
        faces = [other for other in domain.outers if other.role == outer.role]
        share = _share(case, domain, {key: (inventory.nucleation_sites, faces)}).x.array
        barrier.x.array[share >= 0.5] = 0.0
    return barrier


def _share(case: Case, domain: Domain, maps: Maps) -> fem.Function:
    share = fem.Function(domain.seam)
    share.x.array[:] = 1.0
    low, high = domain.bounds[:, 1 : domain.dim]
    for key, (contact, faces) in maps.items():
        try:
            touches = pattern(contact, low, high)
        except Fault as fault:
            where = f"{key}.{dotted(fault.key)}"
            raise InputError(case.path, where, fault.given, fault.remedy) from None
        domain.fill(share, faces, touches)
    return share
