"""Properties of a polymer electrolyte as tables of its salt, counted in that at rest."""

import numpy as np

from ecmcell.case.materials import PolymerElectrolyte
from ecmcell.case.materials.salt import SaltCurve
from ecmcell.case.units import thermal_voltage
from ecmcell.numerics.system.curves import ClampedTable, LogarithmicTable

LEAST = 1e-10
"""Fraction of the salt at rest below which its potential is straight; none is left there."""
_MOST, _POINTS = 100.0, 4001


def potential(material: PolymerElectrolyte, temperature: float) -> LogarithmicTable:
    """The potential of salt in V over its concentration, zero at rest, theory.md (5)."""
    rest = material.salt_concentration
    fraction = transference(material)
    factor = _table(material.thermodynamic_factor, rest)
    thermal = thermal_voltage(temperature)
    height = np.linspace(np.log(LEAST), np.log(_MOST), _POINTS)  # middles of intervals between
    s = np.exp(height)
    slope = 2.0 * thermal * (1.0 - fraction(s)) * factor(s)
    simpson = (slope[:-2:2] + 4.0 * slope[1::2] + slope[2::2]) / 6.0 * np.diff(height[::2])
    values = np.concatenate([[0.0], np.cumsum(simpson)])
    return LogarithmicTable(s[::2], values - np.interp(0.0, height[::2], values))


def transference(material: PolymerElectrolyte) -> ClampedTable:
    """The transference number of the cation."""
    return _table(material.cation_transference, material.salt_concentration)


def conductivity(material: PolymerElectrolyte) -> ClampedTable:
    """The ionic conductivity over that at rest."""
    return _over_rest(material.conductivity_over_salt, material.salt_concentration)


def diffusivity(material: PolymerElectrolyte) -> ClampedTable:
    """The diffusivity of the salt over that at rest."""
    return _over_rest(material.salt_diffusivity_over_salt, material.salt_concentration)


def _table(curve: SaltCurve, rest: float) -> ClampedTable:
    return ClampedTable(np.array(curve.concentration) / rest, curve.value)


def _over_rest(curve: SaltCurve | None, rest: float) -> ClampedTable:
    """A property over its value at rest; 1 if it is the same everywhere."""
    if curve is None:
        return ClampedTable([0.0, 1.0], [1.0, 1.0])
    at_rest = float(_table(curve, rest)(1.0))
    return ClampedTable(np.array(curve.concentration) / rest, np.array(curve.value) / at_rest)
