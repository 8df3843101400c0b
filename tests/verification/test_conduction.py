"""Effective conductivity: layers in series, and square arrays of discs."""

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from cells import LITHIUM, THERMAL_VOLTAGE, drive, electrolyte, make_case, make_cell
from ecmcell.domain.domain import Domain
from ecmcell.numerics.linear import LinearSolver, transport_options
from ecmcell.numerics.newton import Newton
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.physics.charge import conduction, current_density
from ecmcell.simulation.cell import Cell
from meshes import concentric, image, layers
from record import Verify

pytestmark = pytest.mark.mpi


@pytest.mark.reference("Conduction", "Ohm's law and Butler-Volmer kinetics in series")
@pytest.mark.parametrize("dim", [2, 3])
def test_layers_in_series(comm: MPI.Comm, verify: Verify, dim: int) -> None:
    """Two bonded layers: V = -(i (L1/k1 + L2/k2) + 2 (2RT/F) asinh(i/2i0)).

    Ohm's law and Butler-Volmer kinetics as in the planar test; linear elements are exact here.
    """
    case = make_case(
        {"hard": electrolyte("1e-3 S/m"), "soft": electrolyte("0.2 S/m")},
        interfaces={"hard|soft": {"bonded": True}},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    cell = make_cell(case, layers(dim, {"hard": 1.0, "soft": 7.0}, [2, 3]), comm)
    density = 25.0  # pA/um2
    drive(cell, density * cell.area, 1.0)
    charge_transfer = 2 * THERMAL_VOLTAGE * np.arcsinh(density / (2 * 10.0))
    exact = -(density * (1.0 / 1e3 + 7.0 / 2e5) + 2 * charge_transfer)
    title = f"Cell of two layers, conductivities 1 to 200, {dim}D: voltage, V"
    verify(title, cell.state.voltage.value, exact, 1e-9, "2 + 3")


def test_currents_count_over_the_section_of_the_sample(comm: MPI.Comm) -> None:
    """A third of the section conducts, so that its current density is three times the cell's."""
    labels = np.zeros((12, 9), dtype=np.int64)
    labels[:, 3:6] = 1
    cell = membrane(comm, labels)
    assert cell.area == pytest.approx(9.0)
    density = 25.0  # pA/um2
    drive(cell, density * cell.area, 1.0)
    charge_transfer = 2 * THERMAL_VOLTAGE * np.arcsinh(3 * density / (2 * 10.0))
    exact = -(3 * density * 12.0 / 1e5 + 2 * charge_transfer)
    assert cell.state.voltage.value == pytest.approx(exact, rel=1e-9)


def test_void_at_half_of_an_electrode(comm: MPI.Comm) -> None:
    """Which of two equal electrodes the void lies at makes no difference."""
    labels = np.ones((12, 8), dtype=np.int64)
    labels[6:, 4:] = 0
    voltages = []
    for one in (labels, labels[::-1]):
        cell = membrane(comm, one)
        drive(cell, 1.0 * cell.area, 1.0)  # 0.1 mA/cm2
        voltages.append(cell.state.voltage.value)
    assert voltages[0] == pytest.approx(voltages[1], rel=1e-9)


def membrane(comm: MPI.Comm, labels: np.ndarray) -> Cell:
    """An electrolyte as an image has it between two lithium electrodes."""
    case = make_case(
        {"electrolyte": electrolyte("0.1 S/m")},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    return make_cell(case, image(labels, {"electrolyte": 1}), comm)


def square_array(fraction: float, contrast: float) -> float:
    """Effective conductivity of discs on a square lattice, over that of the matrix.

    Perrins, McKenzie and McPhedran 1979, doi:10.1098/rspa.1979.0160, the lowest orders of
    Rayleigh's method; without the terms in f^4 and f^8 it is the formula of Maxwell Garnett.

    Args:
        fraction: Area fraction f of the discs.
        contrast: Conductivity of the discs over that of the matrix.
    """
    t, f = (1.0 + contrast) / (1.0 - contrast), fraction
    neighbours = 0.305827 * f**4 * t / (t**2 - 1.402958 * f**8) + 0.013362 * f**8 / t
    return 1.0 - 2.0 * f / (t + f - neighbours)


def computed(comm: MPI.Comm, fraction: float, contrast: float, count: int) -> float:
    """The same from a quarter of a lattice cell, the potential as mean field plus fluctuation."""
    radius = np.sqrt(fraction / np.pi)
    data = concentric(2, [radius, 0.5], [count, 2 * count], ["disc", "matrix"])
    bonded = [frozenset(("disc", "matrix"))]
    domain = Domain(data if comm.rank == 0 else None, comm, bonded=bonded)
    (region,) = domain.bodies.values()
    fluctuation = fem.Function(region.scalars)
    test = ufl.TestFunction(region.scalars)
    field = domain.constant(1.0)
    x = ufl.SpatialCoordinate(domain.mesh)
    potential = fluctuation + field * x[0]
    of_phase = {"disc": domain.constant(contrast), "matrix": domain.constant(1.0)}
    residual = sum(
        conduction(of_phase[p.phase], potential, test) * domain.dx(p) for p in domain.subdomains
    )
    fixed = domain.boundary_nodes(region, ["anode", "collector"])
    system = BlockSystem(domain, [fluctuation], [residual], [fixed])
    solver = LinearSolver(system, transport_options(2, {"potential": (0, 1)}))
    Newton(system, solver, tolerance=1e-10, largest_count=3).solve(scale=1.0)
    current = sum(
        current_density(of_phase[p.phase], potential)[0] * domain.dx(p) for p in domain.subdomains
    )
    return -domain.integral(current).value / 0.25


@pytest.mark.reference(
    "Conduction",
    "Maxwell Garnett 1904, doi:10.1098/rsta.1904.0024, with the next orders of "
    "Perrins, McKenzie and McPhedran 1979, doi:10.1098/rspa.1979.0160",
)
@pytest.mark.parametrize("contrast", [20.0, 0.05])
def test_dilute_discs_converge(comm: MPI.Comm, verify: Verify, contrast: float) -> None:
    """f = 0.03 against Maxwell Garnett and Rayleigh: second order over three meshes.

    On the finest the change that the discs make is right within 0.3 %: not the matrix alone counts.
    """
    exact = square_array(0.03, contrast)
    found = np.array([computed(comm, 0.03, contrast, n) for n in (5, 10, 20)])
    title, meshes = f"Square array of discs, f = 0.03, contrast {contrast:g}: ", "5, 10, 20"
    verify(title + "conductivity over that of the matrix", found, exact, 1e-3, meshes, 1.8, 2)
    verify(title + "what the discs change", found - 1.0, exact - 1.0, 3e-3, meshes, 1.8)


@pytest.mark.reference(
    "Conduction",
    "Perrins, McKenzie and McPhedran 1979, doi:10.1098/rspa.1979.0160, lowest orders; "
    "Keller 1964, doi:10.1063/1.1704146",
)
@pytest.mark.parametrize("fraction", [0.03, 0.4])
def test_contrast_both_ways(comm: MPI.Comm, verify: Verify, fraction: float) -> None:
    """Discs that conduct ten times better and worse: Rayleigh, and the duality of Keller.

    Keller 1964, doi:10.1063/1.1704146: exchanging the phases of a square-symmetric array gives
    k_e(k1, k2) k_e(k2, k1) = k1 k2, here k_e(c) k_e(1/c) = 1 over the matrix.
    """
    better, worse = (computed(comm, fraction, c, 20) for c in (10.0, 0.1))
    title = f"Square array of discs, f = {fraction}, "
    for contrast, found in ((10.0, better), (0.1, worse)):
        quantity = f"contrast {contrast:g}: conductivity over that of the matrix"
        verify(title + quantity, found, square_array(fraction, contrast), 1e-3, "20")
    verify(title + "contrasts 10 and 0.1: product of the two", better * worse, 1.0, 1e-3, "20")
