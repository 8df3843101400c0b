"""Crystals that strain along their axes, free and in layers, and what is known of them exactly."""

from collections.abc import Callable, Mapping

import numpy as np
import ufl
from dolfinx import fem

from cells import Stack, active, electrolyte, kinetics, make_case
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.plan import Subdomain
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.numerics import linear
from ecmcell.numerics.linear import LinearSolver
from ecmcell.numerics.newton import Newton
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.physics import mechanics
from meshes import grid

YOUNG, POISSON = 100e3, 0.25  # MPa
LAME = (YOUNG * POISSON / ((1 + POISSON) * (1 - 2 * POISSON)), YOUNG / (2 * (1 + POISSON)))
ALONG, ACROSS = 0.04, -0.01  # strain from half full to full
SOFT = {"youngs_modulus": "1 MPa", "poisson_ratio": 0.0}
THICKNESS = np.array([1.5, 0.5])
"""Thickness of the layers of `crystal_layers`, um."""


def lattice(slope: float) -> dict:
    """A straight table whose strain against x = 0.5 is `slope` at x = 1."""
    empty = (1 - 2 * slope) / 1 - 1  # (1 + e(x)) / (1 + e(0.5)) - 1 is linear, e(1) = 0
    full = 1 / (1 + slope)  # length at 0.5 over that at 1
    values = [full * (1 + slope * (2 * x - 1)) - 1 for x in (0.0, 1.0)]
    assert empty < 1
    return {"stoichiometry": [0.0, 1.0], "value": values, "unit": "1", "assumed": "test"}


def crystal(orientation: object = "random", across: float = ACROSS, along: float = ALONG) -> dict:
    """A phase of an active material, half full, that strains along its axes."""
    host = active(
        0.5,
        youngs_modulus="100 GPa",
        poisson_ratio=POISSON,
        strain_a=lattice(across),
        strain_c=lattice(along),
        diffusivity="0.01 um^2/s",
    )
    return host | {"chemical_strain": "anisotropic", "orientation": orientation}


def crystal_case(
    phase: dict, sides: str = "free", section: str | None = None, **tables: object
) -> Case:
    """It in a matrix that does not hold it."""
    cell = {"temperature": "25 degC", "stack_pressure": "0 MPa", "sides": sides}
    usual = {
        "interfaces": {"active|matrix": kinetics()},
        "cell": cell | ({"section": section} if section else {}),
        "physics": {"mechanics": True},
    }
    return make_case({"active": phase, "matrix": electrolyte(**SOFT)}, **(usual | tables))


def strain_of(axis: object, amount: float = 1.0) -> np.ndarray:
    """Strain of free swelling, 3 x 3, of a full grain times an amount."""
    n = np.array(axis) / np.linalg.norm(axis)
    return amount * (ACROSS * (np.eye(3) - np.outer(n, n)) + ALONG * np.outer(n, n))


def hooke(strain: np.ndarray) -> np.ndarray:
    """Stress of an elastic strain, 3 x 3."""
    return 2 * LAME[1] * strain + LAME[0] * np.trace(strain) * np.eye(3)


def fill(stack: Stack, x: float) -> None:
    """Set the stoichiometry everywhere and solve the mechanics."""
    for body in stack.active.values():
        body.x.x.array[:] = x
    stack.mechanics.solve()


def crystal_layers(dim: int, phases: Mapping[int, str]) -> MeshData:
    """Two layers across x, each a grain, in a box of 2 um by 1 um."""
    axes = [np.linspace(0.0, 2.0, 5)] + [np.linspace(0.0, 1.0, 3)] * (dim - 1)
    return grid(axes, phases, lambda at: (at[:, 0] > THICKNESS[0]).astype(np.int64))


def error_in_held_layers(
    domain: Domain, axis: Callable[[Subdomain], ufl.core.expr.Expr], directions: np.ndarray
) -> float:
    """Relative error of displacements in the only body of `crystal_layers`, held at the box.

    Along a layer nothing strains, u = u(x); the traction t on its planes is the same in both, and
    is what makes the displacement of the far end vanish:
    K u' = t + (C : eps_ch) e_x with K = mu I + (lambda + mu) e_x e_x. Linear elements have it all.

    Args:
        domain: The layers.
        axis: Crystal axis in each subdomain.
        directions: What it should be in each layer, shape (2, 3).
    """
    (region,), dim = domain.bodies.values(), domain.dim
    u = fem.Function(region.vectors)
    test = ufl.TestFunction(region.vectors)
    elastic = tuple(domain.constant(value) for value in LAME)
    form = 0
    for subdomain in domain.subdomains:
        swelling = domain.constant(ACROSS) * mechanics.across(axis(subdomain))
        swelling += domain.constant(ALONG) * mechanics.along(axis(subdomain))
        stress = mechanics.stress(elastic, mechanics.strain(u), swelling)
        form += ufl.inner(stress, mechanics.strain(test)) * domain.dx(subdomain)

    stiffness = LAME[1] * np.eye(dim)
    stiffness[0, 0] += LAME[0] + LAME[1]
    pushed = np.array([hooke(strain_of(axis))[0, :dim] for axis in directions])
    traction = -(THICKNESS @ pushed) / THICKNESS.sum()
    slope = np.linalg.solve(stiffness, (traction + pushed).T).T

    def exact(x: np.ndarray) -> np.ndarray:
        return (np.outer(slope[0], np.minimum(x[0], THICKNESS[0]))) + np.outer(
            slope[1], np.maximum(x[0] - THICKNESS[0], 0.0)
        )

    solution = fem.Function(region.vectors)
    solution.interpolate(exact)
    nodes = domain.boundary_nodes(region, ["anode", "collector", "side"])
    fixed = np.unique((nodes[:, None] * dim + np.arange(dim)).ravel()).astype(np.int32)
    u.x.array[fixed] = solution.x.array[fixed]
    system = BlockSystem(domain, [u], [form], [fixed])
    Newton(system, LinearSolver(system, linear.DIRECT), 1e-12, 3).solve(YOUNG)
    size = np.abs(slope).max()
    assert size > 0.01  # it does shear and stretch
    return float(np.abs(u.x.array - solution.x.array).max(initial=0.0) / size)
