"""Ions of electrolytes in forms: alone in inorganic ones, with the anions of a salt in polymers.

The concentration s of salt counts in that at rest. With M(s), what a gradient of salt adds to the
potential of a lithium electrode, the current follows Ohm's law down phi - M, theory.md (4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.materials import PolymerElectrolyte
from ecmcell.domain.domain import Domain
from ecmcell.domain.plan import Subdomain
from ecmcell.numerics.system.change_of_variables import FieldCombination
from ecmcell.numerics.system.curves import TabulatedCoefficient
from ecmcell.processes import salt_tables
from ecmcell.processes.context import Context
from ecmcell.processes.properties import Properties, SubdomainProperties
from ecmcell.processes.state import State


@dataclass(frozen=True)
class Salt:
    """The salt in one part of an electrolyte.

    Attributes:
        potential: M, what it adds to the potential, V.
        concentration: Over that at rest.
        diffusivity: In um2/s, with what cracks leave of it.
        transference: Of the cation.
        charge: Of the anions at rest, pC/um3.
    """

    potential: fem.Function
    concentration: fem.Function
    diffusivity: Expr
    transference: Expr
    charge: fem.Constant


@dataclass(frozen=True)
class Ions:
    """How ions move in one part of an electrolyte.

    Attributes:
        subdomain: The part.
        conductivity: In pA/(V um), with what cracks leave of it.
        potential: Against lithium, V.
        salt: Where the anions of a salt move too; None where only lithium does.
    """

    subdomain: Subdomain
    conductivity: Expr
    potential: fem.Function
    salt: Salt | None = None

    @property
    def driving(self) -> Expr:
        """The potential down which the current flows, V."""
        return self.potential if self.salt is None else self.potential - self.salt.potential


class Electrolytes:
    """The ions of all electrolytes that take part.

    Args:
        domain: Where.
        state: The unknowns.
        properties: Those of all parts.

    Attributes:
        salt_potential: M by body.
        transference: Of the cation, by body.
        subdomains: How they move, by part.
    """

    def __init__(self, domain: Domain, state: State, properties: Properties):
        self._properties = properties
        # Of a body by any of its parts: where salts are bonded they are the same.
        self._salts = {
            body: properties.of(domain.bodies[body].subdomains[0]).made_of(PolymerElectrolyte)
            for body in state.salt
        }
        self.salt_potential = {
            body: TabulatedCoefficient(
                salt, salt_tables.potential(self._salts[body], state.temperature.kelvin)
            )
            for body, salt in state.salt.items()
        }
        self.transference = {
            body: TabulatedCoefficient(salt, salt_tables.transference(self._salts[body]))
            for body, salt in state.salt.items()
        }
        state.temperature.follow(self._warm)
        self.subdomains: dict[Subdomain, Ions] = {
            subdomain: self._ions(state, properties.of(subdomain))
            for body in state.electrolyte
            for subdomain in domain.bodies[body].subdomains
        }

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Of any cell."""
        return [cls(context.domain, context.state, context.properties)]

    def refresh(self) -> None:
        """Evaluate what depends on salt at its present concentration."""
        self._properties.refresh()
        for follower in self.followers:
            follower.refresh()

    @property
    def followers(self) -> tuple[TabulatedCoefficient, ...]:
        """All that follows the salt node by node."""
        return (*self.salt_potential.values(), *self.transference.values())

    def combinations(self, fields: Sequence[fem.Function]) -> list[FieldCombination]:
        """Salt and potential of each polymer, combined into what hardly knows of the other.

        The current flows down the potential less that of the salt, which is a better unknown; and
        the anions that it moves are a fraction of all that the equation of the ions balances.

        Args:
            fields: All unknown fields.
        """
        places = {id(field): number for number, field in enumerate(fields)}
        return [
            FieldCombination(
                places[id(ions.salt.concentration)],
                places[id(ions.potential)],
                self.salt_potential[body],
                self.transference[body],
            )
            for body, ions in {
                subdomain.body: ions for subdomain, ions in self.subdomains.items()
            }.items()
            if ions.salt is not None
        ]

    def _ions(self, state: State, subdomain_properties: SubdomainProperties) -> Ions:
        subdomain, conductivity = (
            subdomain_properties.subdomain,
            subdomain_properties.ionic_conductivity,
        )
        potential = state.electrolyte[subdomain.body]
        if subdomain.body not in state.salt:
            return Ions(subdomain, conductivity, potential)
        salt = Salt(
            self.salt_potential[subdomain.body].value,
            state.salt[subdomain.body],
            subdomain_properties.salt_diffusivity,
            self.transference[subdomain.body].value,
            subdomain_properties.salt_charge,
        )
        return Ions(subdomain, conductivity, potential, salt)

    def _warm(self, kelvin: float) -> None:
        """Bring the potentials of salt to another temperature."""
        for body, follower in self.salt_potential.items():
            follower.table = salt_tables.potential(self._salts[body], kelvin)
            follower.refresh()
