"""Strain, stress and stored energy of each part of a cell as forms."""

import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Outer
from ecmcell.domain.plan import Part
from ecmcell.physics import fracture, mechanics
from ecmcell.simulation import cracks
from ecmcell.simulation.flow import flows
from ecmcell.simulation.lithium import ActiveBody
from ecmcell.simulation.state import State


class Stresses:
    """What a part is strained by, and how it answers: elastic, cracked or flowing.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        active: Bodies of active material.

    Attributes:
        cracking: How each part that may crack does.
        flows: How each part that flows does.
    """

    def __init__(self, case: Case, domain: Domain, state: State, active: dict[str, ActiveBody]):
        self._case, self._domain, self._state, self._active = case, domain, state, active
        self._elastic = {part: self._lame(part) for part in domain.parts}
        self.cracking = cracks.laws(case, domain, state)
        self.flows = flows(case, domain, state, self._elastic)

    def strain(self, part: Part) -> Expr:
        """The 3 x 3 total strain in a part."""
        return self._state.strain(part.body)

    def elastic_strain(self, part: Part) -> Expr:
        """The 3 x 3 elastic strain in a part."""
        return fracture.elastic_strain(self.strain(part), self._swelling(part))

    def stored_energy(self, part: Part) -> Expr:
        """Elastic energy a volume in a part, MPa."""
        elastic, strain = self._elastic[part], self.elastic_strain(part)
        if part in self.flows:
            strain = self.flows[part].elastic_strain(self.strain(part))
        if part in self.cracking:
            return self.cracking[part].stored(elastic, strain)
        return sum(fracture.SPLITS["none"].energies(elastic, strain))

    def stress(self, part: Part) -> Expr:
        """Stress in a part in MPa, in the plane in 2D."""
        return mechanics.in_plane(self.full_stress(part), self._domain.dim)

    def full_stress(self, part: Part) -> Expr:
        """The 3 x 3 stress in a part in MPa."""
        if part in self.flows:
            return self.flows[part].stress(self.strain(part))
        if part in self.cracking:
            return self.cracking[part].stress(self._elastic[part], self.elastic_strain(part))
        return mechanics.stress(self._elastic[part], self.strain(part), self._swelling(part))

    def hydrostatic_stress(self, part: Part) -> Expr:
        """Hydrostatic stress in a part in MPa."""
        if part in self.cracking:
            return ufl.tr(self.full_stress(part)) / 3.0
        return mechanics.hydrostatic_stress(
            self._elastic[part], self.strain(part), self._swelling(part)
        )

    def normal_stress(self, outer: Outer) -> Expr:
        """Normal stress on outer facets in MPa, negative in compression."""
        normal = self._domain.normal
        return ufl.inner(ufl.dot(self.stress(outer.part), normal), normal)

    def _lame(self, part: Part) -> tuple[fem.Constant, fem.Constant]:
        material = self._case.phases[part.phase].material
        pair = mechanics.lame(needed(material.youngs_modulus), needed(material.poisson_ratio))
        return self._domain.constant(pair[0]), self._domain.constant(pair[1])

    def _swelling(self, part: Part) -> Expr:
        active = self._active.get(part.body)
        if active is None:
            return ufl.zero((3, 3))
        return active.chemical_strain()
