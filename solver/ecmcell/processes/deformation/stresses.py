"""Strain, stress and stored energy of each part of a cell as forms."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Self

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.schema import Case
from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain
from ecmcell.domain.plan import Part
from ecmcell.domain.recovery import Patches, Recovery
from ecmcell.physics import fracture, mechanics
from ecmcell.processes.carriers.lithium import ActiveBody, Swelling
from ecmcell.processes.context import Context
from ecmcell.processes.cracks.laws import laws
from ecmcell.processes.deformation.flow import Flow
from ecmcell.processes.state import State
from ecmcell.processes.subdomain import Properties

Array = npt.NDArray[np.float64]


class Stresses:
    """What a part is strained by, and how it answers: elastic, cracked or flowing.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        properties: Those of all parts.
        active: Bodies of active material.
        flows: What flows in each part that does so.

    Attributes:
        cracking: How each part that may crack does.
        flows: How each part that flows does.
        rounding: Strain over which the kinks of cracks between tension and compression are rounded.
    """

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        properties: Properties,
        active: dict[str, ActiveBody],
        flows: Mapping[Part, Flow],
    ):
        self._case, self._domain, self._state, self._active = case, domain, state, active
        self._elastic = {part: properties.of(part).lame for part in domain.parts}
        self.rounding = domain.constant(0.0)
        self.cracking = laws(case, domain, state, self.rounding)
        self.flows = flows
        self._patches: dict[tuple[Part, bool], Patches] = {}

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where there is mechanics, for which it is asked."""
        parts = context.case, context.domain, context.state, context.properties
        flows = {flow.part: flow for flow in context.all(Flow)}
        return [cls(*parts, context.active, flows)]

    def strain(self, part: Part) -> Expr:
        """The 3 x 3 total strain in a part."""
        strain = self._state.strain(part.body)
        if self._case.cell.section != "plane stress":
            return strain
        return mechanics.sheet_strain(self._elastic[part], strain, self._swelling(part))

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

    def driving(self, part: Part) -> Expr:
        """What of the elastic energy a volume the damage of a part takes, MPa."""
        return self.cracking[part].driving(self._elastic[part], self.elastic_strain(part))

    def virtual_work(self, part: Part, virtual: Expr) -> ufl.Form:
        """Work of the stress on a virtual displacement, pJ."""
        body, domain = part.body, self._domain
        if part in self.cracking or not self._state.is_even(body):
            strain = self._state.strain_of(body, virtual)
            return ufl.inner(self.full_stress(part), strain) * domain.dx(part)
        # A pressure linear in the change of volume works at the centres of cells alone. That comes
        # to the same as their mean change of volume, and the matrix costs a tenth.
        strain = self._state.uneven_strain(body)
        pressure = mechanics.hydrostatic_stress(self._elastic[part], strain, self._swelling(part))
        shape = self._answer(part, strain) - pressure * ufl.Identity(3)
        change = ufl.inner(mechanics.in_plane(shape, domain.dim), mechanics.strain(virtual))
        return change * domain.dx(part) + pressure * ufl.div(virtual) * domain.centres(part)

    def stress(self, part: Part) -> Expr:
        """Stress in a part in MPa, in the plane in 2D."""
        return mechanics.in_plane(self.full_stress(part), self._domain.dim)

    def full_stress(self, part: Part) -> Expr:
        """The 3 x 3 stress in a part in MPa."""
        return self._answer(part, self.strain(part))

    def hydrostatic_stress(self, part: Part) -> Expr:
        """Hydrostatic stress in a part in MPa."""
        if part in self.cracking:
            return ufl.tr(self.full_stress(part)) / 3.0
        return mechanics.hydrostatic_stress(
            self._elastic[part], self.strain(part), self._swelling(part)
        )

    # At nodes: the stress falls as steeply as the material swells, by what is known there. What is
    # left when that is taken off is smooth, harmonic in an isotropic body.

    def hydrostatic_at_nodes(self, body: str) -> Recovery:
        """Hydrostatic stress at the nodes of a body, MPa."""
        fall, known = self._fall(body)
        parts = self._domain.bodies[body].parts
        return self._at_nodes({p: self.hydrostatic_stress(p) + fall for p in parts}, known)

    def at_nodes(self, body: str) -> Recovery:
        """Stress at the nodes of a body in MPa: the components `mechanics.COMPONENTS`.

        Its hydrostatic part falls as that alone does. What flows keeps to what it yields at, which
        means never exceed and lines through them do.
        """
        fall, known = self._fall(body)
        parts = self._domain.bodies[body].parts
        shift = fall * ufl.Identity(3)
        terms = {p: mechanics.components(self.full_stress(p) + shift) for p in parts}
        normal = np.array([i == j for i, j in mechanics.COMPONENTS], dtype=float)
        of_components = None if known is None else lambda: np.outer(known(), normal)
        return self._at_nodes(terms, of_components, self.flows)

    def in_cells(self, body: str) -> Average:
        """The same components in the middle of cells."""
        domain, region = self._domain, self._domain.bodies[body]
        terms = [
            (mechanics.components(self.full_stress(p)), domain.centres(p)) for p in region.parts
        ]
        return Average(domain, region.constants((len(mechanics.COMPONENTS),)), terms)

    def offset_at_nodes(self, body: ActiveBody, swelling: Swelling) -> Recovery:
        """Mean stress along the directions of a swelling plus its expected fall, at nodes, MPa."""
        stress = ufl.inner(self.full_stress(body.part), swelling.directions) / swelling.count
        return self._at_nodes({body.part: stress + body.expected_fall(swelling)})

    def _fall(self, body: str) -> tuple[Expr, Callable[[], Array] | None]:
        """How the hydrostatic stress in a body is expected to fall, and the same at its nodes."""
        active = self._active.get(body)
        if active is None:
            return ufl.as_ufl(0.0), None
        swellings = active.swellings
        shares = [s.count / 3.0 for s in swellings]  # of their stresses in the hydrostatic one
        falls = [active.expected_fall(s) for s in swellings]
        fall = sum(share * f for share, f in zip(shares, falls, strict=True))
        return fall, lambda: np.dot(shares, [s.fall(swellings) for s in swellings])

    def _at_nodes(
        self,
        terms: dict[Part, Expr],
        known: Callable[[], Array] | None = None,
        uneven: Collection[Part] = (),
    ) -> Recovery:
        """What is given in each part of a body, at its nodes; in uneven parts means."""
        (body,) = {part.body for part in terms}
        region = self._domain.bodies[body]
        # Over the width of a crack the stress falls to nothing.
        is_cracking = any(part in self.cracking for part in region.parts)
        patches = {part: self._patches_of(part, is_cracking or part in uneven) for part in terms}
        return Recovery(self._domain, region, terms, patches, known)

    def _patches_of(self, part: Part, is_uneven: bool) -> Patches:
        key = part, is_uneven
        if key not in self._patches:
            region = self._domain.bodies[part.body]
            self._patches[key] = Patches(self._domain, region, part, not is_uneven)
        return self._patches[key]

    def _answer(self, part: Part, strain: Expr) -> Expr:
        """The 3 x 3 stress in a part at a total strain, MPa."""
        if part in self.flows:
            return self.flows[part].stress(strain)
        elastic, swelling = self._elastic[part], self._swelling(part)
        if part in self.cracking:
            held = fracture.elastic_strain(strain, swelling)
            return self.cracking[part].stress(elastic, held)
        return mechanics.stress(elastic, strain, swelling)

    def _swelling(self, part: Part) -> Expr:
        active = self._active.get(part.body)
        if active is None:
            return ufl.zero((3, 3))
        return active.chemical_strain()


def largest(stress: Recovery, invariant: Callable[[Array], Array]) -> fem.Function:
    """An invariant of what `Stresses.at_nodes` finds; where phases of a body meet, the larger."""
    out = fem.Function(stress.nodes)
    out.x.array[:] = -np.inf
    for share, values in stress.sides():
        here = share > 0.0
        found = invariant(mechanics.full(values[here]))
        out.x.array[here] = np.maximum(out.x.array[here], found)
    return out
