"""What a case hands to the closed forms."""

import math
from typing import Any

import pytest

from cells import LITHIUM, TEMPERATURE, THERMAL_VOLTAGE, electrolyte, make_case
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY
from ecmcell.physics.closed_form.fracture import SEMICIRCULAR
from ecmcell.processes import closed_form

CRACKING = {
    "fracture_toughness": "0.23 MPa*m^0.5",
    "regularisation_length": "0.5 um",
    "flaws": [
        {"begin": ["0 um", "2 um"], "end": ["5 um", "2 um"]},
        {"begin": ["1 um", "3 um"], "end": ["3 um", "3 um"]},
    ],
}


def glass(**cracking: Any) -> dict[str, Any]:
    solid = electrolyte("0.034 S/m", youngs_modulus="20 GPa", poisson_ratio=0.25)
    return solid | ({"cracking": cracking} if cracking else {})


def symmetric(phase: dict[str, Any], **anode: object) -> Case:
    return make_case(
        {"separator": phase},
        protocol=["Charge at 0.6 mA/cm2 for 1 hour", "Discharge at 2 mA/cm2 for 1 hour"],
        boundaries={"anode": LITHIUM | anode, "collector": LITHIUM},
    )


def test_only_upright_discs_at_the_anode_have_a_criterion() -> None:
    disc = {"centre": ["0 um", "9 um", "9 um"], "normal": [0.0, 2.0, 0.0], "radius": "3 um"}
    deeper, tilted = disc | {"centre": ["1 um", "9 um", "9 um"]}, disc | {"normal": [1.0, 1.0, 0.0]}
    channel = {"begin": ["0 um", "2 um", "2 um"], "end": ["5 um", "2 um", "2 um"]}
    how = CRACKING | {"flaws": [channel], "penny_cracks": [deeper, disc, tilted]}
    (found,) = closed_form.flaw_criteria(symmetric(glass(**how)))
    assert (found.depth, found.shape) == (3.0, SEMICIRCULAR)


def test_flaws_that_touch_the_anode_count() -> None:
    (flaw,) = closed_form.flaw_criteria(symmetric(glass(**CRACKING)))
    assert (flaw.depth, flaw.electrolyte.phase) == (5.0, "separator")
    assert flaw.electrolyte.toughness == pytest.approx(230.0)
    others = closed_form.flaw_criteria(symmetric(glass(**CRACKING)), low=1.0)
    assert [other.depth for other in others] == [4.0, 2.0]


def test_an_energy_says_the_toughness() -> None:
    # K^2 = Gc E/(1 - nu^2) = 2 * 20000 / 0.9375.
    cracking = {k: v for k, v in CRACKING.items() if k != "fracture_toughness"} | {
        "fracture_energy": "2 J/m^2"
    }
    (flaw,) = closed_form.flaw_criteria(symmetric(glass(**cracking)))
    assert flaw.electrolyte.toughness == pytest.approx(math.sqrt(2 * 20e3 / 0.9375))


def test_films_add_to_the_overpotential() -> None:
    case = symmetric(glass(**CRACKING), film_resistance="5 ohm*cm^2")
    how = closed_form.plating(case)
    assert how is not None
    assert how.film == pytest.approx(5e-4)
    assert how.overpotential(1e-3) == pytest.approx(1e-3 * (THERMAL_VOLTAGE / 10 + 5e-4), rel=1e-4)


def test_currents_count_by_what_they_do_at_the_anode() -> None:
    case = symmetric(glass())
    assert case.max_current("charge") == pytest.approx(6.0)
    assert case.max_current("discharge") == pytest.approx(20.0)


def test_films_grow_with_time() -> None:
    """sqrt(R_0^2 + b^2 t) of (3 ohm cm2, 4 ohm cm2/s^0.5) beside 1 ohm cm2, of 1e-4 V um2/pA."""
    growth = {
        "growth": "parabolic",
        "initial_resistance": "3 ohm*cm^2",
        "slope": "4 ohm*cm^2/s^0.5",
    }
    law = symmetric(glass(), film_resistance="1 ohm*cm^2", interphase=growth).lithium_anode
    assert law is not None
    for time, expected in ((0.0, 4.0), (1.0, 6.0)):
        found = closed_form.film_resistance(law, TEMPERATURE, time)
        assert found == pytest.approx(1e-4 * expected)


def test_temperature_is_that_of_the_cell() -> None:
    how = closed_form.plating(symmetric(glass(**CRACKING)))
    assert how is not None
    assert how.thermal == pytest.approx(8.314462e-6 * TEMPERATURE / FARADAY, rel=1e-6)
