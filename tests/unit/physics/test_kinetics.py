"""Charge transfer: current through a reaction and a film against a root finder."""

import numpy as np
import pytest
import ufl
from scipy.optimize import brentq

from ecmcell.physics.kinetics import butler_volmer, film_current, insertion_exchange_current

THERMAL = 0.0257  # V
EXCHANGE = 3.0  # pA/um2


def number(expression: ufl.core.expr.Expr) -> float:
    return float(expression)


def reaction(eta: float, transfer: float) -> float:
    return EXCHANGE * (np.exp(transfer * eta / THERMAL) - np.exp((transfer - 1) * eta / THERMAL))


@pytest.mark.parametrize("transfer", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("film", [1e-6, 1e-4, 1e-3, 1e-2, 1.0])
def test_film_current(transfer: float, film: float) -> None:
    """i = i_BV(eta - i R) to 1e-9 for |eta| F/RT up to 12, against a bracketing root finder."""
    for ratio in (-12.0, -7.3, -3.0, -1.0, -0.01, 1e-4, 0.4, 2.0, 5.5, 9.0, 12.0):
        eta = ratio * THERMAL
        left = brentq(
            lambda rest, eta=eta: rest + film * reaction(rest, transfer) - eta,
            min(0.0, eta),
            max(0.0, eta),
            xtol=1e-300,
            rtol=1e-15,
        )
        values = (ufl.as_ufl(v) for v in (EXCHANGE, eta, transfer, THERMAL, film))
        exact = reaction(left, transfer)
        # Where the film takes nearly all, what is left for the reaction is known to rounding only.
        assert number(film_current(*values)) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("transfer", [0.3, 0.5, 0.7])
def test_without_overpotential_no_current(transfer: float) -> None:
    values = (ufl.as_ufl(v) for v in (EXCHANGE, 0.0, transfer, THERMAL, 1e-3))
    assert number(film_current(*values)) == pytest.approx(0.0, abs=1e-12)


def test_butler_volmer() -> None:
    """Linear for small overpotentials, i = i0 eta F/RT, and Tafel's law for large ones."""

    def current(eta: float, transfer: float) -> float:
        values = (ufl.as_ufl(v) for v in (EXCHANGE, eta, transfer, THERMAL))
        return number(butler_volmer(*values))

    assert current(1e-6, 0.3) == pytest.approx(EXCHANGE * 1e-6 / THERMAL, rel=1e-4)
    assert current(0.5, 0.3) == pytest.approx(EXCHANGE * np.exp(0.3 * 0.5 / THERMAL), rel=1e-6)
    assert current(-0.5, 0.3) == pytest.approx(-EXCHANGE * np.exp(0.7 * 0.5 / THERMAL), rel=1e-6)


@pytest.mark.parametrize("transfer", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("film", [None, 1e-3])
def test_next_to_equilibrium_no_digit_is_lost(transfer: float, film: float | None) -> None:
    """i = i0 eta F/RT / (1 + i0 R F/RT) to rounding, where either exponential is 1."""
    eta = 1e-14
    values = [ufl.as_ufl(v) for v in (EXCHANGE, eta, transfer, THERMAL)]
    found = butler_volmer(*values) if film is None else film_current(*values, ufl.as_ufl(film))
    exact = EXCHANGE * eta / (THERMAL + EXCHANGE * (film or 0.0))
    assert number(found) == pytest.approx(exact, rel=1e-11)


@pytest.mark.parametrize("transfer", [0.3, 0.5, 0.7])
def test_exchange_current_of_a_host(transfer: float) -> None:
    """The reference at half filling, i0 ~ x^(1-a) (1-x)^a elsewhere, finite at the ends."""

    def exchange(x: float) -> float:
        return number(insertion_exchange_current(*map(ufl.as_ufl, (EXCHANGE, x, transfer))))

    assert exchange(0.5) == pytest.approx(EXCHANGE, rel=1e-14)
    ratio = (0.8 / 0.5) ** (1 - transfer) * (0.2 / 0.5) ** transfer
    assert exchange(0.8) == pytest.approx(EXCHANGE * ratio, rel=1e-12)
    for x in (-0.1, 0.0, 1.0, 1.1):
        assert 0.0 < exchange(x) < 0.05 * EXCHANGE
