"""Conduction of ions and electrons."""

import ufl
from ufl.core.expr import Expr


def current_density(conductivity: Expr, potential: Expr) -> Expr:
    """Ohm's law, i = -kappa grad phi, in pA/um2."""
    return -conductivity * ufl.grad(potential)


def conduction(conductivity: Expr, potential: Expr, test: Expr) -> Expr:
    """Integrand of div i = 0 in weak form, theory.md (3).

    For a single-ion conductor (t+ = 1, no concentration polarisation) this is all of ion transport.
    """
    return -ufl.inner(current_density(conductivity, potential), ufl.grad(test))


def dissipation(conductivity: Expr, potential: Expr) -> Expr:
    """Power density kappa |grad phi|^2 in pW/um3, theory.md (33).

    Half its integral is least, among all potentials with the same boundary values, where
    div i = 0: its derivative is `conduction`.
    """
    return -ufl.inner(current_density(conductivity, potential), ufl.grad(potential))


def contact_current(resistance: Expr, drop: Expr) -> Expr:
    """Current density in pA/um2 through a contact of areal resistance R, theory.md (15)."""
    return drop / resistance


def contact_dissipation(resistance: Expr, jump: Expr) -> Expr:
    """Power [phi]^2/R in pW/um2 in a contact of areal resistance R."""
    return jump**2 / resistance
