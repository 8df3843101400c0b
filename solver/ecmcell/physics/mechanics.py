"""Small-strain elasticity with chemical strain; a section shares one strain across it, or none."""

import numpy as np
import numpy.typing as npt
import ufl
from ufl.core.expr import Expr

Array = npt.NDArray[np.float64]
COMPONENTS = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))
"""Rows and columns of what differs in a symmetric 3 x 3 matrix."""
# Where each entry of the matrix stands among them.
_PLACES = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])


def lame(youngs_modulus: Expr, poisson_ratio: Expr) -> tuple[Expr, Expr]:
    """Lame's constants (lambda, mu) in MPa."""
    mu = youngs_modulus / (2.0 * (1.0 + poisson_ratio))
    return 2.0 * mu * poisson_ratio / (1.0 - 2.0 * poisson_ratio), mu


def strain(displacement: Expr) -> Expr:
    """Symmetric gradient, in the plane in 2D."""
    return ufl.sym(ufl.grad(displacement))


def in_space(plane: Expr) -> Expr:
    """A strain as a 3 x 3 one; one in the plane has no components out of it."""
    dim = plane.ufl_shape[0]
    inside = [[i < dim and j < dim for j in range(3)] for i in range(3)]
    return ufl.as_matrix(
        [[plane[i, j] if inside[i][j] else 0.0 for j in range(3)] for i in range(3)]
    )


def even_dilatation(full: Expr, displacement: Expr, from_centre: Expr) -> Expr:
    """A 3 x 3 strain with the mean change of volume of each cell instead of its own.

    As quadratic displacements have it, whose change of volume is linear in a cell: its mean is what
    it is at the centre. Stiff against one number a cell they neither lock nor does their pressure
    oscillate (the B-bar of Hughes 1980, doi:10.1002/nme.1620150914).

    Args:
        full: The strain.
        displacement: What it is the strain of.
        from_centre: Place less the centre of its cell, um.
    """
    rise = ufl.inner(ufl.grad(ufl.div(displacement)), from_centre)
    return full - rise / 3.0 * ufl.Identity(3)


def in_plane(full: Expr, dim: int) -> Expr:
    """The components of a 3 x 3 strain or stress that a mesh of some dimension sees."""
    return ufl.as_matrix([[full[i, j] for j in range(dim)] for i in range(dim)])


def uniform_strain(stretch: Expr, thickness: Expr) -> Expr:
    """What all of a stack shares, 3 x 3: a rigid platen's strain along x, a section's along z."""
    return ufl.as_matrix([[stretch, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, thickness]])


def sheet_strain(elastic: tuple[Expr, Expr], in_plane_strain: Expr, chemical: Expr) -> Expr:
    """The 3 x 3 strain of a sheet across which nothing acts at any place (plane stress).

    From sigma_iz = 0: the elastic strain across it is -nu/(1 - nu) of the trace of that in it, and
    there is no elastic shear of the sheet's normal.

    Args:
        elastic: Lame's constants.
        in_plane_strain: Total strain, of which the components in the plane count, 3 x 3.
        chemical: Strain of free swelling, 3 x 3.
    """
    lam, mu = elastic
    held = in_plane_strain[0, 0] + in_plane_strain[1, 1] - chemical[0, 0] - chemical[1, 1]
    across = chemical[2, 2] - lam / (lam + 2.0 * mu) * held
    rows = [[in_plane_strain[i, 0], in_plane_strain[i, 1], chemical[i, 2]] for i in range(2)]
    return ufl.as_matrix([*rows, [chemical[2, 0], chemical[2, 1], across]])


def isotropic_strain(amount: Expr) -> Expr:
    """The 3 x 3 strain that is the same in all directions."""
    return ufl.as_matrix([[amount if i == j else 0.0 for j in range(3)] for i in range(3)])


def along(axis: Expr) -> Expr:
    """The 3 x 3 projector n n on a unit vector of three components."""
    return ufl.as_matrix([[axis[i] * axis[j] for j in range(3)] for i in range(3)])


def across(axis: Expr) -> Expr:
    """The 3 x 3 projector I - n n on the plane normal to a unit vector of three components."""
    return ufl.as_matrix(
        [[float(i == j) - axis[i] * axis[j] for j in range(3)] for i in range(3)],
    )


def stress(elastic: tuple[Expr, Expr], total_strain: Expr, chemical_strain: Expr) -> Expr:
    """sigma = C : (eps - eps_ch), as many components as the total strain has.

    Where a crystal axis is inclined to a section, its swelling shears the plane's normal, and what
    the section holds back stays as a shear stress.

    Args:
        elastic: Lame's constants.
        total_strain: Strain; one in the plane has no components out of it (plane strain).
        chemical_strain: Strain of free swelling, 3 x 3; it also acts out of the plane.
    """
    lam, mu = elastic
    dim = total_strain.ufl_shape[0]
    pressure = lam * (ufl.tr(total_strain) - _trace(chemical_strain))
    return 2.0 * mu * (total_strain - in_plane(chemical_strain, dim)) + pressure * ufl.Identity(dim)


def hydrostatic_stress(
    elastic: tuple[Expr, Expr], total_strain: Expr, chemical_strain: Expr
) -> Expr:
    """Mean of the three normal stresses, K (tr eps - tr eps_ch)."""
    lam, mu = elastic
    return (lam + 2.0 * mu / 3.0) * (ufl.tr(total_strain) - _trace(chemical_strain))


def _trace(matrix: Expr) -> Expr:
    return matrix[0, 0] + matrix[1, 1] + matrix[2, 2]


def components(matrix: Expr) -> Expr:
    """The components of a symmetric 3 x 3 matrix that differ, in the order of `COMPONENTS`."""
    return ufl.as_vector([matrix[i, j] for i, j in COMPONENTS])


def full(values: Array) -> Array:
    """Symmetric matrices of their components, shape (..., 3, 3)."""
    return values[..., _PLACES]


def von_mises(stress: Array) -> Array:
    """Equivalent stress of stresses of shape (..., 3, 3)."""
    mean = np.trace(stress, axis1=-2, axis2=-1) / 3.0
    deviator = stress - mean[..., None, None] * np.eye(3)
    return np.sqrt(1.5 * np.sum(deviator**2, axis=(-2, -1)))


def max_principal(stress: Array) -> Array:
    """Largest principal stress of stresses of shape (..., 3, 3)."""
    return np.asarray(np.linalg.eigvalsh(stress)[..., -1], dtype=np.float64)


def stress_response(youngs_modulus: float, poisson_ratio: float) -> float:
    """Fall of the hydrostatic stress with the linear chemical strain, 2E/(3(1-nu)), in MPa.

    Exact for every Fourier mode of the chemical strain in an infinite body (Eshelby 1957,
    doi:10.1098/rspa.1957.0133); surfaces add a smooth part to it.
    """
    return 2.0 * youngs_modulus / (3.0 * (1.0 - poisson_ratio))


def sheet_response(youngs_modulus: float) -> float:
    """The same in a sheet in plane stress, MPa: its fronts in the plane alone hold a mode, E/3."""
    return youngs_modulus / 3.0


def axial_response(youngs_modulus: float, poisson_ratio: float) -> np.ndarray:
    """Fall of the mean stresses across and along an axis with the strains there, 2 x 2, in MPa.

    That of a ball that strains by itself in an infinite body (Eshelby 1957, doi:10.1098/
    rspa.1957.0133). A Fourier mode answers in the plane normal to its wave vector alone, as a sheet
    that is held there: the ball is the mean over all directions, of which each mode keeps less than
    twice. Where both strains are equal, `stress_response` is what remains.
    """
    nu, own, mixed = poisson_ratio, 3.0 / 5.0, 1.0 / 15.0
    answer = [[own + nu / 3.0, mixed + nu / 3.0], [2.0 * (mixed + nu / 3.0), own - mixed]]
    return youngs_modulus / (1.0 - nu**2) * np.array(answer)
