"""Ions of electrolytes in forms: alone in inorganic ones, with the anions of a salt in polymers.

The concentration s of salt counts in that at rest. With M(s), what a gradient of salt adds to the
potential of a lithium electrode, the current follows Ohm's law down phi - M, theory.md (4).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.materials import Material, needed
from ecmcell.case.salt import SaltCurve
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY, GAS_CONSTANT
from ecmcell.domain.domain import Domain
from ecmcell.domain.plan import Part
from ecmcell.numerics.curves import Follower, HeldTable, LogarithmicTable, NodalCurves
from ecmcell.numerics.shear import Shear
from ecmcell.simulation import cracks, properties
from ecmcell.simulation.state import State

LEAST = 1e-10
"""Share of the salt at rest below which the potential of salt is straight; none is left there."""
_MOST, _POINTS = 100.0, 4001
# Of the salt at rest: where less is left, it is for want of salt that no step succeeds.
_EXHAUSTED = 0.05


@dataclass(frozen=True)
class Ions:
    """How ions move in one part of an electrolyte.

    Attributes:
        part: The part.
        conductivity: In pA/(V um), with what cracks leave of it.
        potential: Against lithium, V.
        salt_potential: M, what the salt adds to it, V; None where only lithium moves.
        salt: Concentration of salt over that at rest.
        diffusivity: Of the salt in um2/s, with what cracks leave of it.
        transference: Of the cation.
        charge: Of the anions at rest, pC/um3.
    """

    part: Part
    conductivity: Expr
    potential: fem.Function
    salt_potential: fem.Function | None = None
    salt: fem.Function | None = None
    diffusivity: Expr | None = None
    transference: Expr | None = None
    charge: fem.Constant | None = None

    @property
    def driving(self) -> Expr:
        """The potential down which the current flows, V."""
        if self.salt_potential is None:
            return self.potential
        return self.potential - self.salt_potential


class Electrolytes:
    """The ions of all electrolytes that take part.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.

    Attributes:
        salt_potential: M by body.
        transference: Of the cation, by body.
        parts: How they move, by part.
    """

    def __init__(self, case: Case, domain: Domain, state: State):
        self._curves = {body: NodalCurves(salt) for body, salt in state.salt.items()}
        self.salt_potential = {
            body: Follower(salt, _salt_table(case, domain.bodies[body].parts[0]))
            for body, salt in state.salt.items()
        }
        self.transference = {
            body: Follower(salt, _transference(case, domain.bodies[body].parts[0]))
            for body, salt in state.salt.items()
        }
        self.parts: dict[Part, Ions] = {}
        for body in state.electrolyte:
            for part in domain.bodies[body].parts:
                self.parts[part] = self._ions(case, domain, state, part)

    def refresh(self) -> None:
        """Evaluate what depends on salt at its present concentration."""
        for curves in self._curves.values():
            curves.refresh()
        for follower in self.followers:
            follower.refresh()

    @property
    def followers(self) -> tuple[Follower, ...]:
        """All that follows the salt node by node."""
        return (*self.salt_potential.values(), *self.transference.values())

    def shears(self, fields: Sequence[fem.Function]) -> list[Shear]:
        """Salt and potential of each polymer, combined into what hardly knows of the other.

        The current flows down the potential less that of the salt, which is a better unknown; and
        the anions that it moves are a share of all that the equation of the ions balances.

        Args:
            fields: All unknown fields.
        """
        places = {id(field): number for number, field in enumerate(fields)}
        return [
            Shear(
                places[id(ions.salt)],
                places[id(ions.potential)],
                self.salt_potential[body],
                self.transference[body],
            )
            for body, ions in {part.body: ions for part, ions in self.parts.items()}.items()
            if ions.salt is not None
        ]

    def _ions(self, case: Case, domain: Domain, state: State, part: Part) -> Ions:
        material, temperature = case.phases[part.phase].material, case.cell.temperature
        left = cracks.conducting(case, domain, state, part)
        conductivity = left * domain.constant(properties.ionic_conductivity(material, temperature))
        potential = state.electrolyte[part.body]
        curves = self._curves.get(part.body)
        if curves is None:
            return Ions(part, conductivity, potential)
        rest = needed(material.salt_concentration)
        diffusivity = left * domain.constant(properties.salt_diffusivity(material, temperature))
        over_rest, _ = curves.add(_relative(material.conductivity_over_salt, rest))
        diffusivity_over_rest, _ = curves.add(_relative(material.salt_diffusivity_over_salt, rest))
        return Ions(
            part,
            conductivity * over_rest,
            potential,
            self.salt_potential[part.body].value,
            state.salt[part.body],
            diffusivity * diffusivity_over_rest,
            self.transference[part.body].value,
            domain.constant(properties.salt_charge(material)),
        )


def exhausted(domain: Domain, state: State) -> str:
    """What to tell where next to no salt is left; nothing where there is."""
    for body, salt in state.salt.items():
        least = -domain.largest(-salt.x.array.min(initial=np.inf))
        if least < _EXHAUSTED:
            return (
                f"the salt in {body} is used up before an electrode ({100 * least:.2g} % of it "
                f"are left), which carries no more current"
            )
    return ""


def _salt_table(case: Case, part: Part) -> LogarithmicTable:
    """That of a body by any of its parts: where salts are bonded they are the same."""
    return salt_table(case.phases[part.phase].material, case.cell.temperature)


def _transference(case: Case, part: Part) -> HeldTable:
    """The same of the transference number."""
    material = case.phases[part.phase].material
    return _table(needed(material.cation_transference), needed(material.salt_concentration))


def salt_table(material: Material, temperature: float) -> LogarithmicTable:
    """The potential of salt in V over its concentration, zero at rest, theory.md (5)."""
    rest = needed(material.salt_concentration)
    transference = _table(needed(material.cation_transference), rest)
    factor = _table(needed(material.thermodynamic_factor), rest)
    thermal = GAS_CONSTANT * temperature / FARADAY
    height = np.linspace(np.log(LEAST), np.log(_MOST), _POINTS)  # middles of intervals between
    s = np.exp(height)
    slope = 2.0 * thermal * (1.0 - transference(s)) * factor(s)
    simpson = (slope[:-2:2] + 4.0 * slope[1::2] + slope[2::2]) / 6.0 * np.diff(height[::2])
    values = np.concatenate([[0.0], np.cumsum(simpson)])
    return LogarithmicTable(s[::2], values - np.interp(0.0, height[::2], values))


def _table(curve: SaltCurve, rest: float) -> HeldTable:
    """A property over the concentration of salt, counted in that at rest."""
    return HeldTable(np.array(curve.concentration) / rest, curve.value)


def _relative(curve: SaltCurve | None, rest: float) -> HeldTable:
    """The same, over its value at rest; 1 if it is the same everywhere."""
    if curve is None:
        return HeldTable([0.0, 1.0], [1.0, 1.0])
    at_rest = float(_table(curve, rest)(1.0))
    return HeldTable(np.array(curve.concentration) / rest, np.array(curve.value) / at_rest)
