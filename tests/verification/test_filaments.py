"""Lithium in cracks: how they open and grow under it, where it stops, what it needs, and ranks."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, Tape, begin_deformation, electrolyte, make_case, make_cell
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.processes.cracks.cracks import Cracks
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.processes.filled_cracks.filled_cracks import SHORT, FilledCracks
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from meshes import grid, punched
from record import Verify

pytestmark = pytest.mark.mpi
YOUNG, POISSON = 20e3, 0.2  # MPa
PLANE = YOUNG / (1.0 - POISSON**2)
MOLAR = 1.3e-5  # um3/amol
SOLID = {"youngs_modulus": f"{YOUNG} MPa", "poisson_ratio": POISSON}
METAL = LITHIUM | {"filled_cracks": {}}
Array = np.ndarray


def symmetric_cell(
    flaws: Sequence[tuple[float, float]],
    length: float,
    energy: float,
    protocol: str = "Rest for 1 hour",
    conductivity: str = "0.1 S/m",
    discs: Sequence[dict] = (),
    **tables: object,
) -> Case:
    """Lithium on both sides of an electrolyte with flaws from the anode on.

    Args:
        flaws: Place along the anode, and depth, um.
        length: Of the phase field, um.
        energy: Of a crack, J/m2.
        protocol: What the cell goes through.
        conductivity: Of the electrolyte.
        discs: Flaws in space.
        tables: Whatever else of the case is not as usual.
    """
    seeds = [
        {"begin": ["0 um", f"{y} um"], "end": [f"{depth} um", f"{y} um"]} for y, depth in flaws
    ]
    law = {
        "fracture_energy": f"{energy} J/m^2",
        "regularisation_length": f"{length} um",
        "flaws": seeds,
        "penny_cracks": [*discs],
    }
    usual = {
        "interfaces": {"lane|rest": {"bonded": True}},
        "boundaries": {"anode": METAL, "collector": LITHIUM},
        "physics": {"mechanics": True},
        "cell": {"temperature": "25 degC", "stack_pressure": "0 MPa"},
        "protocol": [protocol],
    }
    solid = electrolyte(conductivity, **SOLID)
    phases = {"lane": solid | {"cracking": law}, "rest": solid}
    return make_case(phases, **usual | tables)


def graded(end: float, fine: float, size: float, growth: float = 1.2) -> Array:
    """From 0 to about an end, in equal steps up to `fine`, then in growing ones."""
    x = list(np.arange(round(fine / size) + 1) * size)
    step = size
    while x[-1] < end:
        step *= growth
        x.append(x[-1] + step)
    return np.array(x)


def lanes(
    thickness: float, fine: float, middles: Sequence[float], half: float, size: float, aside: float
) -> MeshData:
    """A section whose lanes are fine around their middles, a row of cells on each.

    Args:
        thickness: From electrode to electrode, um.
        fine: Depth to which the lanes reach.
        middles: Places of the lanes.
        half: Half their width.
        size: Of fine cells.
        aside: Width beside the outermost lanes.
    """
    x = graded(thickness, fine, size)
    count = round(2.0 * half / size) | 1  # an odd number has a row in the middle
    out = graded(aside, 0.0, size)[1:]
    fine_ones = [np.linspace(m - half, m + half, count + 1) for m in middles]
    y = np.concatenate([middles[0] - half - out[::-1], *fine_ones, middles[-1] + half + out])
    for low, high in itertools.pairwise(middles):
        gap = high - low - 2.0 * half
        steps = graded(0.5 * gap, 0.0, size)
        steps *= 0.5 * gap / steps[-1]
        y = np.concatenate([y, low + half + steps[1:], high - half - steps[1:-1]])
    y = np.sort(y)

    def is_rest(at: Array) -> Array:
        near = np.min([np.abs(at[:, 1] - m) for m in middles], axis=0) < half
        return np.where(near & (at[:, 0] < fine), 0, 1)

    return grid([x, y], {0: "lane", 1: "rest"}, is_rest)


def half_disc(radius: float, reach: float, size: float, end: float) -> tuple[MeshData, dict]:
    """A block around half of a flaw that is a disc, upright on the anode; half of that is meshed.

    Args:
        radius: Of the disc, um.
        reach: Up to how many radii cells are fine.
        size: Of fine cells.
        end: Size of the block.
    """
    fine = graded(end, reach * radius, size)
    count = round(2.0 * radius / size) | 1  # an odd number has a row in the middle
    half = 0.5 * count * size
    out = graded(end - half, 0.0, size)[1:]
    across = np.concatenate([-half - out[::-1], np.linspace(-half, half, count + 1), half + out])

    def is_rest(at: Array) -> Array:
        return np.where(
            (np.abs(at[:, 1]) < half) & (at[:, [0, 2]].max(axis=1) < reach * radius), 0, 1
        )

    centre = {"centre": ["0 um"] * 3, "normal": [0.0, 1.0, 0.0], "radius": f"{radius} um"}
    return grid([fine, across, fine], {0: "lane", 1: "rest"}, is_rest), centre


def fill(cell: Cell, volume: float) -> float:
    """Put so much lithium into the first filled crack and find what it does; returns the passes."""
    mechanics, filled_cracks = cell.the(Mechanics), cell.the(FilledCracks)
    cell.state.accumulators["filled crack 1"] = volume
    begin_deformation(cell)
    filled_cracks.members[0].begin_step()
    before = cell.the(Cracks).iterations
    mechanics.solve()
    filled_crack = filled_cracks.members[0]
    if filled_crack.pressure.value > 0.0:
        assert filled_crack.opening == pytest.approx(volume, rel=1e-6)
    cell.look()
    filled_cracks.begin_step()
    return cell.the(Cracks).iterations - before


@pytest.mark.reference("Lithium", "Sneddon 1946; Griffith's crack under a prescribed volume")
def test_a_crack_grows_with_its_volume(comm: MPI.Comm, verify: Verify) -> None:
    """Half an internal crack, the anode being its plane of symmetry: p = E' V/(pi a^2).

    The crack that answers so with the pressure and the volume found is as long as Griffith's. The
    phase field spends half of its length l more, on the halo of the tip, wherever the tip is (a
    third with the volumetric-deviatoric split, with which the damaged fringes of the faces yield
    more to the pressure): its growth is Griffith's, too.
    """
    depth, energy = 5.0, 2.0
    length = 0.1 * depth
    mesh = lanes(12.0 * depth, 2.2 * depth, [0.0], 3.0 * length, 0.25 * length, 12.0 * depth)
    free = {"temperature": "25 degC", "stack_pressure": "0 MPa", "sides": "free"}
    free["section"] = "plane strain"
    cell = make_cell(symmetric_cell([(0.0, depth)], length, energy, cell=free), mesh, comm)
    mechanics, filled_cracks = cell.the(Mechanics), cell.the(FilledCracks)
    begin_deformation(cell)
    mechanics.solve()
    cell.look()
    filled_cracks.begin_step()
    (filled_crack,) = filled_cracks.members[:1]
    surface = cell.the(Cracks).surface
    critical = np.sqrt(np.pi * energy * depth**3 / PLANE)
    iterations, pressures, lengths, spent, griffith = [], [], [], [], []
    for volume in np.array([0.5, 1.0, 1.25, 1.4, 1.55, 1.7]) * critical:
        iterations.append(fill(cell, volume))
        exact = (PLANE * volume**2 / (np.pi * energy)) ** (1.0 / 3.0)
        if volume <= critical:
            exact = depth
        pressures.append(filled_crack.pressure.value / (PLANE * volume / (np.pi * exact**2)))
        opened = np.sqrt(PLANE * volume / (np.pi * filled_crack.pressure.value))
        lengths.append(opened / exact)
        spent.append(surface())
        griffith.append(exact)
    verify("pressure of a crack that grows, over Griffith's", pressures[-3:], 1.0, 0.05, "h = l/4")
    verify("its length, over Griffith's", lengths[-3:], 1.0, 0.02, "l = a/10")
    growth = np.diff(spent[-4:]) / np.diff(griffith[-4:])
    verify("its growth by what it has spent, over Griffith's", growth, 1.0, 0.02, "l = a/10")
    assert (np.array(spent) - griffith)[-4:] / length == pytest.approx(0.48, abs=0.03)
    assert np.mean(iterations) <= 40


@pytest.mark.long
@pytest.mark.reference("Lithium", "Sneddon 1946; a disc that grows under a prescribed volume")
def test_a_disc_grows_with_its_volume(comm: MPI.Comm, verify: Verify) -> None:
    """A quarter of it is meshed: V = 16 p a^3/(3 E'), K_I = 2 p sqrt(a/pi).

    The phase field spends 0.48 l more for each length of its front, as the crack above, and 0.4 l
    for each of its trace on the platen: Gc counts by 1 + (0.48 + 0.8/pi) l/a.
    """
    radius, energy, length = 5.0, 2.0, 1.0
    mesh, disc = half_disc(radius, 2.0, 0.5 * length, 6.0 * radius)
    free = {"temperature": "25 degC", "stack_pressure": "0 MPa", "sides": "free"}
    cell = make_cell(symmetric_cell([], length, energy, cell=free, discs=[disc]), mesh, comm)
    begin_deformation(cell)
    cell.the(Mechanics).solve()
    cell.look()
    cell.the(FilledCracks).begin_step()
    critical = 8.0 / 3.0 * np.sqrt(np.pi * energy * radius**5 / PLANE)
    pressures, lengths = [], []
    for volume in np.array([1.0, 1.5, 2.0, 2.3, 2.6]) * critical:
        fill(cell, volume / 4.0)
        exact = radius
        for _ in range(20):
            spent = energy * (1.0 + (0.48 + 0.8 / np.pi) * length / exact)
            exact = (9.0 * volume**2 * PLANE / (64.0 * np.pi * spent)) ** 0.2
        found = cell.the(FilledCracks).members[0].pressure.value
        pressures.append(found / (3.0 * PLANE * volume / (16.0 * exact**3)))
        lengths.append((3.0 * PLANE * volume / (16.0 * found)) ** (1.0 / 3.0) / exact)
    title = "over Griffith's with what front and trace cost"
    verify(f"pressure of a disc that grows, {title}", pressures[-3:], 1.0, 0.02, "h = l/2")
    verify(f"its radius, {title}", lengths[-3:], 1.0, 0.01, "l = a/5")


@pytest.mark.reference("Lithium", "p = F eta/Omega, exact")
@pytest.mark.parametrize("dim", [2, pytest.param(3, marks=pytest.mark.long)])
def test_plating_into_a_flaw_that_holds_stops(comm: MPI.Comm, verify: Verify, dim: int) -> None:
    """Ions come at no cost: half of the voltage drives each electrode, and the filled crack too.

    In a section of free thickness the work of the lithium is found again, as it is in space.
    """
    if dim == 2:
        mesh = lanes(8.0, 3.0, [0.0], 1.0, 0.2, 3.0)
        case = symmetric_cell([(0.0, 2.0)], 0.4, 1e4, conductivity="1e4 S/m")
    else:
        mesh, disc = half_disc(2.0, 1.4, 0.4, 6.0)
        case = symmetric_cell([], 0.8, 1e4, conductivity="1e4 S/m", discs=[disc])
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    observables = Observables(cell)
    before = observables.row()["Mechanical work [J.m-2]"]
    voltage = 8e-3
    cell.electrochemistry.control_voltage(voltage)
    row = {}
    for step in [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0]:
        cell.begin_step()
        cell.iterate(step)
        cell.end_step()
        row = observables.row()
        assert row["Charge balance error"] <= 1e-8
        assert row["Filled crack volume error"] <= 1e-6
    assert abs(row["Filled crack 1 plating current density [mA.cm-2]"]) < 1e-4
    lithium = f"Filled crack 1 lithium [um{dim}]"
    assert row[lithium] > 1e-3
    done = row["Mechanical work [J.m-2]"] - before
    assert abs(row["Released energy [J.m-2]"]) <= 1e-5 * done  # the flaw holds: all is stored
    assert (row["Out-of-plane strain"] > 0.0) if dim == 2 else ("Out-of-plane strain" not in row)
    pressure, domain = row["Filled crack 1 pressure [MPa]"], cell.domain
    (potential,) = cell.state.electrolyte.values()
    total = domain.integral(
        sum(potential * domain.dx(subdomain) for subdomain in domain.subdomains)
    ).value
    overpotential = total / sum(map(domain.subdomain_volume, domain.subdomains))
    assert overpotential == pytest.approx(0.5 * voltage, rel=0.05)
    exact = FARADAY * overpotential / MOLAR
    verify(f"pressure at which plating stops, {dim}D, MPa", pressure, exact, 0.01)

    # Stripped again, the filled crack gives back what it has and no more.
    cell.electrochemistry.control_voltage(-voltage)
    for step in [0.1, 0.3, 1.0, 3.0, 10.0, 100.0]:
        cell.begin_step()
        cell.iterate(step)
        cell.end_step()
        row = observables.row()
        assert row["Charge balance error"] <= 1e-8
    assert 0.0 <= row[lithium] < 1e-3


def penetrated(comm: MPI.Comm) -> tuple[Cell, Tape, list[dict[str, float]]]:
    """Two flaws of different depth race through a thin separator."""
    case = symmetric_cell(
        [(0.0, 4.0), (18.0, 3.0)],
        0.5,
        2.0,
        "Charge at 1 mA/cm2 for 1 hour",
        time={"max_step": "20 s", "crack_tolerance": 0.1},
    )
    cell = make_cell(case, lanes(9.0, 9.0, [0.0, 18.0], 1.75, 0.25, 14.0), comm)
    cell.initialise()
    observables, rows, tape = Observables(cell), [], Tape(cell)
    keep = tape.step

    def step(accepted: object) -> None:
        keep(accepted)
        rows.append(observables.row())

    tape.step = step
    ProtocolDriver(cell, tape).run()
    return cell, tape, rows


@pytest.mark.domain
@pytest.mark.long
def test_two_flaws_race_until_the_cell_is_short(comm: MPI.Comm) -> None:
    """The deeper one takes more current for its faces and wins; all charge is accounted for."""
    cell, tape, rows = penetrated(comm)
    assert tape.ends[-1][1] == SHORT
    for row in rows:
        assert row["Charge balance error"] <= 1e-8
        assert row["Filled crack volume error"] <= 1e-6
    first, second = (
        np.array([row[f"Filled crack {n} depth [um]"] for row in rows]) for n in (1, 2)
    )
    deep, other = (first, second) if first[0] > second[0] else (second, first)
    assert deep[-1] == pytest.approx(9.0, abs=1e-6)
    assert other[-1] < 8.0
    assert np.all(np.diff(deep) >= -1e-9)
    short = cell.the(FilledCracks).short
    assert short is not None
    path = short.path[:, 0]
    assert path[0] == pytest.approx(0.0, abs=1e-9)
    assert path[-1] == pytest.approx(9.0, abs=0.5)
    assert np.ptp(short.path[:, 1]) < 1.5

    alone = penetrated(MPI.COMM_SELF)[0].the(FilledCracks).short
    assert short.time == pytest.approx(alone.time, rel=1e-2)
    assert short.charge == pytest.approx(alone.charge, rel=1e-2)


def test_a_pore_has_to_be_filled_first(comm: MPI.Comm) -> None:
    """A flaw leads into a pore: all of its area is room, and there is no pressure before."""
    axes = [np.linspace(0.0, 8.0, 41), np.linspace(-4.0, 4.0, 41)]

    def is_pore(at: Array) -> Array:
        return (np.abs(at[:, 0] - 3.0) < 1.0) & (np.abs(at[:, 1] - 0.1) < 1.0)

    mesh = punched(axes, "lane", is_pore)
    solid = electrolyte(**SOLID)
    law = {"fracture_energy": "1e4 J/m^2", "regularisation_length": "0.4 um"}
    law["flaws"] = [{"begin": ["0 um", "0.1 um"], "end": ["2 um", "0.1 um"]}]
    case = make_case(
        {"lane": solid | {"cracking": law}},
        boundaries={"anode": METAL, "collector": LITHIUM},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "0 MPa"},
        protocol=["Rest for 1 hour"],
    )
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    filled_crack = cell.the(FilledCracks).members[0]
    pore = 8.0**2 - cell.domain.subdomain_volume(cell.domain.subdomains[0])
    assert pore > 3.0
    assert cell.the(FilledCracks).depth["filled crack 1"] > 3.9
    assert filled_crack.opening == pytest.approx(pore, rel=1e-9)
    fill(cell, 0.5 * pore)
    assert filled_crack.pressure.value == 0.0
    fill(cell, 1.001 * pore)
    assert filled_crack.pressure.value > 1.0


@pytest.mark.reference("Lithium", "two blocks that lithium pushes apart, exact")
def test_a_broken_boundary_is_filled(comm: MPI.Comm, verify: Verify) -> None:
    """A grain boundary across the anode has debonded: lithium lifts one side from the other."""
    mesh = grid(
        [np.linspace(0.0, 4.0, 9), np.linspace(0.0, 3.0, 7)],
        {0: "low", 1: "high"},
        lambda at: (at[:, 1] > 1.5).astype(int),
    )
    interface_law = {
        "ionic_resistance": "1 ohm*cm^2",
        "penalty_stiffness": "1e5 MPa/um",
        "strength": "10 MPa",
        "cohesion": {"mode_i_fracture_energy": "1 J/m^2", "contact_gap": "1 nm"},
    }
    solid = {"youngs_modulus": f"{YOUNG} MPa", "poisson_ratio": 0.0}
    case = make_case(
        {"low": electrolyte(**solid), "high": electrolyte(**solid)},
        interfaces={"low|high": interface_law},
        boundaries={"anode": METAL, "collector": LITHIUM},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "0 MPa"},
        protocol=["Rest for 1 hour"],
    )
    cell = make_cell(case, mesh, comm)
    for name, field in cell.state.interface.items():
        field.x.array[:] = 1.0 if name == "damage" else 0.0
    begin_deformation(cell)
    cell.the(Mechanics).solve()
    filled_cracks = cell.the(FilledCracks)
    cell.look()
    filled_cracks.begin_step()
    (filled_crack,) = filled_cracks.members[:1]
    assert filled_cracks.short is not None  # it leads from one electrode to the other
    volume = 0.02
    cell.state.accumulators["filled crack 1"] = volume
    filled_crack.begin_step()
    cell.the(Mechanics).solve()
    # Between roller sides both blocks are squeezed by what the gap takes of the width.
    exact = YOUNG * (volume / 4.0) / 3.0
    verify("pressure in a parted boundary, MPa", filled_crack.pressure.value, exact, 1e-6)
    assert filled_crack.opening == pytest.approx(volume, rel=1e-9)
