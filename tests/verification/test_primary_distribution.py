"""Currents that nothing but the electrolyte spreads: electrodes with infinitely fast kinetics."""

import numpy as np
import pytest
import ufl
from mpi4py import MPI
from scipy.special import ellipj, ellipk, ellipkinc

from cells import LITHIUM, drive, electrolyte, make_case, make_cell
from ecmcell.case.units import FARADAY
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.topology import tags_of_box
from ecmcell.processes.reactions.reactions import LithiumElectrodes
from ecmcell.simulation.cell import Cell
from meshes import grid, layers
from record import Verify

pytestmark = pytest.mark.mpi
CONDUCTIVITY = 1e5  # pA/(V um), 0.1 S/m
HEIGHT, WIDTH, STRIP = 10.0, 8.0, 4.0  # um; a strip of lithium in a corner of a rectangle
BANDS = (0.0, 2.0, 3.0, 3.5, 4.0)  # um
FAST = LITHIUM | {"exchange_current_density": "infinite"}
SIDE = 2


def rectangle(level: int) -> MeshData:
    """Lithium on the strip 0 < y < 4 um of x = 0 and on all of the opposite side.

    Cells shrink geometrically towards the edge of the strip, where the current is infinite; they
    are halved from level to level, there quartered.
    """
    cells, octaves = 2**level, 2 * (level + 1)
    near = STRIP * np.append(0.0, 0.5 ** (np.arange(cells * octaves, -1, -1) / cells))
    x = np.append(near, np.linspace(STRIP, HEIGHT, 2 * cells)[1:])
    y = np.concatenate([STRIP - near[::-1], STRIP + near[1:]])

    def tags(points: np.ndarray, facets: np.ndarray) -> np.ndarray:
        found = tags_of_box(points, facets)
        beside = (points[facets][:, :, 1] > STRIP + 1e-9).any(axis=1)
        return np.where((found == 0) & beside, SIDE, found)

    return grid([x, y], {0: "electrolyte"}, find_tags=tags)


class Moulton:
    """The exact solution: two conformal maps by elliptic functions, of the doubled rectangle.

    sn(K z/w) maps the rectangle onto a half plane, an inverse sn that onto a rectangle between
    whose two ends the current is uniform.
    """

    def __init__(self) -> None:
        low, high = 1e-12, 1.0 - 1e-12
        for _ in range(200):  # K'/K falls as the modulus grows
            middle = 0.5 * (low + high)
            wide = ellipk(1.0 - middle) / ellipk(middle) < HEIGHT / WIDTH
            low, high = (low, middle) if wide else (middle, high)
        self._square = low  # of the modulus
        self._edge = self._onto_line(STRIP)
        self._inner = self._square * self._edge**2
        self.resistance = ellipk(1.0 - self._inner) / ellipk(self._inner) / CONDUCTIVITY

    def fraction(self, reach: float) -> float:
        """Fraction of the current that passes through the strip up to a distance."""
        angle = np.arcsin(min(self._onto_line(reach) / self._edge, 1.0))
        return float(ellipkinc(angle, self._inner) / ellipk(self._inner))

    def _onto_line(self, y: float) -> float:
        return float(ellipj(ellipk(self._square) * y / WIDTH, self._square)[0])


def through_bands(cell: Cell) -> np.ndarray:
    """Fractions of the current of the anode that pass through the bands."""
    y = ufl.SpatialCoordinate(cell.domain.mesh)[1]
    reactions = cell.the(LithiumElectrodes).reactions.items()
    (reaction,) = (reaction for lithium, reaction in reactions if lithium.tag == "anode")
    up_to = [
        cell.domain.integral(
            ufl.conditional(ufl.lt(y, reach), 1.0, 0.0) * reaction.current * reaction.measure
        ).value
        for reach in BANDS
    ]
    return np.diff(up_to) / up_to[-1]


@pytest.mark.reference("Conduction", "Moulton 1905, doi:10.1112/plms/s2-3.1.104")
def test_strip_in_a_rectangle(comm: MPI.Comm, verify: Verify) -> None:
    """Resistance and distribution converge with second order, and the current does not matter."""
    exact = Moulton()
    fractions = np.diff([exact.fraction(reach) for reach in BANDS])
    case = make_case(
        {"electrolyte": electrolyte("0.1 S/m")},
        boundaries={"anode": FAST, "collector": FAST},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    resistances, found = [], []
    for level in (1, 2, 3):
        cell = make_cell(case, rectangle(level), comm)
        cell.initialise()
        drive(cell, WIDTH, 1.0)
        resistances.append(-cell.state.voltage.value / WIDTH)
        found.append(through_bands(cell) / fractions)
    drive(cell, -50.0 * WIDTH, 1.0)
    assert cell.state.voltage.value == pytest.approx(50.0 * WIDTH * resistances[-1], rel=1e-6)
    title, meshes = "Strip in a rectangle, primary distribution: ", "8, 16, 32"
    verify(title + "resistance, V/pA", resistances, exact.resistance, 0.001, meshes, 1.8)
    verify(title + "current of bands over Moulton's", found, 1.0, 0.005, meshes, 1.8)


@pytest.mark.parametrize("dim", [2, 3])
def test_film_alone_resists(comm: MPI.Comm, dim: int) -> None:
    """V = -(i L/kappa + i R_film), where nothing else does, and -i L/kappa without it."""
    for film in (0.0, 1e-3):
        lithium = FAST | {"film_resistance": f"{1e4 * film} ohm*cm^2"}
        case = make_case(
            {"separator": electrolyte("0.1 S/m")},
            boundaries={"anode": lithium, "collector": FAST},
            protocol=["Discharge at 1 mA/cm2 for 1 s"],
        )
        cell = make_cell(case, layers(dim, {"separator": HEIGHT}, [6]), comm)
        cell.initialise()
        for density in (10.0, -3000.0):
            drive(cell, density * cell.area, 1.0)
            exact = -density * (HEIGHT / CONDUCTIVITY + film)
            assert cell.state.voltage.value == pytest.approx(exact, rel=1e-4)


def test_pressure_shifts_its_potential(comm: MPI.Comm) -> None:
    """phi_SE - phi_Li = p Omega_Li/F: Monroe and Newman 2005, doi:10.1149/1.1850854."""
    solid = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}
    case = make_case(
        {"separator": electrolyte("0.1 S/m", **solid)},
        boundaries={"anode": FAST, "collector": FAST},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "20 MPa"},
    )
    cell = make_cell(case, layers(2, {"separator": HEIGHT}, [6]), comm)
    cell.initialise()
    (potential,) = cell.state.electrolyte.values()
    error = cell.domain.max(
        np.abs(potential.x.array / (20.0 * 13.0e-6 / FARADAY) - 1.0).max(initial=0.0)
    )
    assert error < 1e-6


def test_polymer_between_fast_electrodes(comm: MPI.Comm) -> None:
    """Salt before them changes nothing of their potential: the limit of ever faster kinetics."""
    voltages = []
    for exchange in ("1e6 A/m^2", "infinite"):
        lithium = LITHIUM | {"exchange_current_density": exchange}
        case = make_case(
            {"separator": {"material": "PEO-LiTFSI"}},
            boundaries={"anode": lithium, "collector": lithium},
            cell={"temperature": "85 degC"},
            protocol=["Discharge at 1 mA/cm2 for 1 s"],
        )
        cell = make_cell(case, layers(2, {"separator": HEIGHT}, [6]), comm)
        cell.initialise()
        drive(cell, 10.0 * cell.area, 1.0)
        voltages.append(cell.state.voltage.value)
    assert voltages[1] == pytest.approx(voltages[0], rel=2e-4)
