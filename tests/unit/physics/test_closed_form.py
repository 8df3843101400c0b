"""Closed forms against values worked out by hand, or published."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from cells import THERMAL_VOLTAGE
from ecmcell.case.units import FARADAY
from ecmcell.physics.closed_form.flaws import Electrolyte, FlawCriterion, harmless_depth
from ecmcell.physics.closed_form.fracture import (
    SEMICIRCULAR,
    bar_strength,
    failure_probability,
    flaw_length,
    stress_intensity,
    toughness,
)
from ecmcell.physics.closed_form.plating import Plating, linear_resistance
from ecmcell.physics.closed_form.stability import shear_modulus
from ecmcell.physics.closed_form.stripping import Stripping, closure_rate
from ecmcell.processes.cracks.laws import weibull_energies

# 13 cm3/mol over 96485 C/mol: 0.1347 mV a MPa.
MOLAR = 13.0e-6 / FARADAY
PLATING = Plating(exchange=10.0, transfer=0.5, film=0.0, thermal=THERMAL_VOLTAGE, molar=MOLAR)
GLASS = Electrolyte("glass", toughness=230.0, conductivity=3.4e4)
FLAW = FlawCriterion(GLASS, 5.0, PLATING)


def test_a_flaw_of_5_um_in_sulfide_glass() -> None:
    # 230 / sqrt(5 pi) = 58.03 MPa, times 0.13474 mV a MPa = 7.819 mV.
    assert FLAW.pressure == pytest.approx(58.03, rel=1e-4)
    assert FLAW.overpotential == pytest.approx(7.819e-3, rel=1e-4)
    assert PLATING.pressure(1e-3) == pytest.approx(7.422, rel=1e-3)


def test_half_a_disc_of_5_um() -> None:
    """2 p sqrt(a/pi) = K_Ic at pi/2 times the pressure; its mean depth is 4 a/(3 pi)."""
    round_one = replace(FLAW, shape=SEMICIRCULAR)
    assert round_one.pressure == pytest.approx(0.5 * math.pi * FLAW.pressure)
    assert round_one.ohmic == pytest.approx(4.0 / (3.0 * math.pi) * 5.0 / 3.4e4)


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
    assert failure_probability(math.sqrt(math.log(2.0)), 2.0) == pytest.approx(0.5)
    assert failure_probability(0.5, 100.0) < 1e-20
    assert failure_probability(1.2, 50.0) > 1.0 - 1e-9
    assert failure_probability(-1.0, 2.0) == 0.0


def test_a_modulus_scatters_strength() -> None:
    # The root of the energy has the coefficient of variation of a Weibull of 10, 0.1203.
    energy = weibull_energies(10.0, 200_000, seed=1)
    strength = energy**0.5
    assert energy.mean() == pytest.approx(1.0, rel=2e-3)
    assert strength.std() / strength.mean() == pytest.approx(0.1203, rel=1e-2)
    below = failure_probability(0.9, 10.0)
    assert (strength < 0.9).mean() == pytest.approx(below, rel=2e-2)


def test_the_largest_harmless_flaw() -> None:
    depth = harmless_depth(GLASS, PLATING, 6.0)
    assert FlawCriterion(GLASS, depth, PLATING).ratio_at(6.0) == pytest.approx(1.0, rel=1e-9)
    assert harmless_depth(GLASS, PLATING, 12.0) < 0.5 * depth


def test_stress_intensity_of_a_crack_under_10_mpa() -> None:
    """Tada: p sqrt(pi a) of a straight crack, 2 p sqrt(a/pi) of a penny-shaped one."""
    assert stress_intensity(10.0, 4.0) == pytest.approx(35.449, rel=1e-5)
    assert stress_intensity(10.0, 4.0, SEMICIRCULAR) == pytest.approx(22.5676, rel=1e-5)


def test_toughness_of_llzo_by_irwin() -> None:
    """150 GPa, nu 0.26: 1 MPa m^0.5 is 6.216 J/m^2."""
    assert toughness(6.216, 150e3, 0.26) == pytest.approx(1000.0, rel=1e-4)


def test_a_bar_of_at1_carries_what_damages_it() -> None:
    """Where the elastic energy s^2/(2 E) is 3 Gc/(16 l): s = 75 MPa of the numbers below."""
    assert bar_strength("AT1", 1.5, 20e3, 2.0) == pytest.approx(75.0)


def test_a_bar_of_at2_carries_its_largest_stress() -> None:
    """(1 - d)^2 E e over all strains e, where damage d = l E e^2/(Gc + l E e^2)."""
    young, energy, length = 20e3, 1.5, 2.0
    strain = np.linspace(0.0, 0.02, 20_001)
    stored = length * young * strain**2
    stress = (energy / (energy + stored)) ** 2 * young * strain
    assert bar_strength("AT2", energy, young, length) == pytest.approx(stress.max(), rel=1e-6)


def test_a_flaw_of_that_length_has_the_toughness() -> None:
    """Griffith: K_I = s sqrt(pi a) of a crack of length 2a under a tension s."""
    length = flaw_length(120.0, 2.0, 20e3, 0.25)
    intensity = 120.0 * math.sqrt(0.5 * math.pi * length)
    assert intensity == pytest.approx(toughness(2.0, 20e3, 0.25))


def test_shear_modulus_of_lithium() -> None:
    """7.82 GPa and 0.381 by Masias et al. 2019: 2.83 GPa, as measured."""
    assert shear_modulus(7.82, 0.381) == pytest.approx(2.83, rel=1e-3)


def test_small_currents_feel_charge_transfer_and_films() -> None:
    """RT/F = 25.69 mV over 1 mA/cm2 is 25.69 ohm cm2, of 1e-4 V um2/pA each."""
    assert linear_resistance(10.0, 5e-4, THERMAL_VOLTAGE) == pytest.approx(30.69e-4, rel=1e-4)
    how = replace(PLATING, film=5e-4)
    assert how.resistance == pytest.approx(how.overpotential(1e-4) / 1e-4, rel=1e-4)


def test_a_hollow_sphere_of_viscous_metal_closes_as_known() -> None:
    """A linear one of viscosity eta = stress/(3 rate): 3 p/(4 eta) of its volume in a s."""
    viscosity = 2.0 / (3.0 * 1e-3)
    assert closure_rate(4.0, 1e-3, 2.0, 1.0) == pytest.approx(3.0 * 4.0 / (4.0 * viscosity))


def test_stripping_opens_the_gap_in_that_time() -> None:
    """The rate equation g' = f v - r g from no gap, by quadrature of its solution."""
    how = Stripping(gap=0.7, fraction=0.4, closure=1e-3, molar=MOLAR)
    for time in (10.0, 3000.0):
        fed = how.fraction * how.molar * how.critical_current(time)
        opened, _ = quad(lambda past: fed * math.exp(-how.closure * past), 0.0, time)
        assert opened == pytest.approx(how.gap, rel=1e-9)
    forever = how.fraction * how.molar * how.critical_current()
    assert forever == pytest.approx(how.closure * how.gap)


def test_nothing_closes_without_pressure() -> None:
    how = Stripping(gap=0.7, fraction=0.4, closure=0.0, molar=MOLAR)
    assert how.critical_current(100.0) == pytest.approx(0.7 / (0.4 * MOLAR * 100.0))
    assert how.critical_current() == 0.0
