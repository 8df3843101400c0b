"""Properties of a polymer electrolyte as tables of its salt."""

from math import log

import pytest

from cells import THERMAL_VOLTAGE, electrolyte, make_case
from ecmcell.case.materials import PolymerElectrolyte
from ecmcell.processes import salt_tables


def test_potential_of_an_ideal_salt() -> None:
    """With constant transference and thermodynamic factor 2 (1 - t) (RT/F) f ln s, zero at rest."""
    given = {
        "salt_concentration": "1000 mol/m^3",
        "salt_diffusivity": "1e-11 m^2/s",
        "cation_transference": 0.3,
        "thermodynamic_factor": 1.5,
    }
    case = make_case({"separator": electrolyte("0.01 S/m", **given)})
    material = case.phases["separator"].made_of(PolymerElectrolyte)
    potential = salt_tables.potential(material, 298.15)
    for fraction in (0.01, 0.5, 1.0, 3.0):
        exact = 2.0 * 0.7 * 1.5 * THERMAL_VOLTAGE * log(fraction)
        assert float(potential(fraction)) == pytest.approx(exact, rel=1e-9, abs=1e-12)
    assert float(salt_tables.conductivity(material)(2.0)) == 1.0
