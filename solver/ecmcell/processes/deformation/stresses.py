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
from ecmcell.domain.plan import Subdomain
from ecmcell.domain.recovery import Patches, Recovery
from ecmcell.physics import fracture, mechanics
from ecmcell.processes.carriers.lithium import ActiveBody, Swelling
from ecmcell.processes.context import Context
from ecmcell.processes.cracks.laws import laws
from ecmcell.processes.deformation.flow import Flow
from ecmcell.processes.properties import Properties
from ecmcell.processes.state import State

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
        flows: Mapping[Subdomain, Flow],
    ):
        self._case, self._domain, self._state, self._active = case, domain, state, active
        self._elastic = {
            subdomain: properties.of(subdomain).lame for subdomain in domain.subdomains
        }
        self.rounding = domain.constant(0.0)
        self.cracking = laws(case, domain, state, self.rounding)
        self.flows = flows
        self._patches: dict[tuple[Subdomain, bool], Patches] = {}

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where there is mechanics, for which it is asked."""
        needs = context.case, context.domain, context.state, context.properties
        flows = {flow.subdomain: flow for flow in context.all(Flow)}
        return [cls(*needs, context.active, flows)]

    def strain(self, subdomain: Subdomain) -> Expr:
        """The 3 x 3 total strain in a part."""
        strain = self._state.strain(subdomain.body)
        if self._case.cell.section != "plane stress":
            return strain
        return mechanics.sheet_strain(self._elastic[subdomain], strain, self._swelling(subdomain))

    def elastic_strain(self, subdomain: Subdomain) -> Expr:
        """The 3 x 3 elastic strain in a part."""
        return fracture.elastic_strain(self.strain(subdomain), self._swelling(subdomain))

    def stored_energy(self, subdomain: Subdomain) -> Expr:
        """Elastic energy per unit volume in a part, MPa."""
        elastic, strain = self._elastic[subdomain], self.elastic_strain(subdomain)
        if subdomain in self.flows:
            strain = self.flows[subdomain].elastic_strain(self.strain(subdomain))
        if subdomain in self.cracking:
            return self.cracking[subdomain].stored(elastic, strain)
        return sum(fracture.SPLITS["none"].energies(elastic, strain))

    def driving(self, subdomain: Subdomain) -> Expr:
        """What of the elastic energy per unit volume the damage of a part takes, MPa."""
        return self.cracking[subdomain].driving(
            self._elastic[subdomain], self.elastic_strain(subdomain)
        )

    def virtual_work(self, subdomain: Subdomain, virtual: Expr) -> ufl.Form:
        """Work of the stress on a virtual displacement, pJ."""
        body, domain = subdomain.body, self._domain
        if subdomain in self.cracking or not self._state.is_even(body):
            strain = self._state.strain_of(body, virtual)
            return ufl.inner(self.full_stress(subdomain), strain) * domain.dx(subdomain)
        # A pressure linear in the change of volume works at the centres of cells alone. That comes
        # to the same as their mean change of volume, and the matrix costs a tenth.
        strain = self._state.uneven_strain(body)
        pressure = mechanics.hydrostatic_stress(
            self._elastic[subdomain], strain, self._swelling(subdomain)
        )
        shape = self._answer(subdomain, strain) - pressure * ufl.Identity(3)
        change = ufl.inner(mechanics.in_plane(shape, domain.dim), mechanics.strain(virtual))
        return change * domain.dx(subdomain) + pressure * ufl.div(virtual) * domain.centres(
            subdomain
        )

    def stress(self, subdomain: Subdomain) -> Expr:
        """Stress in a part in MPa, in the plane in 2D."""
        return mechanics.in_plane(self.full_stress(subdomain), self._domain.dim)

    def full_stress(self, subdomain: Subdomain) -> Expr:
        """The 3 x 3 stress in a part in MPa."""
        return self._answer(subdomain, self.strain(subdomain))

    def hydrostatic_stress(self, subdomain: Subdomain) -> Expr:
        """Hydrostatic stress in a part in MPa."""
        if subdomain in self.cracking:
            return ufl.tr(self.full_stress(subdomain)) / 3.0
        return mechanics.hydrostatic_stress(
            self._elastic[subdomain], self.strain(subdomain), self._swelling(subdomain)
        )

    # At nodes: the stress falls as steeply as the material swells, by what is known there. What is
    # left when that is taken off is smooth, harmonic in an isotropic body.

    def hydrostatic_at_nodes(self, body: str) -> Recovery:
        """Hydrostatic stress at the nodes of a body, MPa."""
        fall, known = self._fall(body)
        subdomains = self._domain.bodies[body].subdomains
        return self._at_nodes({p: self.hydrostatic_stress(p) + fall for p in subdomains}, known)

    def at_nodes(self, body: str) -> Recovery:
        """Stress at the nodes of a body in MPa: the components `mechanics.COMPONENTS`.

        Its hydrostatic part falls as that alone does. What flows keeps to what it yields at, which
        means never exceed and lines through them do.
        """
        fall, known = self._fall(body)
        subdomains = self._domain.bodies[body].subdomains
        shift = fall * ufl.Identity(3)
        terms = {p: mechanics.components(self.full_stress(p) + shift) for p in subdomains}
        normal = np.array([i == j for i, j in mechanics.COMPONENTS], dtype=float)
        of_components = None if known is None else lambda: np.outer(known(), normal)
        return self._at_nodes(terms, of_components, self.flows)

    def in_cells(self, body: str) -> Average:
        """The same components in the middle of cells."""
        return self._in_cells(body, self.full_stress)

    def strain_in_cells(self, body: str) -> Average:
        """Those of the total strain."""
        return self._in_cells(body, self.strain)

    def offset_at_nodes(self, body: ActiveBody, swelling: Swelling) -> Recovery:
        """Mean stress along the directions of a swelling plus its expected fall, at nodes, MPa."""
        stress = ufl.inner(self.full_stress(body.subdomain), swelling.directions) / swelling.count
        return self._at_nodes({body.subdomain: stress + body.expected_fall(swelling)})

    def _fall(self, body: str) -> tuple[Expr, Callable[[], Array] | None]:
        """How the hydrostatic stress in a body is expected to fall, and the same at its nodes."""
        active = self._active.get(body)
        if active is None:
            return ufl.as_ufl(0.0), None
        swellings = active.swellings
        fractions = [s.count / 3.0 for s in swellings]  # of their stresses in the hydrostatic one
        falls = [active.expected_fall(s) for s in swellings]
        fall = sum(fraction * f for fraction, f in zip(fractions, falls, strict=True))
        return fall, lambda: np.dot(fractions, [s.fall(swellings) for s in swellings])

    def _at_nodes(
        self,
        terms: dict[Subdomain, Expr],
        known: Callable[[], Array] | None = None,
        uneven: Collection[Subdomain] = (),
    ) -> Recovery:
        """What is given in each part of a body, at its nodes; in uneven parts means."""
        (body,) = {subdomain.body for subdomain in terms}
        region = self._domain.bodies[body]
        # Over the width of a crack the stress falls to nothing.
        is_cracking = any(subdomain in self.cracking for subdomain in region.subdomains)
        patches = {
            subdomain: self._patches_of(subdomain, is_cracking or subdomain in uneven)
            for subdomain in terms
        }
        return Recovery(self._domain, region, terms, patches, known)

    def _in_cells(self, body: str, tensor: Callable[[Subdomain], Expr]) -> Average:
        """Components of a 3 x 3 tensor of each part of a body, in the middle of cells."""
        domain, region = self._domain, self._domain.bodies[body]
        terms = [(mechanics.components(tensor(p)), domain.centres(p)) for p in region.subdomains]
        return Average(domain, region.constants((len(mechanics.COMPONENTS),)), terms)

    def _patches_of(self, subdomain: Subdomain, is_uneven: bool) -> Patches:
        key = subdomain, is_uneven
        if key not in self._patches:
            region = self._domain.bodies[subdomain.body]
            self._patches[key] = Patches(self._domain, region, subdomain, not is_uneven)
        return self._patches[key]

    def _answer(self, subdomain: Subdomain, strain: Expr) -> Expr:
        """The 3 x 3 stress in a part at a total strain, MPa."""
        if subdomain in self.flows:
            return self.flows[subdomain].stress(strain)
        elastic, swelling = self._elastic[subdomain], self._swelling(subdomain)
        if subdomain in self.cracking:
            held = fracture.elastic_strain(strain, swelling)
            return self.cracking[subdomain].stress(elastic, held)
        return mechanics.stress(elastic, strain, swelling)

    def _swelling(self, subdomain: Subdomain) -> Expr:
        active = self._active.get(subdomain.body)
        if active is None:
            return ufl.zero((3, 3))
        return active.chemical_strain()


def largest(stress: Recovery, invariant: Callable[[Array], Array]) -> fem.Function:
    """An invariant of what `Stresses.at_nodes` finds; where phases of a body meet, the larger."""
    out = fem.Function(stress.nodes)
    out.x.array[:] = -np.inf
    for fraction, values in stress.sides():
        here = fraction > 0.0
        found = invariant(mechanics.full(values[here]))
        out.x.array[here] = np.maximum(out.x.array[here], found)
    return out
