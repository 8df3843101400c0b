"""The tensor of effective conductivity: that of a sample and its mirror images."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, active, electrolyte, kinetics, make_case
from ecmcell.case.schema import Case
from ecmcell.homogenisation.effective import Effective, effective
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.topology import assemble
from ecmcell.microstructure.recipes import RECIPES
from meshes import grid, layers

pytestmark = pytest.mark.mpi

SIEMENS = 1e6  # 1 S/m in pA/(V um)
GOOD, POOR = 5.0, 1.0  # S/m


def two_electrolytes() -> Case:
    """They conduct `GOOD` and `POOR`."""
    return make_case(
        {"good": electrolyte(f"{GOOD} S/m"), "poor": electrolyte(f"{POOR} S/m")},
        interfaces={"good|poor": {"bonded": True}},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )


def stripes(dim: int, periods: tuple[int, int], slope: float, phases: tuple[str, str]) -> MeshData:
    """Layers y = slope x + const. of equal thickness through a box of some periods along x and y.

    The diagonals of the grid, along which its boxes are cut, are their boundaries.
    """
    cells = 2 * np.array(periods)
    axes = [np.arange(cells[0] + 1.0), slope * np.arange(cells[1] + 1.0)]
    axes += [np.array([0.0, 1.0, 2.0])] * (dim - 2)
    plain = grid(axes, {0: phases[0]})
    middle = plain.points[plain.cells].mean(axis=1)
    layer = np.floor(middle[:, 0] - middle[:, 1] / slope).astype(np.int64) % 2
    return assemble(plain.points, plain.cells, layer, dict(enumerate(phases)))


def mirrored(mesh: MeshData) -> MeshData:
    """The mesh and its images in the planes at the upper ends of x and y, in one."""
    points, cells = mesh.points, mesh.cells
    region, phases = mesh.cell_grain.astype(np.int64), dict(enumerate(mesh.grain_phase))
    for axis in (0, 1):
        image = points.copy()
        image[:, axis] = 2.0 * points[:, axis].max() - points[:, axis]
        both = np.concatenate([points, image])
        _, first, same = np.unique(both.round(9), axis=0, return_index=True, return_inverse=True)
        cells = same.ravel()[np.concatenate([cells, cells + len(points)])]
        points, region = both[first], np.tile(region, 2)
    return assemble(points, cells, region, phases)


def found(case: Case, mesh: MeshData, comm: MPI.Comm, carrier: str = "ions") -> Effective:
    results = effective(case, mesh if comm.rank == 0 else None, comm, tuple(case.phases))
    return next(result for result in results if result.carrier.name == carrier)


@pytest.mark.parametrize(("dim", "slope"), [(2, 1.0), (2, 0.5), (3, 1.0)])
def test_the_medium_is_the_mirrored_one(comm: MPI.Comm, dim: int, slope: float) -> None:
    """Layers at an angle: a sample conducts as four of it do that are mirror images."""
    mesh = stripes(dim, (2, 3), slope, ("good", "poor"))
    one, four = (found(two_electrolytes(), m, comm).tensor() for m in (mesh, mirrored(mesh)))
    assert one is not None and four is not None
    assert one == pytest.approx(four, rel=1e-7, abs=1e-9 * SIEMENS)
    assert np.array_equal(one, np.diag(np.diag(one)))


def test_a_quarter_of_a_square_array(comm: MPI.Comm) -> None:
    """Insulating discs with a disc at a corner of the sample: isotropic, nothing across.

    Perrins, McKenzie and McPhedran 1979, doi:10.1098/rspa.1979.0160: 0.32209 at a fraction 0.50265.
    """
    asked = {"recipe": "lattice", "arrangement": "square", "spacing": "6 um", "size": "0.1 um"}
    fraction = np.pi * 2.4**2 / 6.0**2
    mesh = RECIPES["lattice"].model_validate(asked | {"fraction": fraction}).build(seed=1)
    case = make_case(
        {"inclusion": active(), "matrix": electrolyte("1 S/m")},
        interfaces={"inclusion|matrix": kinetics()},
        boundaries={"anode": LITHIUM, "collector": {}},
    )
    tensor = found(case, mesh, comm).tensor()
    assert tensor is not None
    assert tensor / SIEMENS == pytest.approx(0.32209 * np.eye(2), rel=2e-3, abs=1e-12)


@pytest.mark.parametrize("dim", [2, 3])
def test_layers_along_the_box(comm: MPI.Comm, dim: int) -> None:
    """Where the axes are planes of symmetry, the tensor is the conductivities along them."""
    mesh = layers(dim, {"good": 1.0, "poor": 3.0}, [2, 3])
    result = found(two_electrolytes(), mesh, comm)
    tensor = result.tensor()
    assert tensor is not None
    diagonal = [direction.conductivity for direction in result.directions.values()]
    assert tensor == pytest.approx(np.diag(diagonal), rel=1e-8, abs=1e-8 * GOOD * SIEMENS)


def test_contact_resistance_is_in_the_tensor(comm: MPI.Comm) -> None:
    """The mean field counts jumps of the potential too: L/s = L1/s1 + R + L2/s2."""
    case = make_case(
        {
            "active": active(),
            "matrix": electrolyte("1 S/m") | {"overrides": {"electronic_conductivity": "2 S/m"}},
        },
        interfaces={"active|matrix": kinetics(electronic_resistance="0.005 ohm*cm^2")},
        boundaries={"anode": LITHIUM, "collector": {}},
    )
    result = found(case, layers(2, {"active": 2.0, "matrix": 3.0}, [2, 3]), comm, "electrons")
    tensor = result.tensor()
    assert tensor is not None
    across = 5.0 / (2.0 / 10.0 + 0.5 + 3.0 / 2.0)  # 0.005 ohm cm2 are 0.5 um/(S/m)
    exact = np.diag([across, (2.0 * 10.0 + 3.0 * 2.0) / 5.0])
    assert tensor / SIEMENS == pytest.approx(exact, rel=1e-8, abs=1e-8)


def test_no_tensor_beside_perfect_conductors(comm: MPI.Comm) -> None:
    """Along layers of one the conductivity has no bound."""
    case = two_electrolytes()
    mesh = stripes(2, (2, 2), 1.0, ("good", "poor"))
    (result,) = effective(
        case, mesh if comm.rank == 0 else None, comm, tuple(case.phases), {"good"}
    )
    assert result.tensor() is None
    assert result.summary()["Conductivity tensor [S.m-1]"] is None


def test_nothing_that_percolates(comm: MPI.Comm) -> None:
    """Layers of active material cut the ions off along x: no current, and no field across."""
    case = make_case(
        {"active": active(), "matrix": electrolyte("1 S/m")},
        interfaces={"active|matrix": kinetics()},
        boundaries={"anode": LITHIUM, "collector": {}},
    )
    tensor = found(case, layers(2, {"active": 2.0, "matrix": 2.0}, [2, 2]), comm).tensor()
    assert tensor is not None
    assert tensor / SIEMENS == pytest.approx(np.diag([0.0, 0.5]), abs=1e-9)
