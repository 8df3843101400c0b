"""Lithium in active material, written for the stoichiometry x = c / c_max."""

import ufl
from ufl.core.expr import Expr


def storage(charge: Expr, stoichiometry: Expr, earlier: Expr, step: Expr, test: Expr) -> Expr:
    """Integrand of F c_max dx/dt by the backward Euler method, `charge` being F c_max in pC/um3.

    To be integrated with the quadrature points on the nodes, else x overshoots in steps that are
    short against h^2/D (Thomée, Galerkin Finite Element Methods for Parabolic Problems, 2nd ed.,
    2006, ch. 15). Integrals of x itself are the same with either rule.
    """
    return charge * (stoichiometry - earlier) / step * test


def flux(diffusivity: Expr, stoichiometry: Expr, concentration: Expr) -> Expr:
    """Fick's flux N = -D grad c in amol/(um2 s), of which `diffusion` is the weak form."""
    return -diffusivity * concentration * ufl.grad(stoichiometry)


def flux_by_stress(
    diffusivity: Expr, stoichiometry: Expr, stress_potential_gradient: Expr, thermal_energy: Expr
) -> Expr:
    """The flux that stress drives in amol/(um2 s); arguments as those of `stress_flux`."""
    return diffusivity * stoichiometry / thermal_energy * stress_potential_gradient


def diffusion(charge: Expr, diffusivity: Expr, stoichiometry: Expr, test: Expr) -> Expr:
    """Integrand of the divergence of Fick's flux, N = -D grad c, times F."""
    return charge * diffusivity * ufl.inner(ufl.grad(stoichiometry), ufl.grad(test))


def stress_flux(
    charge: Expr,
    diffusivity: Expr,
    stoichiometry: Expr,
    stress_potential_gradient: Expr,
    thermal_energy: Expr,
    concentration: Expr,
    test: Expr,
) -> Expr:
    """Integrand of the part of the flux that stress drives, N = +D Omega c/(RT) grad s_h, times F.

    Zhang, Shyy, Sastry 2007, doi:10.1149/1.2759840, eq. 10, with Omega c_max = 3 d eps/dx where the
    chemical strain eps is the same in all directions; else Omega s_h is (d eps/dc) : sigma.

    Args:
        charge: F c_max.
        diffusivity: D in um2/s.
        stoichiometry: x.
        stress_potential_gradient: c_max Omega grad s_h, in MPa/um.
        thermal_energy: RT in pJ/amol.
        concentration: c_max in amol/um3.
        test: Test function.
    """
    drift = stoichiometry / (concentration * thermal_energy)
    return -charge * diffusivity * drift * ufl.inner(stress_potential_gradient, ufl.grad(test))
