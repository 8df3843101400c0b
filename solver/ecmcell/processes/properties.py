"""What the subdomains of a cell are made of, in forms: conductivities, diffusivities and moduli.

Everything that needs a property of a part asks here. Properties are expressions of the state: of
the temperature by constants that follow it, of the salt by tables, and of cracks by their damage as
handed to the transport. Plain numbers of a material are in `ecmcell.case.arrhenius`.
"""

from functools import cached_property, partial

from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case import arrhenius
from ecmcell.case.materials import (
    ActiveMaterial,
    Electrolyte,
    M,
    PolymerElectrolyte,
    needed,
)
from ecmcell.case.schema import Case
from ecmcell.case.tables import Phase
from ecmcell.domain.domain import Domain
from ecmcell.domain.plan import Subdomain
from ecmcell.numerics.system.curves import NodalCurves
from ecmcell.physics import fracture, mechanics
from ecmcell.processes import salt_tables
from ecmcell.processes.state import State
from ecmcell.processes.temperature import Law
from ecmcell.processes.user_functions import SIEMENS, SQUARE_METER, UserFunctions


class SubdomainProperties:
    """The properties of one part.

    Args:
        domain: Where.
        state: The unknowns.
        subdomain: The part.
        phase: What the case says of it.
        functions: What stands in the place of its numbers.
        curves: Tables of the salt of its body; None where it has none.

    Attributes:
        subdomain: The part.
        material: What it is made of.
    """

    def __init__(
        self,
        domain: Domain,
        state: State,
        subdomain: Subdomain,
        phase: Phase,
        functions: UserFunctions,
        curves: NodalCurves | None,
    ):
        self._domain, self._state, self._phase, self._curves = domain, state, phase, curves
        self._functions = functions
        self.subdomain, self.material = subdomain, phase.material

    def made_of(self, kind: type[M]) -> M:
        """The material, which is known to be of a kind."""
        return self._phase.made_of(kind)

    # Transport

    @cached_property
    def ionic_conductivity(self) -> Expr:
        """For lithium ions, pA/(V um)."""
        at_rest = self._left * self._constant("ionic conductivity", self._ionic)
        if self._curves is None:
            return at_rest
        over_rest, _ = self._curves.add(salt_tables.conductivity(self.made_of(PolymerElectrolyte)))
        return at_rest * over_rest

    @cached_property
    def electronic_conductivity(self) -> Expr:
        """For electrons, pA/(V um)."""
        own = self._own("electronic_conductivity", SIEMENS)
        law = own or partial(arrhenius.electronic_conductivity, self.material)
        return self._left * self._constant("electronic conductivity", law)

    @cached_property
    def diffusivity(self) -> Expr:
        """Of lithium in active material, um2/s."""
        own = self._own("diffusivity", SQUARE_METER)
        law = own or partial(arrhenius.diffusivity, self.made_of(ActiveMaterial))
        return self._left * self._constant("diffusivity", law)

    @cached_property
    def salt_diffusivity(self) -> Expr:
        """Of the salt of a polymer electrolyte, um2/s."""
        assert self._curves is not None
        law = partial(arrhenius.salt_diffusivity, self.made_of(PolymerElectrolyte))
        at_rest = self._left * self._constant("salt diffusivity", law)
        over_rest, _ = self._curves.add(salt_tables.diffusivity(self.made_of(PolymerElectrolyte)))
        return at_rest * over_rest

    @cached_property
    def site_charge(self) -> fem.Constant:
        """Charge of lithium that fills all sites of active material, pC/um3."""
        return self._domain.constant(self.made_of(ActiveMaterial).site_charge)

    @cached_property
    def salt_charge(self) -> fem.Constant:
        """Charge of the anions of salt at rest, pC/um3."""
        return self._domain.constant(self.made_of(PolymerElectrolyte).salt_charge)

    @property
    def uncracked_ionic_conductivity(self) -> float:
        """That at the present temperature without cracks, its salt at rest, pA/(V um)."""
        return self._ionic(self._state.temperature.kelvin)

    # Mechanics

    @property
    def moduli(self) -> tuple[float, float]:
        """Young's modulus in MPa, and Poisson's ratio, of what is whole."""
        return self.material.moduli

    @cached_property
    def lame(self) -> tuple[fem.Constant, fem.Constant]:
        """Lame's constants of what is whole, MPa."""
        first, second = mechanics.lame(*self.moduli)
        return self._domain.constant(first), self._domain.constant(second)

    @property
    def creep_rate(self) -> float:
        """Rate of creep at the stress that it is told for, at the present temperature, 1/s."""
        return arrhenius.creep_rate(self.material, self._state.temperature.kelvin)

    def _ionic(self, kelvin: float) -> float:
        """Ionic conductivity of what is whole, its salt at rest, at a temperature, pA/(V um)."""
        own = self._own("ionic_conductivity", SIEMENS)
        law = own or partial(arrhenius.ionic_conductivity, self.made_of(Electrolyte))
        return law(kelvin)

    def _own(self, key: str, unit: float) -> Law | None:
        """What a user gives as a function of the temperature, in other units; None if nothing."""
        function = self._functions.at("phases", self.subdomain.phase, key)
        return None if function is None else lambda at: unit * float(function(temperature=at))

    def _constant(self, name: str, law: Law) -> fem.Constant:
        """A number that follows the temperature, the same for all parts of a phase."""
        return self._state.temperature.constant(f"{name} of {self.subdomain.phase}", law)

    @cached_property
    def _left(self) -> Expr | float:
        """Fraction that cracks leave of conductivities and diffusivities."""
        region = self._state.crack_regions.get(self.subdomain.body)
        if region is None or self.subdomain not in region.subdomains:
            return 1.0
        kept = self._domain.constant(needed(self._phase.cracking).residual_conductivity)
        return fracture.degradation(self._state.lagged_damage[self.subdomain.body], kept)


class Properties:
    """The properties of all subdomains of a cell.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        functions: What stands in the place of numbers of the case.
    """

    def __init__(self, case: Case, domain: Domain, state: State, functions: UserFunctions):
        self._temperature = state.temperature
        self._curves = {body: NodalCurves(salt) for body, salt in state.salt.items()}
        self._of = {
            subdomain: SubdomainProperties(
                domain,
                state,
                subdomain,
                case.phases[subdomain.phase],
                functions,
                self._curves.get(subdomain.body),
            )
            for subdomain in domain.subdomains
        }

    def of(self, subdomain: Subdomain) -> SubdomainProperties:
        """Those of a part."""
        return self._of[subdomain]

    def refresh(self) -> None:
        """Evaluate what depends on salt at its present concentration."""
        for curves in self._curves.values():
            curves.refresh()

    def at_temperature(self, kelvin: float) -> None:
        """Bring everything in the cell that follows the temperature to another one, in K."""
        self._temperature.set(kelvin)
