"""Where the current crowds at lithium: spots of contact, pictures of them, and rough faces."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from mpi4py import MPI
from PIL import Image
from scipy.special import j0, j1, jn_zeros

from cells import (
    HELD,
    LITHIUM,
    LOOSE,
    THERMAL_VOLTAGE,
    active,
    drive,
    electrolyte,
    kinetics,
    make_case,
    make_cell,
)
from ecmcell.microstructure.meshdata import MeshData
from ecmcell.microstructure.recipes import RECIPES
from ecmcell.simulation import properties
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.observables import Observables
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

    The second is what the ohmic loss has beyond that of the cylinder, in the place of R.
    """
    contact, radius, length = 6.0, 20.0, 24.0
    recipe = {
        "recipe": "disc_contact",
        "thickness": f"{length} um",
        "radius": f"{radius} um",
        "contact_radius": f"{contact} um",
        "rim_size": f"{rim * halved**2} um",
        "largest_size": f"{6.0 * halved} um",
        "growth": 0.4 * halved,
    }
    mesh = RECIPES["disc_contact"].model_validate(recipe).build(seed=1)
    at_anode = (np.abs(mesh.points[mesh.facets][..., 0]) < 1e-9).all(axis=1)
    anode = np.int32(mesh.roles.index("anode"))
    mesh = replace(mesh, facet_role=np.where(at_anode, anode, mesh.facet_role))
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
    share, half = 0.25, 2.0
    n = np.arange(1, 4000)
    series = float(np.sum(np.sin(n * np.pi * share) ** 2 / n**3))
    exact = 2.0 * half / (np.pi**3 * KAPPA * share**2) * series
    found = []
    for cells in (8, 16, 32):
        y = np.linspace(0.0, half, 2 * cells + 1)
        mesh = grid([np.concatenate([y, np.linspace(half, 8.0, 13)[1:]]), y], {0: "matrix"})
        strips = {"map": "patches", "coverage": share, "size": "1 um"}
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
    (anode,) = (uneven for uneven in observables.hotspots if uneven.role == "anode")
    exchange = cell.case.lithium_anode.exchange_current_density
    conductivity = properties.ionic_conductivity(cell.case.phases["matrix"].material, 298.15)
    assert anode.wagner == pytest.approx(conductivity * THERMAL_VOLTAGE / exchange / 4.0)
    rows = observables.histograms()
    rows = [row for row in rows if row["Electrode"] == "anode"]
    for name in ("Share of contact", "Share of footprint", "Share of current"):
        assert sum(float(row[name]) for row in rows) == pytest.approx(1.0, abs=1e-12)
    mean = 0.01  # mA/cm2
    (high,) = (row for row in rows if row["From [mA.cm-2]"] <= 4.0 * mean < row["To [mA.cm-2]"])
    assert high["Share of contact"] == pytest.approx(1.0, abs=1e-9)
    assert high["Share of current"] == pytest.approx(1.0, abs=1e-9)
    assert rows[0]["Share of footprint"] == pytest.approx(0.75, abs=0.05)


# Rough faces


def wavy(amplitude: float, cells: int) -> MeshData:
    """Half a wave of 4 um on 3 um of electrolyte."""
    recipe = {
        "recipe": "layered",
        "dimension": 2,
        "width": "2 um",
        "size": f"{2.0 / cells} um",
        "layers": [
            {
                "phase": "matrix",
                "thickness": "3 um",
                "size": f"{2.0 / cells} um",
                "roughness": {"profile": "wave", "height": f"{amplitude} um", "length": "4 um"},
            }
        ],
    }
    return RECIPES["layered"].model_validate(recipe).build(seed=1)


def along_wave(amplitude: float) -> tuple[float, float]:
    """Conductance over that of the flat slab, and highest current density over the mean.

    The potential is a straight line and sum a_n sinh(n k (L-x)) cos(n k y), which vanishes on the
    face; that converges while k A < 0.448 (Petit and Cadilhac 1966).
    """
    k, length, count = np.pi / 2.0, 3.0, 12
    y = np.linspace(0.0, 2.0, 400)
    face = -amplitude * np.cos(k * y)
    n = k * np.arange(1, count)
    decay = np.exp(-np.outer(face, n)) * (1 - np.exp(-2 * np.outer(length - face, n)))
    columns = np.column_stack([(length - face) / length, decay * np.cos(np.outer(y, n))])
    a = np.linalg.lstsq(columns, np.ones_like(y), rcond=None)[0]
    # the valley, at y = 2, carries most; phi = 1 - columns @ a
    valley, sign = amplitude, np.cos(2.0 * n)
    slope = np.exp(-valley * n) * (1 + np.exp(-2 * (length - valley) * n)) * n * sign
    mean = a[0] / length
    return float(a[0]), float((mean + slope @ a[1:]) / mean)


@pytest.mark.reference("Constriction", "wavy electrode, perturbation to second order, exact")
def test_wavy_electrode_by_amplitude(comm: MPI.Comm, verify: Verify) -> None:
    """The current goes as 1 - k A coth(k L) cos(k y), the conductance by 1 + A^2 k coth(k L)/(2 L).

    A peak of the electrolyte, at y = 0, carries less. What is left out falls with the square of
    the amplitude, relative to what is told.
    """
    k, length = np.pi / 2.0, 3.0
    waves, gains = [], []
    for amplitude in (0.24, 0.12, 0.06):
        cell, observables = driven(wavy(amplitude, 64), None, FAST, comm)
        row = observables.row()
        (outer,) = (o for o in cell.domain.outers if o.role == "anode")
        (average,) = (a for f, a in observables.electrode_currents.items() if f.face is outer)
        (region,) = cell.domain.bodies.values()
        points = region.scalars.tabulate_dof_coordinates()[: len(average.owned_weight)]
        charge = average.owned() * average.owned_weight
        wave = cell.domain.total(float(charge @ np.cos(k * points[:, 1])))
        waves.append(2.0 * wave / cell.domain.total(float(charge.sum())) / (k * amplitude))
        loss = abs(row["Ionic ohmic loss [V]"]) / 0.1
        gains.append((length / KAPPA / loss - 1.0) / amplitude**2)
    title = "Wave of 4 um on 3 um, amplitude 0.24, 0.12, 0.06 um: "
    coth = 1.0 / np.tanh(k * length)
    verify(title + "first wave of the current over k A", waves, -coth, 0.01, "64", 1.8)
    gain = k * coth / (2.0 * length)
    verify(title + "gain in conductance over A^2, 1/um2", gains, gain, 0.02, "64", 1.5)


@pytest.mark.mpi
@pytest.mark.reference("Constriction", "wavy electrode, series of harmonics")
def test_hotspots_of_a_wavy_electrode(comm: MPI.Comm, verify: Verify) -> None:
    """Most current flows in the valleys of the electrolyte, k A = 0.38."""
    amplitude = 0.24
    gain, factor = along_wave(amplitude)
    found = []
    for cells in (16, 32, 64):
        _, observables = driven(wavy(amplitude, cells), None, FAST, comm)
        row = observables.row()
        found.append((3.0 / KAPPA / abs(row["Ionic ohmic loss [V]"]) * 0.1, row))
    title = "Wave of 4 um on 3 um, amplitude 0.24 um: "
    meshes = "16, 32, 64 across half a wave"
    gains = [conductance for conductance, _ in found]
    verify(title + "conductance over that of the slab", gains, gain, 1e-4, meshes)
    factors = [row["Anode hotspot factor"] for _, row in found]
    verify(title + "hotspot factor", factors, factor, 0.01, meshes)
    row = found[-1][1]
    assert row["Anode hotspot y [um]"] == pytest.approx(2.0)
    assert row["Anode hotspot x [um]"] == pytest.approx(amplitude)  # the valley
    slope = np.pi / 2.0 * amplitude * np.sin(np.pi / 2.0 * np.linspace(0.0, 2.0, 2000))
    assert row["Anode contact"] == pytest.approx(np.hypot(1.0, slope).mean(), rel=1e-3)
    assert abs(row[RESISTANCE]) < 1e-6  # an equipotential constricts nothing
    assert row["Charge balance error"] <= 1e-8


@pytest.mark.mpi
@pytest.mark.reference("Elasticity", "uniform stress whatever the shape of an interface, exact")
@pytest.mark.parametrize(("dim", "section"), [(2, HELD), (2, LOOSE), (3, None)])
def test_stress_across_a_wavy_interface(
    comm: MPI.Comm, verify: Verify, dim: int, section: str | None
) -> None:
    """Meshed lithium, as stiff as the electrolyte: a wavy contact that sticks changes nothing.

    Between sides that slide sigma_xx = -p and the others are nu/(1 - nu) of it; where the thickness
    is free, sigma_yy = nu sigma_xx and there is none across.
    """
    solid = {"youngs_modulus": "10 GPa", "poisson_ratio": 0.25}
    size = "0.25 um" if dim == 2 else "0.5 um"
    wave = {"profile": "wave", "height": "0.2 um", "length": "4 um"}
    layer = {"thickness": "2 um", "size": size}
    recipe = {
        "recipe": "layered",
        "dimension": dim,
        "width": "2 um",
        "size": size,
        "layers": [{"phase": "lithium"} | layer, {"phase": "glass", "roughness": wave} | layer],
    }
    case = make_case(
        {
            "lithium": {"material": "Li", "plasticity": "none", "overrides": solid},
            "glass": electrolyte("0.1 S/m", **solid),
        },
        interfaces={
            "glass|lithium": {
                "exchange_current_density": "10 A/m^2",
                "stiffness": "1e9 MPa/um",
                "strength": "10 MPa",
            }
        },
        boundaries={"anode": {}, "collector": LITHIUM},
        protocol=["Charge at 1 mA/cm2 for 1 hour"],
        cell={"temperature": "25 degC", "stack_pressure": "10 MPa"}
        | ({"section": section} if section else {}),
        physics={"mechanics": True, "lithium_volume": False},
    )
    mesh = RECIPES["layered"].model_validate(recipe).build(seed=1)
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    assert cell.mechanics is not None
    stresses = [a.owned() for a in cell.mechanics.hydrostatic.values()]
    mean = -10.0 * (1 + (0.25 if section == LOOSE else 2 / 3)) / 3
    worst = max(float(np.abs(s - mean).max(initial=0.0)) for s in stresses)
    title = f"Wavy interface of alike solids under 10 MPa, {section or '3D'}: "
    verify(title + "error of the hydrostatic stress, MPa", cell.domain.largest(worst), 0.0, 1e-4)
    drive(cell, -0.1 * cell.area, 1.0)
    row = Observables(cell).row()
    assert row["Anode contact"] > 1.02  # its area over the footprint
    assert row["Charge balance error"] <= 1e-8


@pytest.mark.mpi
@pytest.mark.parametrize("dim", [2, 3])
def test_pressed_peaks_carry_the_current(comm: MPI.Comm, dim: int) -> None:
    """A flat electrode on a rough face touches what is asked, at the peaks; valleys are empty."""
    recipe = {
        "recipe": "layered",
        "dimension": dim,
        "width": "8 um",
        "size": "0.5 um",
        "layers": [
            {
                "phase": "matrix",
                "thickness": "6 um",
                "size": "0.5 um" if dim == 2 else "1 um",
                "roughness": {
                    "profile": "random",
                    "height": "0.1 um",
                    "length": "1 um",
                    "coverage": 0.4,
                },
            }
        ],
    }
    mesh = RECIPES["layered"].model_validate(recipe).build(seed=1)
    cell, observables = driven(mesh, None, "1e5 A/m^2", comm)
    row = observables.row()
    assert row["Anode contact"] == pytest.approx(0.4, abs=0.04)
    assert row["Anode hotspot factor"] > 2.5
    mean, touching = 0.01, row["Anode contact"]  # mA/cm2
    real = row["Anode current density of real contact [mA.cm-2]"]
    assert real == pytest.approx(mean / touching, rel=1e-6)
    rows = observables.histograms()
    untouched = sum(float(r["Share of footprint"]) for r in rows[:1])
    assert untouched == pytest.approx(1.0 - touching, abs=1e-9)
    assert cell.domain.bounds[0, 0] == 0.0


@pytest.mark.reference("Elasticity", "balance of forces, exact")
def test_pressed_peaks_bear_the_stack(comm: MPI.Comm, verify: Verify) -> None:
    """Nothing holds the valleys: behind them all bears the pressure, the peaks the more."""
    solid = {"youngs_modulus": "10 GPa", "poisson_ratio": 0.25}
    layer = {"thickness": "3 um", "size": "0.5 um"}
    rough = {"profile": "wave", "height": "0.2 um", "length": "4 um", "coverage": 0.5}
    recipe = {
        "recipe": "layered",
        "dimension": 2,
        "width": "4 um",
        "size": "0.25 um",
        "layers": [{"phase": "glass", "roughness": rough} | layer, {"phase": "behind"} | layer],
    }
    case = make_case(
        {"glass": electrolyte(**solid), "behind": electrolyte(**solid)},
        interfaces={"behind|glass": {"bonded": True}},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        cell={"temperature": "25 degC", "stack_pressure": "10 MPa", "sides": "free"},
        physics={"mechanics": True},
    )
    mesh = RECIPES["layered"].model_validate(recipe).build(seed=1)
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    domain, mechanics = cell.domain, cell.mechanics
    assert mechanics is not None
    force = {
        part.phase: domain.integral(mechanics.stresses.stress(part)[0, 0] * domain.dx(part)).value
        / domain.part_volume(part)
        for part in domain.parts
    }
    verify("mean stress behind pressed peaks, MPa", force["behind"], -10.0, 1e-6)
    pressed = [
        domain.integral(mechanics.stresses.stress(outer.part)[0, 0] * domain.ds(outer)).value
        / domain.role_area("anode")
        for outer in domain.outers
        if outer.role == "anode"
    ]
    assert -20.0 < pressed[0] < -14.0  # half touches; cells do not resolve its edges
