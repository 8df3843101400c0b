"""Properties that follow the temperature, also across melting."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from ecmcell.case import arrhenius
from ecmcell.case.interfaces import LithiumElectrode
from ecmcell.case.materials import Material, material
from ecmcell.case.units import GAS_CONSTANT

MELT, CRYSTAL, MELTING = 40.0, 100.0, 333.15  # kJ/mol, kJ/mol, K


def polymer(at: str, **more: object) -> Material:
    given: dict[str, Any] = {
        "ionic_conductivity": "1 mS/cm",
        "ionic_activation_energy": f"{MELT} kJ/mol",
        "melting_temperature": f"{MELTING} K",
        "crystal_activation_energy": f"{CRYSTAL} kJ/mol",
    } | more
    tables = {name: {"value": value, "assumed": "test"} for name, value in given.items()}
    tables["ionic_conductivity"]["temperature"] = at
    plain = {"name": "test", "kind": "electrolyte", "formula": "X"}
    return Material.model_validate(plain | tables)


def factor(energy: float, first: float, last: float) -> float:
    return float(np.exp(-energy * 1e-3 / GAS_CONSTANT * (1.0 / last - 1.0 / first)))


@pytest.mark.parametrize(("known", "at"), [("85 degC", 358.15), ("25 degC", 298.15)])
def test_two_slopes_meet_at_melting(known: str, at: float) -> None:
    """Wherever it is known; sigma T is what the energies are those of."""
    made = polymer(known)
    for temperature in (298.15, 320.0, MELTING, 340.0, 358.15):
        path = [
            at,
            *([MELTING] if (at - MELTING) * (temperature - MELTING) < 0 else []),
            temperature,
        ]
        expected = at / temperature * 1e5
        for first, last in pairwise(path):
            energy = MELT if min(first, last) >= MELTING else CRYSTAL
            expected *= factor(energy, first, last)
        found = arrhenius.ionic_conductivity(made, temperature)
        assert found * 1e-3 == pytest.approx(expected * 1e-3, rel=1e-9)


def test_peo_litfsi_is_what_the_reviews_have() -> None:
    """About 4e-6 S/cm at 25 degC, where it is crystalline, and tenths of mS/cm at 62 degC."""
    peo = material("PEO-LiTFSI")
    cold, warm = (1e-8 * arrhenius.ionic_conductivity(peo, t) for t in (298.15, 335.15))
    assert 3e-6 < cold < 5e-6
    assert 2e-4 < warm < 5e-4
    slow = arrhenius.salt_diffusivity(peo, 298.15) / arrhenius.salt_diffusivity(peo, 335.15)
    assert slow == pytest.approx(cold * 298.15 / (warm * 335.15), rel=1e-9)


def test_exchange_current_density() -> None:
    """By Arrhenius's law where there is an activation energy, else the same everywhere."""
    law = {"metal": "Li", "exchange_current_density": "10 A/m^2"}
    plain = LithiumElectrode.model_validate(law)
    assert arrhenius.exchange_current_density(10.0, plain, 400.0) == 10.0
    known = {"exchange_activation_energy": f"{MELT} kJ/mol", "exchange_temperature": "25 degC"}
    made = LithiumElectrode.model_validate(law | known)
    found = arrhenius.exchange_current_density(10.0, made, 350.0)
    assert found == pytest.approx(10.0 * factor(MELT, 298.15, 350.0), rel=1e-12)
