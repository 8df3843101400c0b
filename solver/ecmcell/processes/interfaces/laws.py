"""How two sides hold on to each other: by stiff springs, or by a cohesive law that may break."""

from typing import Protocol

import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.interfaces import CohesiveInterface
from ecmcell.case.materials import needed
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import FacetSet
from ecmcell.physics import cohesion, interfaces


class InterfaceLaw(Protocol):
    """What a contact does to the displacements of its sides.

    Attributes:
        stored_energy: Energy that it would give back, pJ/um2.
    """

    stored_energy: Expr

    def traction(self) -> Expr:
        """Traction in MPa that the minus side exerts on the plus side."""


class Spring:
    """A contact that holds, whatever pulls at it."""

    def __init__(self, domain: Domain, law: CohesiveInterface, jump: Expr):
        self._stiffness, self._jump = domain.constant(needed(law.penalty_stiffness)), jump
        self.stored_energy = 0.5 * self._stiffness * ufl.inner(jump, jump)

    def traction(self) -> Expr:
        """Traction in MPa that the minus side exerts on the plus side."""
        return interfaces.spring_traction(self._stiffness, self._jump)


class Cohesive:
    """A contact that may debond.

    Args:
        domain: Where.
        law: What it withstands.
        face: The contact, or the face of an electrode.
        jump: Displacement of the far side less that of the near side.
        earlier: Damage at the start of the time step, a function of the skeleton.
        opened: Size of the opening at the start of the time step, likewise.

    Attributes:
        opening: The opening and its modes.
        damage: Damage at the end of the time step.
        contact_factor: Fraction of the contact that carries current.
        spent: Energy that debonding had cost before the time step, pJ/um2.
        fracture_energy: Energy that debonding has cost in the time step, pJ/um2.
        viscous_energy: Energy that the viscosity has cost in the time step, pJ/um2.
    """

    def __init__(
        self,
        domain: Domain,
        law: CohesiveInterface,
        face: FacetSet,
        jump: Expr,
        earlier: fem.Function,
        opened: fem.Function,
    ):
        how, constant = law.cohesion, domain.constant
        assert how is not None
        strength = needed(law.strength)
        self.law = cohesion.Law(
            stiffness=constant(needed(law.penalty_stiffness)),
            strength=constant(strength),
            shear_strength=constant(how.shear_strength or strength),
            energy=constant(how.mode_i_fracture_energy),
            shear_energy=constant(how.mode_ii_fracture_energy or how.mode_i_fracture_energy),
            exponent=constant(how.benzeggagh_kenane_exponent),
        )
        self._viscosity = how.viscosity
        self.opening = cohesion.Opening(jump, face.here(domain.normal))
        self.earlier = face.here(earlier)
        self._pace = constant(1.0)
        self.damage = cohesion.damage(self.law, self.opening, self.earlier, self._pace)
        self.contact_factor = cohesion.contact_factor(
            self.opening.gap,
            self.damage,
            constant(how.contact_gap),
            constant(how.recontact_fraction),
        )
        debonded = [
            cohesion.fracture_energy(self.law, self.opening.mixity, damage)
            for damage in (self.earlier, self.damage)
        ]
        self.spent, self.fracture_energy = debonded[0], debonded[1] - debonded[0]
        self.stored_energy = cohesion.stored_energy(self.law, self.opening, self.damage)
        self.viscous_energy = cohesion.viscous_energy(
            self.law, self.opening, self.earlier, face.here(opened), self._pace
        )

    def traction(self) -> Expr:
        """Traction in MPa that the minus side exerts on the plus side."""
        return cohesion.traction(self.law, self.opening, self.damage)

    def grow(self, step: float) -> None:
        """Let damage grow in a time step of some s; in one of no length it stays as it is."""
        self._pace.value = step / (step + self._viscosity) if step > 0.0 else 0.0
