"""Properties of materials at the temperature of the cell."""

from ecmcell.case.arrhenius import (
    diffusivity,
    electronic_conductivity,
    ionic_conductivity,
    salt_diffusivity,
)
from ecmcell.case.materials import Material, needed
from ecmcell.case.units import FARADAY

__all__ = [
    "diffusivity",
    "electronic_conductivity",
    "ionic_conductivity",
    "salt_charge",
    "salt_diffusivity",
    "site_charge",
]


def site_charge(material: Material) -> float:
    """Charge of lithium that fills all sites, F c_max in pC/um3."""
    return FARADAY * needed(material.maximum_concentration)


def salt_charge(material: Material) -> float:
    """Charge of the anions of salt at rest, F c_0 in pC/um3."""
    return FARADAY * needed(material.salt_concentration)
