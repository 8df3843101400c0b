"""The closed form of lithium in flaws against values worked out by hand."""

import io
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cells import LITHIUM, TEMPERATURE, THERMAL_VOLTAGE, electrolyte, make_case
from ecmcell.case import criteria
from ecmcell.case.criteria import Electrolyte, FlawCriterion, Plating
from ecmcell.case.load import load_case
from ecmcell.case.overview import overview
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY
from ecmcell.simulation.cracks import weibull_energies

# 13 cm3/mol over 96485 C/mol: 0.1347 mV a MPa.
MOLAR = 13.0e-6 / FARADAY
PLATING = Plating(exchange=10.0, transfer=0.5, film=0.0, thermal=THERMAL_VOLTAGE, molar=MOLAR)
GLASS = Electrolyte("glass", toughness=230.0, conductivity=3.4e4)
FLAW = FlawCriterion(GLASS, 5.0, PLATING)
CRACKING = {
    "toughness": "0.23 MPa*m^0.5",
    "length": "0.5 um",
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


def told(case: Case) -> str:
    text = io.StringIO()
    Console(file=text, width=200).print(overview(case))
    return text.getvalue()


def test_a_flaw_of_5_um_in_sulfide_glass() -> None:
    # 230 / sqrt(5 pi) = 58.03 MPa, times 0.13474 mV a MPa = 7.819 mV.
    assert FLAW.pressure == pytest.approx(58.03, rel=1e-4)
    assert FLAW.overpotential == pytest.approx(7.819e-3, rel=1e-4)
    assert PLATING.pressure(1e-3) == pytest.approx(7.422, rel=1e-3)


def test_half_a_disc_of_5_um() -> None:
    """2 p sqrt(a/pi) = K_Ic at pi/2 times the pressure; its mean depth is 4 a/(3 pi)."""
    round_one = replace(FLAW, shape=criteria.HALF_DISC)
    assert round_one.pressure == pytest.approx(0.5 * math.pi * FLAW.pressure)
    assert round_one.ohmic == pytest.approx(4.0 / (3.0 * math.pi) * 5.0 / 3.4e4)


def test_only_upright_discs_at_the_anode_have_a_criterion() -> None:
    disc = {"centre": ["0 um", "9 um", "9 um"], "normal": [0.0, 2.0, 0.0], "radius": "3 um"}
    deeper, tilted = disc | {"centre": ["1 um", "9 um", "9 um"]}, disc | {"normal": [1.0, 1.0, 0.0]}
    channel = {"begin": ["0 um", "2 um", "2 um"], "end": ["5 um", "2 um", "2 um"]}
    how = CRACKING | {"flaws": [channel], "discs": [deeper, disc, tilted]}
    (found,) = criteria.flaw_criteria(symmetric(glass(**how)))
    assert (found.depth, found.shape) == (3.0, criteria.HALF_DISC)


def test_the_critical_current_makes_the_toughness() -> None:
    # 2 i0 asinh without films; i (RT/(F i0) + a/(2 kappa)) nearly, both small.
    assert FLAW.ratio_at(FLAW.current) == pytest.approx(1.0, rel=1e-9)
    linear = FLAW.overpotential / (THERMAL_VOLTAGE / 10.0 + 5.0 / (2.0 * 3.4e4))
    assert FLAW.current == pytest.approx(linear, rel=5e-3)
    assert FLAW.current == pytest.approx(2.97, rel=5e-3)  # 0.297 mA/cm2
    assert FLAW.wagner == pytest.approx(0.02569 / 10.0 * 3.4e4 / 5.0, rel=1e-3)


def test_it_falls_with_the_root_of_the_depth_and_rises_with_the_toughness() -> None:
    slow = replace(PLATING, exchange=0.1)  # charge transfer alone
    small, large = (FlawCriterion(GLASS, depth, slow).current for depth in (4.0, 16.0))
    assert math.log(large / small) / math.log(4.0) == pytest.approx(-0.5, abs=0.01)
    tough = FlawCriterion(replace(GLASS, toughness=115.0), 16.0, slow).current
    assert tough / large == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize("transfer", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("film", [0.0, 0.01])
def test_current_and_overpotential_invert_one_another(transfer: float, film: float) -> None:
    how = replace(PLATING, transfer=transfer, film=film)
    for current in (1e-4, 1.0, 300.0):
        eta = how.overpotential(current, 1e-3)
        assert how.current(eta, 1e-3) == pytest.approx(current, rel=1e-9)
        reaction = (eta - (film + 1e-3) * current) / THERMAL_VOLTAGE
        plated = math.exp((1.0 - transfer) * reaction) - math.exp(-transfer * reaction)
        assert 10.0 * plated == pytest.approx(current, rel=1e-9)


def test_no_current_no_overpotential() -> None:
    assert PLATING.overpotential(0.0) == PLATING.overpotential(-1.0) == 0.0
    assert PLATING.current(0.0) == PLATING.current(-0.1) == 0.0
    assert FLAW.ratio(-0.01, -1.0) < 0.0


def test_weibull() -> None:
    # Modulus 2 of strength is the exponential law of energy: half of it is below ln 2 of the mean.
    assert criteria.failure_probability(math.sqrt(math.log(2.0)), 2.0) == pytest.approx(0.5)
    assert criteria.failure_probability(0.5, 100.0) < 1e-20
    assert criteria.failure_probability(1.2, 50.0) > 1.0 - 1e-9
    assert criteria.failure_probability(-1.0, 2.0) == 0.0


def test_a_modulus_scatters_strength() -> None:
    # The root of the energy has the coefficient of variation of a Weibull of 10, 0.1203.
    energy = weibull_energies(10.0, 200_000, seed=1)
    strength = energy**0.5
    assert energy.mean() == pytest.approx(1.0, rel=2e-3)
    assert strength.std() / strength.mean() == pytest.approx(0.1203, rel=1e-2)
    below = criteria.failure_probability(0.9, 10.0)
    assert (strength < 0.9).mean() == pytest.approx(below, rel=2e-2)


def test_flaws_that_touch_the_anode_count() -> None:
    (flaw,) = criteria.flaw_criteria(symmetric(glass(**CRACKING)))
    assert (flaw.depth, flaw.electrolyte.phase) == (5.0, "separator")
    assert flaw.electrolyte.toughness == pytest.approx(230.0)
    others = criteria.flaw_criteria(symmetric(glass(**CRACKING)), low=1.0)
    assert [other.depth for other in others] == [4.0, 2.0]


def test_an_energy_says_the_toughness() -> None:
    # K^2 = Gc E/(1 - nu^2) = 2 * 20000 / 0.9375.
    cracking = {k: v for k, v in CRACKING.items() if k != "toughness"} | {"energy": "2 J/m^2"}
    (flaw,) = criteria.flaw_criteria(symmetric(glass(**cracking)))
    assert flaw.electrolyte.toughness == pytest.approx(math.sqrt(2 * 20e3 / 0.9375))


def test_films_add_to_the_overpotential() -> None:
    case = symmetric(glass(**CRACKING), film_resistance="5 ohm*cm^2")
    how = criteria.plating(case)
    assert how is not None
    assert how.film == pytest.approx(5e-4)
    assert how.overpotential(1e-3) == pytest.approx(1e-3 * (THERMAL_VOLTAGE / 10 + 5e-4), rel=1e-4)


def test_the_largest_harmless_flaw() -> None:
    current = criteria.largest_plating(symmetric(glass(**CRACKING)))
    assert current == pytest.approx(6.0)  # of the charge: the discharge strips
    depth = criteria.harmless_depth(GLASS, PLATING, 6.0)
    assert FlawCriterion(GLASS, depth, PLATING).ratio_at(6.0) == pytest.approx(1.0, rel=1e-9)


def test_check_tells_it() -> None:
    contact = {"map": "patches", "coverage": 0.5, "size": "1 um"}
    weak = CRACKING | {"weibull_modulus": 5.0}
    text = told(symmetric(glass(**weak), contact=contact))
    assert "grows at a lithium pressure of" in text and "58 MPa" in text
    assert "of real contact, " in text and "Weibull" in text
    # 20 GPa/2.5 = 8 GPa over 7.82/2.762 = 2.831 GPa.
    assert "2.8, above 2" in text
    assert "Lithium in flaws" not in told(symmetric(glass()))


def test_temperature_is_that_of_the_cell() -> None:
    how = criteria.plating(symmetric(glass(**CRACKING)))
    assert how is not None
    assert how.thermal == pytest.approx(8.314462e-6 * TEMPERATURE / FARADAY, rel=1e-6)


def test_check_says_what_viscosity_costs(tmp_path: Path) -> None:
    """0.1 (d_f - d_0)/(2 tau ln(d_f/d_0)) of the interface of a shipped case, written down."""
    root, table = Path(__file__).parents[2], '[interfaces."active|catholyte".cohesion]\n'
    shipped = (root / "cases" / "nmc811_contact_loss" / "case.toml").read_text(encoding="utf-8")
    assert table in shipped
    lagging = shipped.replace(table, f'{table}viscosity = "10 s"\n')
    path = tmp_path / "case.toml"
    path.write_text(lagging.replace("../../meshes", str(root / "meshes")), encoding="utf-8")
    case = load_case(path)
    text = io.StringIO()
    Console(file=text, width=200).print(overview(case))
    first, last = 50.0 / 1e5, 2.0 * case.interfaces["active|catholyte"].cohesion.energy / 50.0
    rate = 0.1 * (last - first) / (2.0 * 10.0 * math.log(last / first)) * 1e3
    assert f"{rate:.3g} nm/s" in text.getvalue()


@pytest.mark.parametrize(
    ("split", "pressure", "told", "warned"),
    [
        ("volumetric-deviatoric", 150, "137 MPa", True),  # sqrt(1.5/1.37) of 131 MPa
        ("volumetric-deviatoric", 130, "137 MPa", False),
        ("star-convex", 150, "1.31e+03 MPa", False),
    ],
)
def test_check_tells_strength_under_compression(
    split: str, pressure: float, told: str, warned: bool
) -> None:
    """Li6PS5Cl of 0.23 MPa m^0.5 and 1 um beside the pressure of the stack."""
    how = {"toughness": "0.23 MPa*m^0.5", "length": "1 um", "split": split}
    solid = electrolyte("0.16 S/m", youngs_modulus="22.1 GPa", poisson_ratio=0.37)
    case = make_case(
        {"solid": solid | {"cracking": how}},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": f"{pressure} MPa"},
        protocol=["Discharge at 0.1 mA/cm2 for 1 s"],
    )
    text = io.StringIO()
    Console(file=text, width=200).print(overview(case))
    assert f"{told} ({split})" in text.getvalue()
    assert ("the stack pressure is more" in text.getvalue()) == warned
