"""What swells or grows pushes at what is around it: strains, and the forces that go with them."""

import ufl
from dolfinx import fem

from ecmcell.physics import interfaces
from ecmcell.processes import initial_contact
from ecmcell.processes.context import Context
from ecmcell.processes.deformation.stresses import Stresses
from ecmcell.processes.interfaces.interfaces import Joints
from ecmcell.processes.state import THICKNESS

FreeStrain = tuple[fem.Function, ufl.Form]
"""A strain or thickness, and what a unit of it takes from the elastic energy: a linear form."""


def free_strains(context: Context, stresses: Stresses, joints: Joints) -> list[FreeStrain]:
    """All that does: active material, what plates on meshed metal, and layers of lithium."""
    return [
        *_swelling(context, stresses),
        *_plated(context, joints),
        *_layers(context, joints),
    ]


def _swelling(context: Context, stresses: Stresses) -> list[FreeStrain]:
    found = []
    for body in context.active.values():
        part = body.part
        for one in body.swellings:
            test = ufl.TestFunction(one.nodes.function_space)
            pull = ufl.inner(stresses.full_stress(part), one.directions)
            found.append((one.nodes, pull * test * context.domain.dx(part)))
    return found


def _plated(context: Context, joints: Joints) -> list[FreeStrain]:
    """What meshed metal pulls with where its thickness changes."""
    domain, state = context.domain, context.state
    contacts = initial_contact.metal_contacts(context.case, domain)
    if not state.plated or not contacts:
        return []
    thickness = state.plated[THICKNESS]
    test = ufl.TestFunction(thickness.function_space)
    force = 0
    for contact in contacts:
        traction, normal = joints[contact].traction(), contact.here(domain.normal)
        pull = interfaces.normal_part(traction, normal)
        force += pull * contact.here(test) * domain.nodal(contact)
    return [(thickness, force)]


def _layers(context: Context, joints: Joints) -> list[FreeStrain]:
    """What electrodes pull with where the lithium on them changes, if they may part from it."""
    found, domain = [], context.domain
    layers = context.state.layer.values() if context.case.physics.lithium_volume else ()
    for thickness in layers:
        test = ufl.TestFunction(thickness.function_space)
        for outer, joint in joints.faces.items():
            pull = interfaces.normal_part(joint.traction(), domain.normal)
            found.append((thickness, pull * test * domain.nodal(outer)))
    return found
