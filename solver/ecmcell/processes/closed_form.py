"""What a case asks of the closed forms: its numbers, handed to `physics.closed_form`."""

import math
from collections.abc import Iterator

from ecmcell.case.arrhenius import creep_rate, exchange_current_density, ionic_conductivity
from ecmcell.case.contact import coverage
from ecmcell.case.cracking import Cracking
from ecmcell.case.interfaces import (
    FilmCovered,
    LimitedGrowth,
    LithiumElectrode,
    ParabolicGrowth,
    ReactingInterface,
)
from ecmcell.case.materials import IonConductor, Material, known_as, needed
from ecmcell.case.schema import Case
from ecmcell.case.units import thermal_voltage
from ecmcell.physics import films
from ecmcell.physics.closed_form.flaws import Electrolyte, FlawCriterion
from ecmcell.physics.closed_form.fracture import SEMICIRCULAR, toughness
from ecmcell.physics.closed_form.plating import Plating, linear_resistance
from ecmcell.physics.closed_form.stability import shear_modulus
from ecmcell.physics.closed_form.stripping import Stripping, closure_rate

# Flaws that begin no further from the anode than this part of their depth touch it.
_TOUCHES = 1e-6


def film_resistance(law: FilmCovered, temperature: float, time: float = 0.0) -> float:
    """Areal resistance in V um2/pA of all films on an interface or electrode together.

    Args:
        law: Interface or electrode with its films.
        temperature: Temperature of the cell, K.
        time: Time since the start of the protocol, s.
    """
    total = law.film_resistance + _interphase(law.interphase, time)
    if law.coating is None:
        return total
    conductivity = law.coating.ionic_conductivity
    if conductivity is None:
        coating = known_as(law.coating.material, IonConductor)
        conductivity = ionic_conductivity(coating, temperature)
    return total + films.layer(law.coating.thickness, conductivity)


def polarisation(law: LithiumElectrode | ReactingInterface, temperature: float) -> float:
    """Areal resistance of charge transfer and films at small currents, V um2/pA."""
    exchange = exchange_current_density(law.exchange_current_density, law, temperature)
    return linear_resistance(
        exchange, film_resistance(law, temperature), thermal_voltage(temperature)
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
        exchange=exchange_current_density(anode.exchange_current_density, anode, temperature),
        transfer=anode.transfer_coefficient,
        film=film_resistance(anode, temperature),
        thermal=thermal_voltage(temperature),
        molar=anode.metal.charge_volume,
    )


def electrolytes(case: Case) -> Iterator[Electrolyte]:
    """The electrolytes of a case whose toughness is known."""
    for name, phase in case.phases.items():
        material, cracking = phase.material, phase.cracking
        if material.kind != "electrolyte" or not isinstance(material, IonConductor):
            continue
        known = _toughness(material, cracking)
        if known is not None:
            conductivity = ionic_conductivity(material, case.cell.temperature)
            modulus = cracking.weibull_modulus if cracking is not None else None
            yield Electrolyte(name, known, conductivity, modulus)


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
        for disc in cracking.penny_cracks:
            off, tilt = abs(disc.centre[0] - low), abs(disc.normal[0]) / math.hypot(*disc.normal)
            if off <= _TOUCHES * disc.radius and tilt <= _TOUCHES:
                made.append(FlawCriterion(electrolyte, disc.radius, needed(how), SEMICIRCULAR))
    return made


def shear_ratio(electrolyte: Material, metal: Material) -> float | None:
    """Shear modulus of an electrolyte over that of the metal; None if one is not known."""
    ours, other = _shear_modulus(electrolyte), _shear_modulus(metal)
    return None if ours is None or other is None else ours / other


def void_closure(anode: LithiumElectrode, temperature: float, pressure: float) -> float:
    """Fraction of its volume by which a void in an anode shrinks in a s, 1/s.

    Args:
        anode: Electrode whose metal creeps.
        temperature: Temperature of the cell, K.
        pressure: Pressure on the lithium, MPa.
    """
    rate, (stress, exponent) = creep_rate(anode.metal, temperature), anode.metal.creep
    return float(closure_rate(pressure, rate, float(stress), float(exponent)))


def critical_stripping(case: Case) -> float | None:
    """Current density of the footprint above which contact is lost, pA/um2.

    The stack pressure is taken for that on the lithium, and the current for the same all over what
    touches. Where all stripping is for given times, contact has to be lost in the longest of them.
    None where voids do not grow.
    """
    anode = case.lithium_anode
    if anode is None or anode.void_growth is None:
        return None
    voids = anode.void_growth
    times = [s.duration for s in case.protocol if s.kind == "discharge"]
    known = [time for time in times if time is not None]
    stripping = Stripping(
        gap=(1.0 - voids.min_contact) * voids.contact_gap,
        fraction=voids.fraction,
        closure=void_closure(anode, case.cell.temperature, needed(case.cell.stack_pressure)),
        molar=anode.metal.charge_volume,
    )
    longest = max(known) if known and len(known) == len(times) else math.inf
    return coverage(anode.contact) * stripping.critical_current(longest)


def _interphase(law: ParabolicGrowth | LimitedGrowth | None, time: float) -> float:
    match law:
        case None:
            return 0.0
        case ParabolicGrowth():
            return films.parabolic(law.initial_resistance, law.slope, time)
        case LimitedGrowth():
            return films.self_limiting(law.final_resistance, law.time_constant, time)


def _toughness(material: Material, cracking: Cracking | None) -> float | None:
    """K_Ic in MPa um^0.5, of the case before that of the material."""
    young, poisson = material.youngs_modulus, material.poisson_ratio
    if cracking is None or young is None or poisson is None:
        known = material.fracture_toughness
        return None if known is None else float(known)
    return toughness(cracking.energy_release(young, poisson), young, poisson)


def _shear_modulus(material: Material) -> float | None:
    young, poisson = material.youngs_modulus, material.poisson_ratio
    return None if young is None or poisson is None else shear_modulus(young, poisson)
