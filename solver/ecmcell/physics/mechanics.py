"""Small-strain elasticity with chemical strain; plane strain in 2D."""

import ufl
from ufl.core.expr import Expr


def lame(youngs_modulus: Expr, poisson_ratio: Expr) -> tuple[Expr, Expr]:
    """Lame's constants (lambda, mu) in MPa."""
    mu = youngs_modulus / (2.0 * (1.0 + poisson_ratio))
    return 2.0 * mu * poisson_ratio / (1.0 - 2.0 * poisson_ratio), mu


def strain(displacement: Expr) -> Expr:
    """Symmetric gradient, in the plane in 2D."""
    return ufl.sym(ufl.grad(displacement))


def stretch(amount: Expr, dim: int) -> Expr:
    """Uniform strain along x, what a rigid platen adds to a stack held at its other end."""
    return ufl.as_matrix([[amount if i == j == 0 else 0.0 for j in range(dim)] for i in range(dim)])


def stress(elastic: tuple[Expr, Expr], total_strain: Expr, chemical_strain: Expr) -> Expr:
    """sigma = C : (eps - eps_ch I), the components in the plane in 2D.

    Args:
        elastic: Lame's constants.
        total_strain: Strain; its out-of-plane components vanish in 2D (plane strain).
        chemical_strain: Linear strain of free swelling; it also acts out of the plane.
    """
    lam, mu = elastic
    swelling = (3.0 * lam + 2.0 * mu) * chemical_strain
    identity = ufl.Identity(total_strain.ufl_shape[0])
    return 2.0 * mu * total_strain + (lam * ufl.tr(total_strain) - swelling) * identity


def hydrostatic_stress(
    elastic: tuple[Expr, Expr], total_strain: Expr, chemical_strain: Expr
) -> Expr:
    """Mean of the three normal stresses, K (tr eps - 3 eps_ch), also in plane strain."""
    lam, mu = elastic
    return (lam + 2.0 * mu / 3.0) * (ufl.tr(total_strain) - 3.0 * chemical_strain)


def full_stress(elastic: tuple[Expr, Expr], total_strain: Expr, chemical_strain: Expr) -> Expr:
    """The 3 x 3 stress, in plane strain with its component out of the plane."""
    if total_strain.ufl_shape[0] == 3:
        return stress(elastic, total_strain, chemical_strain)
    lam, mu = elastic
    plane = stress(elastic, total_strain, chemical_strain)
    out = lam * ufl.tr(total_strain) - (3.0 * lam + 2.0 * mu) * chemical_strain
    return ufl.as_matrix(
        [
            [plane[0, 0], plane[0, 1], 0.0],
            [plane[1, 0], plane[1, 1], 0.0],
            [0.0, 0.0, out],
        ]
    )


def von_mises(stress3: Expr) -> Expr:
    """Equivalent stress of a 3 x 3 stress."""
    deviator = stress3 - ufl.tr(stress3) / 3.0 * ufl.Identity(3)
    return ufl.sqrt(1.5 * ufl.inner(deviator, deviator))


def largest_principal(stress3: Expr) -> Expr:
    """Largest eigenvalue of a symmetric 3 x 3 matrix, by the trigonometric solution of its cubic.

    Smith 1961, doi:10.1145/355578.366316.
    """
    mean = ufl.tr(stress3) / 3.0
    deviator = stress3 - mean * ufl.Identity(3)
    size = ufl.sqrt(ufl.inner(deviator, deviator) / 6.0 + 1e-24)
    cosine = ufl.det(deviator / size) / 2.0
    angle = ufl.acos(ufl.max_value(ufl.min_value(cosine, 1.0), -1.0)) / 3.0
    return mean + 2.0 * size * ufl.cos(angle)


def stress_response(youngs_modulus: float, poisson_ratio: float) -> float:
    """Fall of the hydrostatic stress with the linear chemical strain, 2E/(3(1-nu)), in MPa.

    Exact for every Fourier mode of the chemical strain in an infinite body (Eshelby 1957,
    doi:10.1098/rspa.1957.0133); surfaces add a smooth part to it.
    """
    return 2.0 * youngs_modulus / (3.0 * (1.0 - poisson_ratio))
