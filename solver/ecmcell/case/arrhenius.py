"""Properties of materials that follow the temperature of the cell."""

import math

from ecmcell.case.materials import Material, needed
from ecmcell.case.properties import Property
from ecmcell.case.units import GAS_CONSTANT


def diffusivity(material: Material, temperature: float) -> float:
    """Diffusivity of lithium in um2/s, D = D_ref exp(-Ea/R (1/T - 1/T_ref))."""
    known = needed(material.diffusivity)
    return _arrhenius(known, material.diffusivity_activation_energy, temperature)


def ionic_conductivity(material: Material, temperature: float) -> float:
    """Ionic conductivity in pA/(V um), sigma = sigma0 T^-1 exp(-Ea/RT).

    Famprikis et al. 2019, doi:10.1038/s41563-019-0431-3, eq. 1 with m = -1; Ea per mole.
    """
    known = needed(material.ionic_conductivity)
    return _hopping(known, material.ionic_activation_energy, temperature)


def electronic_conductivity(material: Material, temperature: float) -> float:
    """Electronic conductivity in pA/(V um), by the same law."""
    known = needed(material.electronic_conductivity)
    return _hopping(known, material.electronic_activation_energy, temperature)


def _hopping(known: Property, energy: float | None, temperature: float) -> float:
    value = _arrhenius(known, energy, temperature)
    if energy is None or known.temperature is None:
        return value
    return value * known.temperature / temperature


def creep_rate(material: Material, temperature: float) -> float:
    """Rate of creep in 1/s at the stress that it is told for, theory.md (45)."""
    return _arrhenius(needed(material.creep_rate), material.creep_activation_energy, temperature)


def _arrhenius(known: Property, energy: float | None, temperature: float) -> float:
    if energy is None or known.temperature is None:
        return float(known)
    return known * math.exp(-energy / GAS_CONSTANT * (1.0 / temperature - 1.0 / known.temperature))
