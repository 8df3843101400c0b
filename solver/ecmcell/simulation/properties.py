"""Properties of materials at the temperature of the cell."""

from ecmcell.case.arrhenius import diffusivity, electronic_conductivity, ionic_conductivity
from ecmcell.case.materials import Material, needed
from ecmcell.case.units import FARADAY

__all__ = ["diffusivity", "electronic_conductivity", "ionic_conductivity", "site_charge"]


def site_charge(material: Material) -> float:
    """Charge of lithium that fills all sites, F c_max in pC/um3."""
    return FARADAY * needed(material.maximum_concentration)
