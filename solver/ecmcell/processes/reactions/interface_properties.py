"""What interfaces and lithium electrodes are, in forms: exchange current densities and films.

Everything that needs a property of one asks here, as it asks `processes.properties` for
those of a part. Properties are expressions of the state: of the temperature by constants that
follow it, of the time by films that grow, and of the salt before an electrode. Plain numbers are in
`processes.closed_form`.
"""

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Self

import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case import arrhenius
from ecmcell.case.interfaces import LithiumElectrode, ReactingInterface
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.physics import kinetics, salt
from ecmcell.processes.context import Context
from ecmcell.processes.reactions.films import Films
from ecmcell.processes.temperature import Temperature
from ecmcell.processes.user_functions import EXCHANGE, Function, UserFunctions

Law = ReactingInterface | LithiumElectrode


class InterfaceProperties:
    """The properties of one interface or lithium electrode.

    Args:
        domain: Where.
        temperature: Of the cell.
        name: What it is called.
        law: What the case says of it.
        film: Areal resistance of its films in V um2/pA; None where there is none.
        own: What a user gives as its exchange current density; None where nothing.

    Attributes:
        film: As given.
    """

    def __init__(
        self,
        domain: Domain,
        temperature: Temperature,
        name: str,
        law: Law,
        film: fem.Constant | None = None,
        own: Function | None = None,
    ):
        self._domain, self._temperature, self._name = domain, temperature, name
        self._law, self.film, self._own = law, film, own

    @cached_property
    def exchange(self) -> fem.Constant:
        """Exchange current density, pA/um2; of insertion, that at half filling."""
        name = f"exchange current density of {self._name}"
        if self._own is not None and isinstance(self._law, LithiumElectrode):
            own = self._own
            return self._temperature.constant(name, lambda at: float(own(temperature=at)))
        return self.exchange_from(name, self._law.exchange_current_density)

    def exchange_from(self, name: str, known: float) -> fem.Constant:
        """Another one that follows the temperature alike, pA/um2.

        Args:
            name: What it is.
            known: Its value at the temperature that the case tells its own for, pA/um2.
        """
        at = partial(arrhenius.exchange_current_density, known, self._law)
        return self._temperature.constant(name, at)

    @cached_property
    def transfer(self) -> fem.Constant:
        """Transfer coefficient of the oxidation."""
        return self._domain.constant(self._law.transfer_coefficient)

    def insertion_exchange(self, stoichiometry: Expr) -> Expr:
        """Exchange current density of insertion at a stoichiometry, pA/um2."""
        if self._own is not None:
            kelvin = self._temperature.constant("temperature", lambda at: at)
            known = {"stoichiometry": stoichiometry, "temperature": kelvin}
            return ufl.as_ufl(self._own(reference=self.exchange, **known))
        return kinetics.insertion_exchange_current(self.exchange, stoichiometry, self.transfer)

    def salted(self, concentration: Expr) -> Expr:
        """What salt, counted in that at rest, makes of the exchange current density."""
        return salt.exchange_factor(concentration, self.transfer)

    def current(self, exchange: Expr, overpotential: Expr) -> tuple[Expr, Expr]:
        """Current density of an oxidation through the films, pA/um2, and the voltage over them.

        Args:
            exchange: Exchange current density, pA/um2.
            overpotential: Of reaction and films, V.
        """
        thermal, film = self._temperature.voltage, self.film
        if film is None:
            oxidation = kinetics.butler_volmer(exchange, overpotential, self.transfer, thermal)
            return oxidation, ufl.as_ufl(0.0)
        current = kinetics.film_current(exchange, overpotential, self.transfer, thermal, film)
        return current, film * current


class Interfaces:
    """The properties of all interfaces and lithium electrodes of a cell.

    Args:
        case: What to solve.
        domain: Where.
        temperature: Of the cell.
        films: On them.
        functions: What stands in the place of numbers of the case.
    """

    def __init__(
        self,
        case: Case,
        domain: Domain,
        temperature: Temperature,
        films: Films,
        functions: UserFunctions,
    ):
        named = [
            *(("interfaces", name, law) for name, law in case.interfaces.items()),
            *(("boundaries", name, law) for name, law in case.boundaries),
        ]
        self._made = [
            (
                law,
                InterfaceProperties(
                    domain,
                    temperature,
                    name,
                    law,
                    films.on(law),
                    functions.at(table, name, EXCHANGE),
                ),
            )
            for table, name, law in named
            if isinstance(law, Law)
        ]

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Of any cell."""
        temperature = context.state.temperature
        needs = context.case, context.domain, temperature, context.the(Films), context.functions
        return [cls(*needs)]

    def on(self, law: Law) -> InterfaceProperties:
        """Those of one, by what the case says of it."""
        return next(properties for other, properties in self._made if other is law)
