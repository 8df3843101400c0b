"""Properties of materials that follow the temperature of the cell."""

import math

from ecmcell.case.interfaces import Activated
from ecmcell.case.materials import (
    ActiveMaterial,
    IonConductor,
    Material,
    PolymerElectrolyte,
    needed,
)
from ecmcell.case.materials.properties import Property
from ecmcell.case.units import GAS_CONSTANT


def diffusivity(material: ActiveMaterial, temperature: float) -> float:
    """Diffusivity of lithium in um2/s, D = D_ref exp(-Ea/R (1/T - 1/T_ref))."""
    known = material.diffusivity
    return _arrhenius(known, material.diffusivity_activation_energy, temperature)


def ionic_conductivity(material: IonConductor, temperature: float) -> float:
    """Ionic conductivity in pA/(V um), sigma = sigma0 T^-1 exp(-Ea/RT), that of salt at rest.

    Famprikis et al. 2019, doi:10.1038/s41563-019-0431-3, eq. 1 with m = -1; Ea per mole.
    """
    known = material.ionic_conductivity
    value = _across_melting(material, known, material.ionic_activation_energy, temperature)
    return _hopping(value, known, material.ionic_activation_energy, temperature)


def electronic_conductivity(material: Material, temperature: float) -> float:
    """Electronic conductivity in pA/(V um), by the same law."""
    known, energy = needed(material.electronic_conductivity), material.electronic_activation_energy
    return _hopping(_arrhenius(known, energy, temperature), known, energy, temperature)


def _hopping(value: float, known: Property, energy: float | None, temperature: float) -> float:
    """A value by Arrhenius's law for sigma T."""
    if energy is None or known.temperature is None:
        return value
    return value * known.temperature / temperature


def salt_diffusivity(material: PolymerElectrolyte, temperature: float) -> float:
    """Diffusivity of salt in um2/s at its concentration at rest, of the same form as D."""
    known = material.salt_diffusivity
    return _across_melting(material, known, material.salt_activation_energy, temperature)


def _across_melting(
    material: Material, known: Property, energy: float | None, temperature: float
) -> float:
    """An Arrhenius law with another activation energy below melting; theory.md (8)."""
    melting, crystal = material.melting_temperature, material.crystal_activation_energy
    if melting is None or crystal is None or known.temperature is None:
        return _arrhenius(known, energy, temperature)

    def height(at: float) -> float:
        """Logarithm of the law, zero at melting."""
        law = crystal if at < melting else energy or 0.0
        return -law / GAS_CONSTANT * (1.0 / at - 1.0 / melting)

    return float(known) * math.exp(height(temperature) - height(known.temperature))


def exchange_current_density(known: float, law: Activated, temperature: float) -> float:
    """Exchange current density in pA/um2 by an Arrhenius law, theory.md (70).

    Args:
        known: At the temperature at which it was found.
        law: Interface or electrode.
        temperature: In K.
    """
    energy, found_at = law.exchange_activation_energy, law.exchange_temperature
    return _from(known, found_at, energy, temperature)


def creep_rate(material: Material, temperature: float) -> float:
    """Rate of creep in 1/s at `creep_stress`, theory.md (51)."""
    return _arrhenius(needed(material.creep_rate), material.creep_activation_energy, temperature)


def _arrhenius(known: Property, energy: float | None, temperature: float) -> float:
    return _from(float(known), known.temperature, energy, temperature)


def _from(known: float, found_at: float | None, energy: float | None, temperature: float) -> float:
    """A number found at a temperature, at another one; theory.md (7)."""
    if energy is None or found_at is None:
        return known
    return known * math.exp(-energy / GAS_CONSTANT * (1.0 / temperature - 1.0 / found_at))
