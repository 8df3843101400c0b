"""Charge transfer at interfaces."""

import ufl
from ufl.core.expr import Expr

_FILM_STEPS = 4
# Keeps powers of the stoichiometry differentiable at an empty or full host.
_EDGE = 1e-6


def thermal_voltage(temperature: Expr, gas_constant: float, faraday: float) -> Expr:
    """RT/F in V."""
    return gas_constant * temperature / faraday


def insertion_exchange_current(reference: Expr, stoichiometry: Expr, transfer: Expr) -> Expr:
    """Exchange current density of an insertion host, theory.md (12): `reference` at half filling.

    i0 = i0_ref x^(1-a) (1-x)^a / 0.5, with x the stoichiometry and a the transfer coefficient of
    the oxidation (Doyle, Fuller, Newman 1993, doi:10.1149/1.2221597, eq. 15, normalised).
    """
    x = ufl.max_value(ufl.min_value(stoichiometry, 1.0 - _EDGE), _EDGE)
    return 2.0 * reference * x ** (1.0 - transfer) * (1.0 - x) ** transfer


def butler_volmer(exchange: Expr, overpotential: Expr, transfer: Expr, thermal: Expr) -> Expr:
    """Oxidation current density i0 [exp(a eta F/RT) - exp((a-1) eta F/RT)]: theory.md (11).

    As a product, which keeps all its digits where a fast reaction is all but in equilibrium.
    """
    eta = overpotential / thermal
    return 2.0 * exchange * ufl.exp((transfer - 0.5) * eta) * ufl.sinh(0.5 * eta)


def film_current(
    exchange: Expr, overpotential: Expr, transfer: Expr, thermal: Expr, resistance: Expr
) -> Expr:
    """Current density of a reaction in series with a film, i = i_BV(eta - i R): theory.md (11).

    The overpotential left for the reaction is found by Halley steps written out in the form, so
    that the film is implicit and its derivative exact. The first guess is right for small and for
    large overpotentials; four steps give 1e-9 of the current for |eta| F/RT up to 12.
    """
    ratio = overpotential / (2.0 * (thermal + exchange * resistance))
    eta = 2.0 * thermal * ufl.ln(ratio + ufl.sqrt(ratio**2 + 1.0))
    lean = transfer - 0.5
    for _ in range(_FILM_STEPS):
        factor = exchange * resistance * ufl.exp(lean * eta / thermal)
        odd, even = ufl.sinh(0.5 * eta / thermal), ufl.cosh(0.5 * eta / thermal)
        value = eta + 2.0 * factor * odd - overpotential
        slope = 1.0 + factor / thermal * (even + 2.0 * lean * odd)
        bend = 2.0 * factor / thermal**2 * (lean * even + (lean**2 + 0.25) * odd)
        eta -= value / (slope - 0.5 * value * bend / slope)
    return butler_volmer(exchange, eta, transfer, thermal)
