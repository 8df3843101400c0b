"""Normal stress on lithium electrodes, from the forces on their nodes."""

from collections.abc import Sequence

import numpy as np
import ufl
from dolfinx import fem

from ecmcell.domain.average import Average, assemble
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import ExteriorBoundary, FacetSet
from ecmcell.domain.smoothing import Smoothing
from ecmcell.physics import interfaces
from ecmcell.processes.deformation.platens import Platens
from ecmcell.processes.interfaces.interfaces import InterfaceLaws
from ecmcell.processes.reactions.metals import LithiumFace


class ElectrodeStress:
    """Normal stress around the nodes of one electrolyte's lithium electrodes, MPa.

    The force that holds a node, over the area around it: together they balance the pressure, and
    they converge faster than the stress in cells. It is smoothed along what holds together.

    Args:
        domain: Where.
        faces: The electrodes of a body of electrolyte.
        laws: What may debond from it.
        platens: What presses on the others.
        work: What the body's stress and the forces on it do on a virtual displacement that is
            linear: where an electrode holds it they leave what this holds it with.
    """

    def __init__(
        self,
        domain: Domain,
        faces: Sequence[LithiumFace],
        laws: InterfaceLaws,
        platens: Platens,
        work: ufl.Form,
    ):
        (body,) = {lithium.electrolyte.body for lithium in faces}
        region = domain.bodies[body]
        self._forces = fem.Function(region.vectors)
        self._work = domain.compile(work)
        held: list[FacetSet] = []
        terms = []
        for lithium in faces:
            face = lithium.face
            law, traction = laws.find(face), platens.normal_traction(face)
            if law is not None:
                traction = interfaces.normal_component(law.traction(), face.here(domain.normal))
            if traction is None:
                held.append(face)
            else:
                terms.append((traction, domain.nodal(face), lithium.side))
        self._pulled = Average(domain, region.scalars, terms) if terms else None
        self._area = fem.Function(region.scalars)  # of held faces, negative at the anode
        if held:
            test = ufl.TestFunction(region.scalars)
            facing = sum(
                domain.normal[0] * test * domain.ds(f)
                for f in held
                if isinstance(f, ExteriorBoundary)
            )
            assemble(domain.compile(facing), self._area)
        parts = any(lithium.face in laws.cohesive for lithium in faces)
        sides = [(lithium.face, lithium.side) for lithium in faces]
        self._smoothing = None if parts else Smoothing(domain, region, sides)
        self._found = fem.Function(region.scalars)

    def update(self) -> fem.Function:
        """Evaluate with the present fields."""
        assemble(self._work, self._forces)
        area = self._area.x.array
        dim = self._forces.function_space.dofmap.bs
        size, total = np.abs(area), self._forces.x.array[::dim] * np.sign(area)
        if self._pulled is not None:
            weight = self._pulled.weight.x.array
            total = total + self._pulled.update().x.array * weight
            size = size + weight
        found = self._found.x.array
        np.divide(total, size, out=found, where=size > 0.0)
        return self._found if self._smoothing is None else self._smoothing(found)
