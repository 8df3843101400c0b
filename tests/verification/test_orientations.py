"""Crystals that lie as a table of Euler angles says strain as they should."""

from pathlib import Path

import numpy as np
import pytest
import ufl
from mpi4py import MPI

from bench import bench
from cells import HELD, LOOSE, Stack
from crystals import (
    LAME,
    THICKNESS,
    crystal,
    crystal_case,
    crystal_layers,
    error_in_held_layers,
    fill,
    hooke,
    strain_of,
)
from ecmcell.domain.plan import Subdomain

pytestmark = pytest.mark.mpi

LAYERS = {0: "active", 1: "active"}
PRESSURE = 50.0  # MPa
# Bunge's angles of the two crystals, and where their axes c point.
UPRIGHT = [(90.0, 90.0, 40.0), (180.0, 90.0, 10.0)], [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0)]
HALF, ROOT = 0.5, np.sqrt(0.75)
INCLINED = (
    [(30.0, 60.0, 15.0), (-60.0, 150.0, 270.0)],
    [(HALF * ROOT, -ROOT * ROOT, HALF), (-ROOT * HALF, -HALF * HALF, -ROOT)],
)


def table(path: Path, angles: list[tuple[float, ...]], by: str) -> str:
    """A file of two crystals, the second one first, by number or by place."""
    where = {"number": ("grain", "1", "0"), "place": ("x,y,z", "1.75,0.5,0.5", "0.7,0.6,0.4")}[by]
    rows = [",".join(map(str, three)) for three in ("phi1 Phi phi2".split(), *angles[::-1])]
    path.write_text("".join(f"{a},{b}\n" for a, b in zip(where, rows, strict=True)))
    return str(path)


@pytest.mark.parametrize("by", ["number", "place"])
@pytest.mark.parametrize(("dim", "section"), [(2, HELD), (2, LOOSE), (3, None)])
def test_bicrystal_between_platens(
    comm: MPI.Comm, shared_path: Path, dim: int, section: str | None, by: str
) -> None:
    """Layers of different strain e_k along the stack, with nothing across it but e_z in a section.

    sigma_xx = -p in both, and the mean of sigma_zz is 0 where the thickness is free.
    """
    angles, axes = UPRIGHT
    given = {"section": section} if section else {}
    cell = {"temperature": "25 degC", "stack_pressure": f"{PRESSURE} MPa"} | given
    case = crystal_case(crystal(table(shared_path / f"{comm.rank}.csv", angles, by)), cell=cell)
    stack = Stack(case, crystal_layers(dim, LAYERS), comm)
    fill(stack, 1.0)
    swelling = np.array([np.diagonal(strain_of(axis)) for axis in axes])
    held = np.array([np.diagonal(hooke(np.diag(one))) for one in swelling])
    stiff, lam, weight = LAME[0] + 2 * LAME[1], LAME[0], THICKNESS / THICKNESS.sum()
    matrix = np.array([[stiff, 0, lam], [0, stiff, lam], [*(lam * weight), stiff]])
    pushed = np.array([*(held[:, 0] - PRESSURE), weight @ held[:, 2]])
    if section == LOOSE:
        *slope, thickness = np.linalg.solve(matrix, pushed)
    else:
        slope, thickness = pushed[:2] / stiff, 0.0
    assert stack.state.axial_strain.value == pytest.approx(weight @ slope, rel=1e-8)
    assert stack.state.thickness_strain.value == pytest.approx(thickness, rel=1e-8)
    (region,) = stack.domain.bodies.values()
    x = region.scalars.tabulate_dof_coordinates()[:, 0]
    (displacement,) = stack.state.displacement.values()
    moved = displacement.x.array.reshape(-1, dim)[:, 0] + stack.state.axial_strain.value * x
    exact = slope[0] * np.minimum(x, THICKNESS[0]) + slope[1] * np.maximum(x - THICKNESS[0], 0.0)
    assert moved == pytest.approx(exact, abs=1e-8)
    assert abs(slope[0] - slope[1]) > 0.01


@pytest.mark.parametrize("by", ["number", "place"])
@pytest.mark.parametrize("dim", [2, 3])
def test_inclined_bicrystal(comm: MPI.Comm, shared_path: Path, dim: int, by: str) -> None:
    """Crystals whose axes leave the plane, in layers held at the box: all components of stress."""
    angles, axes = INCLINED
    case = crystal_case(crystal(table(shared_path / f"{comm.rank}.csv", angles, by)))
    found = bench(case, crystal_layers(dim, LAYERS), comm)

    def axis(subdomain: Subdomain) -> ufl.core.expr.Expr:
        return found.active[subdomain.body].axis

    assert error_in_held_layers(found.domain, axis, np.array(axes)) <= 1e-9
