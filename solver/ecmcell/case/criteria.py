"""When lithium drives a flaw at the anode, in closed form: theory.md (47) to (50).

Nothing here decides anything; it is told beside what a simulation resolves. Lithium in a flaw takes
no more once its pressure has used up the overpotential, p = F eta/Omega_Li, and the flaw grows
where the stress intensity of that pressure is the toughness (Porz et al. 2017,
doi:10.1002/aenm.201701003).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scipy.optimize import brentq

from ecmcell.case.arrhenius import ionic_conductivity
from ecmcell.case.contact import PicturedContact
from ecmcell.case.cracking import Cracking
from ecmcell.case.joints import Filmed, Interface, LithiumElectrode, ParabolicGrowth
from ecmcell.case.materials import Material, needed
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY, GAS_CONSTANT

MONROE_NEWMAN = 2.0
"""Ratio of shear moduli, electrolyte over metal, above which a flat interface is stable.

About two, for a Poisson ratio like that of a polymer: Monroe and Newman 2005,
doi:10.1149/1.1850854.
"""

# Flaws that begin no further from the anode than this part of their depth touch it.
_TOUCHES = 1e-6
_EXACT = 1e-12


@dataclass(frozen=True)
class Shape:
    """Of a flaw at the anode.

    Attributes:
        intensity: K_I over p sqrt(a), a being its depth.
        mean_depth: Mean distance of its faces from the anode, over a.
    """

    intensity: float
    mean_depth: float


STRAIGHT = Shape(math.sqrt(math.pi), 0.5)
"""In the plane: half of a straight crack of length 2a."""

HALF_DISC = Shape(2.0 / math.sqrt(math.pi), 4.0 / (3.0 * math.pi))
"""In space: half of a disc of radius a, whose K_I is the same all along its edge."""


def stress_intensity(pressure: float, depth: float, shape: Shape = STRAIGHT) -> float:
    """K_I in MPa um^0.5 of a flaw at the anode that a pressure opens: theory.md (48).

    p sqrt(pi a), or 2 p sqrt(a/pi) of a disc. The platens of the stack are rigid and free of
    friction, and so a mirror: a flaw of depth a at one of them is half of an internal crack (Tada,
    Paris and Irwin, The Stress Analysis of Cracks Handbook, doi:10.1115/1.801535). At a free
    surface it would be 1.12 times as much of a straight one.

    Args:
        pressure: On the faces, MPa.
        depth: Of the flaw, um.
        shape: Of the flaw.
    """
    return pressure * shape.intensity * math.sqrt(depth)


def failure_probability(ratio: float, modulus: float) -> float:
    """Chance that the electrolyte at the tip is weaker than what drives the flaw: theory.md (50).

    Strength, and so the root of the energy of a crack, is Weibull distributed as
    `weibull_modulus` has it; the mean of the energy is Gc.

    Args:
        ratio: K_I over K_Ic, K_Ic being that of the mean energy.
        modulus: Of the distribution of strength.
    """
    if ratio <= 0.0:
        return 0.0
    return -math.expm1(-((math.sqrt(math.gamma(1.0 + 2.0 / modulus)) * ratio) ** modulus))


@dataclass(frozen=True)
class Plating:
    """How lithium plates on an electrode: its kinetics with the films in series.

    Attributes:
        exchange: Exchange current density, pA/um2.
        transfer: Transfer coefficient of the stripping direction.
        film: Areal resistance of all films, V um2/pA.
        thermal: RT/F, V.
        molar: Omega_Li/F, V/MPa.
    """

    exchange: float
    transfer: float
    film: float
    thermal: float
    molar: float

    def overpotential(self, current: float, ohmic: float = 0.0) -> float:
        """What it takes to plate a current density in pA/um2, V.

        Args:
            current: Current density, pA/um2.
            ohmic: Areal resistance of the electrolyte that counts too, V um2/pA.
        """
        if current <= 0.0:
            return 0.0
        # What goes back is at most i0.
        high = self.thermal / (1.0 - self.transfer) * math.log1p(current / self.exchange)
        reaction = _root(lambda eta: self._reaction(eta) - current, high)
        return reaction + (self.film + ohmic) * current

    def current(self, overpotential: float, ohmic: float = 0.0) -> float:
        """The inverse: current density in pA/um2 that an overpotential in V plates."""
        if overpotential <= 0.0:
            return 0.0
        series = self.film + ohmic
        reaction = _root(
            lambda eta: eta + series * self._reaction(eta) - overpotential, overpotential
        )
        return self._reaction(reaction)

    def pressure(self, overpotential: float) -> float:
        """Pressure at which an overpotential in V plates no more, MPa: theory.md (47)."""
        return overpotential / self.molar

    @property
    def resistance(self) -> float:
        """Areal resistance of charge transfer and films at small currents, V um2/pA."""
        return self.thermal / self.exchange + self.film

    def _reaction(self, eta: float) -> float:
        eta /= self.thermal
        return self.exchange * (
            math.exp((1.0 - self.transfer) * eta) - math.exp(-self.transfer * eta)
        )


@dataclass(frozen=True)
class Electrolyte:
    """What a phase withstands.

    Attributes:
        phase: Its name.
        toughness: K_Ic, MPa um^0.5.
        conductivity: Of ions, pA/(V um).
        weibull_modulus: Of the strength, if it scatters.
    """

    phase: str
    toughness: float
    conductivity: float
    weibull_modulus: float | None = None


@dataclass(frozen=True)
class FlawCriterion:
    """When lithium drives one flaw.

    Attributes:
        electrolyte: What it is in.
        depth: How far it reaches from the anode, um.
        plating: How lithium plates on the anode beside it.
        shape: Whether it is straight or round.
    """

    electrolyte: Electrolyte
    depth: float
    plating: Plating
    shape: Shape = STRAIGHT

    @property
    def pressure(self) -> float:
        """Pressure at which it grows, MPa."""
        return self.electrolyte.toughness / stress_intensity(1.0, self.depth, self.shape)

    @property
    def overpotential(self) -> float:
        """Overpotential that makes this pressure, V, what falls along the flaw included."""
        return self.pressure * self.plating.molar

    @property
    def current(self) -> float:
        """Current density of plating, a real area of contact, that has it grow, pA/um2."""
        return self.plating.current(self.overpotential, self.ohmic)

    @property
    def ohmic(self) -> float:
        """What falls along the flaw, in the mean over its depth, by the current, V um2/pA.

        a/(2 kappa) where it is straight: the field of the current goes on beside a crack that
        points along it, as long as its own plating is weak, R_ct >> a/kappa; lithium in it feels
        the mean: theory.md (49).
        """
        return self.shape.mean_depth * self.depth / self.electrolyte.conductivity

    @property
    def wagner(self) -> float:
        """Resistance of plating over that of the electrolyte along the flaw, kappa R/a."""
        return self.plating.resistance * self.electrolyte.conductivity / self.depth

    def ratio(self, overpotential: float, current: float) -> float:
        """K_I over K_Ic at an overpotential of the anode in V and its current density.

        Negative where the anode is stripped.
        """
        driving = self.plating.pressure(overpotential + self.ohmic * current)
        return stress_intensity(driving, self.depth, self.shape) / self.electrolyte.toughness

    def ratio_at(self, current: float) -> float:
        """K_I over K_Ic while the anode plates a current density in pA/um2."""
        return self.ratio(self.plating.overpotential(current), current)


def flaw_criteria(case: Case, low: float = 0.0) -> list[FlawCriterion]:
    """The criterion for each flaw of a case that begins at its anode; discs stand upright on it.

    Of a straight channel in space, which is no crack in the plane, nothing is said.

    Args:
        case: The case.
        low: Coordinate of the anode across the layers, um.
    """
    made, how = [], plating(case)
    for electrolyte in electrolytes(case) if how else ():
        cracking = case.phases[electrolyte.phase].cracking
        if cracking is None:
            continue
        for flaw in cracking.flaws:
            near, far = sorted((flaw.begin[0] - low, flaw.end[0] - low))
            if len(flaw.begin) == 2 and far > 0.0 and near <= _TOUCHES * far:
                made.append(FlawCriterion(electrolyte, far, needed(how)))
        for disc in cracking.discs:
            off, tilt = abs(disc.centre[0] - low), abs(disc.normal[0]) / math.hypot(*disc.normal)
            if off <= _TOUCHES * disc.radius and tilt <= _TOUCHES:
                made.append(FlawCriterion(electrolyte, disc.radius, needed(how), HALF_DISC))
    return made


def harmless_depth(electrolyte: Electrolyte, how: Plating, current: float) -> float:
    """Depth in um of the largest flaw that a current density in pA/um2 does not drive."""
    pressure = how.pressure(how.overpotential(current))
    without_ohmic = (electrolyte.toughness / pressure) ** 2 / math.pi
    return _root(
        lambda a: FlawCriterion(electrolyte, a, how).ratio_at(current) - 1.0, without_ohmic
    )


def plating(case: Case) -> Plating | None:
    """How lithium plates on the anode of a case at its start.

    None where it is meshed, or has no molar volume, or where nothing resists its reaction: the
    criteria take for granted that this resists more than the electrolyte along a flaw.
    """
    anode, temperature = case.lithium_anode, case.cell.temperature
    if anode is None or anode.metal.molar_volume is None or anode.is_reversible:
        return None
    return Plating(
        exchange=anode.exchange_current_density,
        transfer=anode.transfer_coefficient,
        film=_film(anode, temperature),
        thermal=GAS_CONSTANT * temperature / FARADAY,
        molar=anode.metal.molar_volume / FARADAY,
    )


def electrolytes(case: Case) -> Iterator[Electrolyte]:
    """The electrolytes of a case whose toughness is known."""
    for name, phase in case.phases.items():
        material, cracking = phase.material, phase.cracking
        if material.kind != "electrolyte" or material.ionic_conductivity is None:
            continue
        toughness = _toughness(material, cracking)
        if toughness is not None:
            conductivity = ionic_conductivity(material, case.cell.temperature)
            modulus = cracking.weibull_modulus if cracking is not None else None
            yield Electrolyte(name, toughness, conductivity, modulus)


def shear_ratio(electrolyte: Material, metal: Material) -> float | None:
    """Shear modulus of an electrolyte over that of the metal; None if one is not known."""
    ours, other = _shear_modulus(electrolyte), _shear_modulus(metal)
    return None if ours is None or other is None else ours / other


def largest_current(case: Case, kind: str) -> float | None:
    """Largest current density a footprint in steps of a kind, pA/um2, if the protocol says so.

    Of C-rates, which need the mesh, and of drive cycles nothing is known.

    Args:
        case: Whose protocol.
        kind: `charge`, which plates on the anode, or `discharge`, which strips it.
    """
    steps = [s.current for s in case.protocol if s.kind == kind and s.current is not None]
    found = [abs(rate.value) for rate in steps if rate.of == "area"]
    return max(found, default=None)


def largest_plating(case: Case) -> float | None:
    """Largest current density a footprint that the protocol plates with, pA/um2, if known."""
    return largest_current(case, "charge")


def coverage(anode: LithiumElectrode) -> float:
    """Share of the anode that touches at the start."""
    contact = anode.contact
    if isinstance(contact, PicturedContact):
        return float(contact.shares(one_row=False).mean())
    return contact.coverage if contact is not None else 1.0


def _toughness(material: Material, cracking: Cracking | None) -> float | None:
    """K_Ic in MPa um^0.5, of the case before that of the material."""
    young, poisson = material.youngs_modulus, material.poisson_ratio
    if cracking is None or young is None or poisson is None:
        known = material.fracture_toughness
        return None if known is None else float(known)
    energy = cracking.energy_release(young, poisson)
    return math.sqrt(energy * young / (1.0 - poisson**2))


def _shear_modulus(material: Material) -> float | None:
    young, poisson = material.youngs_modulus, material.poisson_ratio
    return None if young is None or poisson is None else young / (2.0 * (1.0 + poisson))


def polarisation(law: LithiumElectrode | Interface, temperature: float) -> float:
    """Areal resistance of charge transfer and films at small currents, V um2/pA."""
    thermal = GAS_CONSTANT * temperature / FARADAY
    return thermal / needed(law.exchange_current_density) + _film(law, temperature)


def _film(law: Filmed, temperature: float) -> float:
    """Areal resistance of all films when the protocol starts, V um2/pA."""
    total = law.film_resistance
    if isinstance(law.interphase, ParabolicGrowth):
        total += law.interphase.initial_resistance
    if law.coating is not None:
        conductivity = law.coating.ionic_conductivity
        if conductivity is None:
            conductivity = ionic_conductivity(law.coating.material, temperature)
        total += law.coating.thickness / conductivity
    return total


def _root(function: Callable[[float], float], high: float) -> float:
    """Where an increasing function passes zero between 0 and a value."""
    return float(brentq(function, 0.0, high, xtol=_EXACT * high))
