"""The tensor of effective conductivity: layers at an angle to the axes of the box."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, active, electrolyte, kinetics, make_case
from ecmcell.case.schema import Case
from ecmcell.microstructure.meshdata import MeshData
from ecmcell.microstructure.topology import assemble
from ecmcell.simulation.effective import Effective, effective
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


def exact(slope: float, dim: int) -> np.ndarray:
    """Arithmetic mean along the layers, harmonic across them."""
    along, across = (GOOD + POOR) / 2, 2 / (1 / GOOD + 1 / POOR)
    normal = np.zeros(dim)
    normal[:2] = np.array([-slope, 1.0]) / np.hypot(slope, 1.0)
    return along * np.eye(dim) + (across - along) * np.outer(normal, normal)


def found(case: Case, mesh: MeshData, comm: MPI.Comm, carrier: str = "ions") -> Effective:
    results = effective(case, mesh if comm.rank == 0 else None, comm, tuple(case.phases))
    return next(result for result in results if result.carrier.name == carrier)


@pytest.mark.parametrize(
    ("dim", "slope", "counts"),
    [(2, 1.0, (4, 8, 16, 32)), (2, 0.5, (4, 8, 16, 32)), (3, 1.0, (4, 8))],
)
def test_layers_at_an_angle(
    comm: MPI.Comm, dim: int, slope: float, counts: tuple[int, ...]
) -> None:
    """The tensor of a laminate, off-diagonals included, as the box holds more and more layers.

    What the ends and the sides disturb reaches one period deep, so the error falls as one over
    their number. What flows between plates does not give the diagonal: the sides hold back what
    would flow across.
    """
    errors = []
    for count in counts:
        result = found(
            two_electrolytes(), stripes(dim, (count, count), slope, ("good", "poor")), comm
        )
        tensor = result.tensor()
        assert tensor is not None
        errors.append(np.abs(tensor / SIEMENS - exact(slope, dim)).max() / GOOD)
    assert np.all(np.array(errors[1:]) <= 0.6 * np.array(errors[:-1]))
    assert errors[-1] <= 0.05 / counts[-1]
    assert tensor[0, 1] / SIEMENS == pytest.approx(exact(slope, dim)[0, 1], rel=0.05)
    between_plates = result.directions["x"].conductivity / SIEMENS
    assert between_plates < 0.97 * exact(slope, dim)[0, 0]


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
    """What flows within a perfect conductor is not known."""
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
