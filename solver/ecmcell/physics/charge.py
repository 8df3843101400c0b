"""Conduction of ions and electrons."""

import ufl
from ufl.core.expr import Expr


def current_density(conductivity: Expr, potential: Expr) -> Expr:
    """Ohm's law, i = -kappa grad phi, in pA/um2."""
    return -conductivity * ufl.grad(potential)


def conduction(conductivity: Expr, potential: Expr, test: Expr) -> Expr:
    """Integrand of div i = 0 in weak form; in pA/um3 once integrated by parts.

    For a single-ion conductor (t+ = 1, no concentration polarisation) this is all of ion transport.
    """
    return -ufl.inner(current_density(conductivity, potential), ufl.grad(test))


def arrhenius_conductivity(
    reference: Expr,
    activation_energy: Expr,
    temperature: Expr,
    reference_temperature: Expr,
    gas_constant: float,
) -> Expr:
    """sigma = sigma0 T^-1 exp(-Ea/RT) through a known value at a reference temperature.

    Famprikis et al. 2019, doi:10.1038/s41563-019-0431-3, eq. 1 with m = -1; Ea per mole.
    """
    inverse = 1.0 / temperature - 1.0 / reference_temperature
    return (
        reference
        * (reference_temperature / temperature)
        * ufl.exp(-activation_energy / gas_constant * inverse)
    )
