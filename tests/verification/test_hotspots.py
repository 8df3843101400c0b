"""Where the current crowds at lithium: spots of contact, and pictures of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from mpi4py import MPI
from PIL import Image
from scipy.special import j0, j1, jn_zeros

from cells import (
    LITHIUM,
    THERMAL_VOLTAGE,
    active,
    drive,
    electrolyte,
    kinetics,
    make_case,
    make_cell,
)
from ecmcell.case import arrhenius
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.recipes import RECIPES
from ecmcell.simulation.cell import Cell
from meshes import grid, layers
from record import Verify

KAPPA = 1e5  # pA/(V um), of the electrolyte of the tests
FAST, EVEN = "1e8 A/m^2", "1 A/m^2"  # exchange currents: of an equipotential, of an even current
RESISTANCE = "Anode constriction resistance [ohm.cm2]"
Array = npt.NDArray[np.float64]


def driven(
    mesh: MeshData, contact: dict[str, object] | None, exchange: str, comm: MPI.Comm
) -> tuple[Cell, Observables]:
    """A cell between two lithium electrodes at 0.1 pA/um2."""
    anode = LITHIUM | {"exchange_current_density": exchange}
    (phase,) = set(mesh.grain_phase)
    case = make_case(
        {phase: electrolyte("0.1 S/m")},
        boundaries={
            "anode": anode | ({"contact": contact} if contact else {}),
            "collector": LITHIUM | {"exchange_current_density": "1e3 A/m^2"},
        },
        protocol=["Charge at 1 mA/cm2 for 1 hour"],
    )
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    drive(cell, -0.1 * cell.area, 1.0)
    return cell, Observables(cell)


def constriction(row: dict[str, float]) -> float:
    """The areal resistance in V um2/pA."""
    return row[RESISTANCE] / 1e4


@pytest.mark.parametrize("exchange", ["1 A/m^2", "1e3 A/m^2"])
def test_no_hotspots_of_rounding(comm: MPI.Comm, exchange: str) -> None:
    """A small current is spread as a large one is; where rounding would spread it, nothing is."""
    factors = []
    for density in ("1e-2 mA/cm2", "1e-8 mA/cm2", "1e-13 mA/cm2"):
        law = kinetics(exchange_current_density=exchange)
        case = make_case(
            {"active": active(), "separator": electrolyte()},
            interfaces={"active|separator": law},
            protocol=[f"Charge at {density} for 20 s"],
        )
        cell = make_cell(case, layers(2, {"separator": 5.0, "active": 20.0}, [1, 4]), comm)
        cell.initialise()
        drive(cell, -cell.current_scale, 1.0)
        factors.append(Observables(cell).row()["Hotspot factor"])
    assert factors[1] == pytest.approx(factors[0], rel=1e-3)
    assert np.isnan(factors[2])


# Constriction


def disc(comm: MPI.Comm, halved: float, exchange: str, rim: float) -> tuple[float, float]:
    """Psi = 4 kappa a R of a disc of contact on a cylinder, a/b = 0.3, and the slab's own excess.

    The second is what the ohmic loss has beyond that of the cylinder, instead of R.
    """
    contact, radius, length = 6.0, 20.0, 24.0
    recipe = {
        "recipe": "disc_contact",
        "thickness": f"{length} um",
        "radius": f"{radius} um",
        "contact_radius": f"{contact} um",
        "rim_size": f"{rim * halved**2} um",
        "max_size": f"{6.0 * halved} um",
        "growth": 0.4 * halved,
    }
    mesh = RECIPES["disc_contact"].model_validate(recipe).build(seed=1)
    at_anode = (np.abs(mesh.points[mesh.facets][..., 0]) < 1e-9).all(axis=1)
    anode = np.int32(mesh.tags.index("anode"))
    mesh = replace(mesh, facet_tag=np.where(at_anode, anode, mesh.facet_tag))
    # One disc of a lattice so wide that there is no other on the mesh; by a hair smaller than
    # meshed, so that it is on no facets beside.
    size, spacing = 2.0 * contact * (1.0 - 5e-4), 100.0
    spot = {"map": "patches", "size": f"{size} um", "coverage": np.pi / 4 * (size / spacing) ** 2}
    cell, observables = driven(mesh, spot, exchange, comm)
    row = observables.row()
    to_psi = 4.0 * KAPPA * contact / (4.0 * cell.area)  # a quarter is meshed
    length_loss = abs(row["Ionic ohmic loss [V]"]) / 0.1 - length / KAPPA
    return constriction(row) * to_psi, length_loss * to_psi


@pytest.mark.reference(
    "Constriction",
    "disc on a cylinder: Holm's resistance with the correction for its radius, and the series for "
    "an even current",
)
@pytest.mark.parametrize(("kind", "exchange"), [("equipotential", FAST), ("even current", EVEN)])
def test_disc_of_contact(comm: MPI.Comm, verify: Verify, kind: str, exchange: str) -> None:
    """R = psi/(4 kappa a), a/b = 0.3: psi = 0.58651 for an equipotential.

    For an even current over the disc the mean potential gives
    psi = 16/(pi e) sum J1(z e)^2/(z^3 J0(z)^2) over the zeros z of J1, e = a/b.
    """
    zeros = jn_zeros(1, 2000)
    even = 16.0 / (0.3 * np.pi) * np.sum(j1(0.3 * zeros) ** 2 / (zeros**3 * j0(zeros) ** 2))
    exact = 0.58651 if exchange == FAST else float(even)
    rim, halves = (0.14, (1.0, 0.5)) if exchange == FAST else (0.8, (0.5, 0.25))
    found = [disc(comm, halved, exchange, rim) for halved in halves]
    (coarse, _), (fine, direct) = found
    title = f"Disc on a cylinder, {kind}, a/b = 0.3: ψ = 4 κ a R"
    verify(title, [coarse, fine], exact, 0.03, "two meshes", 1.5)
    verify(f"{title}, extrapolated", fine + (fine - coarse) / 3.0, exact, 0.01, "two meshes")
    assert fine == pytest.approx(direct, rel=3e-3)  # but for the edges of the cylinder


@pytest.mark.reference("Constriction", "strips of contact that carry an even current, series")
def test_strips_that_carry_an_even_current(comm: MPI.Comm, verify: Verify) -> None:
    """(2c/(pi^3 kappa e^2)) sum sin(n pi e)^2/n^3: half a strip of e c on a half period c."""
    fraction, half = 0.25, 2.0
    n = np.arange(1, 4000)
    series = float(np.sum(np.sin(n * np.pi * fraction) ** 2 / n**3))
    exact = 2.0 * half / (np.pi**3 * KAPPA * fraction**2) * series
    found = []
    for cells in (8, 16, 32):
        y = np.linspace(0.0, half, 2 * cells + 1)
        mesh = grid([np.concatenate([y, np.linspace(half, 8.0, 13)[1:]]), y], {0: "matrix"})
        strips = {"map": "patches", "coverage": fraction, "size": "1 um"}
        _, observables = driven(mesh, strips, EVEN, comm)
        row = observables.row()
        found.append(constriction(row))
        assert found[-1] == pytest.approx(abs(row["Ionic ohmic loss [V]"]) / 0.1 - 8.0 / KAPPA)
    title = "areal resistance, V um2/pA"
    verify(title, found, exact, 0.01, "8, 16, 32 across a strip", 1.6)


SPOTS = np.array([[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0]])


@pytest.mark.mpi
@pytest.mark.reference("Constriction", "several spots that carry an even current, Fourier series")
def test_spots_of_a_picture(comm: MPI.Comm, verify: Verify, tmp_path: Path) -> None:
    """A corner and two squares, each of which has less to itself for the others.

    With the cosine coefficients q of the current over its mean,
    R = sum q^2 tanh(k L)/(kappa k) over all waves but the even one.
    """
    picture, width, length = tmp_path / "spots.png", 4.0, 4.0
    Image.fromarray((255 * SPOTS).astype(np.uint8)).save(picture)
    waves = np.arange(400)
    edges = np.linspace(0.0, 1.0, 5)
    integrals = np.diff(
        np.where(
            waves > 0,
            np.sin(np.pi * np.outer(edges, waves)) / (np.pi * np.maximum(waves, 1)),
            edges[:, None],
        ),
        axis=0,
    )
    norm = np.where(waves > 0, np.sqrt(2.0), 1.0)
    q = norm[:, None] * (integrals.T @ SPOTS @ integrals) * norm / SPOTS.mean()
    k = np.pi / width * np.hypot(*np.meshgrid(waves, waves))
    k[0, 0], q[0, 0] = 1.0, 0.0
    exact = float(np.sum(q**2 * np.tanh(k * length) / (KAPPA * k)))
    found = []
    for fine in (4, 8):
        y = np.linspace(0.0, width, 4 * fine + 1)
        x = np.expm1(np.linspace(0.0, np.log(7.0), 2 * fine + 1)) * length / 6.0
        mesh = grid([x, y, y], {0: "matrix"})
        row = driven(mesh, {"map": "image", "file": str(picture)}, EVEN, comm)[1].row()
        found.append(constriction(row))
        assert row["Anode contact"] == pytest.approx(SPOTS.mean(), rel=1e-9)
    coarse, fine = found
    title = "areal resistance of three spots, V um2/pA"
    verify(title, found, exact, 0.03, "4, 8 across a pixel", 1.5)
    verify(f"{title}, extrapolated", fine + (fine - coarse) / 2.0, exact, 0.01, "4, 8")


# Histograms


@pytest.mark.mpi
def test_histogram_of_strips(comm: MPI.Comm) -> None:
    """A quarter touches and carries an even current: four times the mean, the rest nothing.

    So slow kinetics have a large Wagner number, 642.
    """
    y = np.linspace(0.0, 4.0, 33)
    mesh = grid([np.linspace(0.0, 4.0, 9), y], {0: "matrix"})
    strips = {"map": "patches", "coverage": 0.25, "size": "1 um"}
    cell, observables = driven(mesh, strips, EVEN, comm)
    wagner = observables.summary()["Wagner number"]
    exchange = cell.case.lithium_anode.exchange_current_density
    conductivity = arrhenius.ionic_conductivity(cell.case.phases["matrix"].material, 298.15)
    assert wagner["anode"] == pytest.approx(conductivity * THERMAL_VOLTAGE / exchange / 4.0)
    rows = observables.histograms()
    rows = [row for row in rows if row["Electrode"] == "anode"]
    for name in ("Fraction of contact", "Fraction of footprint", "Fraction of current"):
        assert sum(float(row[name]) for row in rows) == pytest.approx(1.0, abs=1e-12)
    mean = 0.01  # mA/cm2
    (high,) = (row for row in rows if row["From [mA.cm-2]"] <= 4.0 * mean < row["To [mA.cm-2]"])
    assert high["Fraction of contact"] == pytest.approx(1.0, abs=1e-9)
    assert high["Fraction of current"] == pytest.approx(1.0, abs=1e-9)
    assert rows[0]["Fraction of footprint"] == pytest.approx(0.75, abs=0.05)


# Rough faces
