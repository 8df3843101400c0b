"""What swells or grows pushes at what is around it: strains, and the forces that go with them."""

import ufl
from dolfinx import fem

from ecmcell.physics import interfaces
from ecmcell.processes import initial_contact
from ecmcell.processes.context import Context
from ecmcell.processes.deformation.stresses import Stresses
from ecmcell.processes.interfaces.interfaces import InterfaceLaws
from ecmcell.processes.state import THICKNESS

FreeStrain = tuple[fem.Function, ufl.Form]
"""A strain or thickness, and what a unit of it takes from the elastic energy: a linear form."""


def free_strains(context: Context, stresses: Stresses, laws: InterfaceLaws) -> list[FreeStrain]:
    """All that does: active material, what plates on meshed metal, and layers of lithium."""
    return [
        *_swelling(context, stresses),
        *_plated(context, laws),
        *_layers(context, laws),
    ]


def _swelling(context: Context, stresses: Stresses) -> list[FreeStrain]:
    found = []
    for body in context.active.values():
        subdomain = body.subdomain
        for one in body.swellings:
            test = ufl.TestFunction(one.nodes.function_space)
            traction = ufl.inner(stresses.full_stress(subdomain), one.directions)
            found.append((one.nodes, traction * test * context.domain.dx(subdomain)))
    return found


def _plated(context: Context, laws: InterfaceLaws) -> list[FreeStrain]:
    """What meshed metal pulls with where its thickness changes."""
    domain, state = context.domain, context.state
    contacts = initial_contact.metal_contacts(context.case, domain)
    if not state.plated or not contacts:
        return []
    thickness = state.plated[THICKNESS]
    test = ufl.TestFunction(thickness.function_space)
    force = 0
    for contact in contacts:
        whole, normal = laws[contact].traction(), contact.here(domain.normal)
        traction = interfaces.normal_component(whole, normal)
        force += traction * contact.here(test) * domain.nodal(contact)
    return [(thickness, force)]


def _layers(context: Context, laws: InterfaceLaws) -> list[FreeStrain]:
    """What electrodes pull with where the lithium on them changes, if they may debond."""
    found, domain = [], context.domain
    layers = context.state.layer.values() if context.case.physics.lithium_volume else ()
    for thickness in layers:
        test = ufl.TestFunction(thickness.function_space)
        for boundary, law in laws.faces.items():
            traction = interfaces.normal_component(law.traction(), domain.normal)
            found.append((thickness, traction * test * domain.nodal(boundary)))
    return found
