"""Cracks in a cell: a swelling disc in a brittle ring, current past a crack, ranks, energies."""

from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

from cells import (
    HELD,
    LITHIUM,
    LOOSE,
    Stack,
    Tape,
    active,
    begin_deformation,
    drive,
    electrolyte,
    kinetics,
    make_case,
    make_cell,
)
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY
from ecmcell.evaluation.cracks.crack_clusters import CrackClusters
from ecmcell.evaluation.observables import Observables
from ecmcell.processes.cracks.cracks import Cracks
from ecmcell.processes.deformation.energies import Energies
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from ecmcell.simulation.time_stepper import AcceptedStep
from meshes import concentric, grid
from record import Verify

pytestmark = pytest.mark.mpi
SLOPE = 0.05  # linear strain from empty to full
HOST = {
    "youngs_modulus": "100 GPa",
    "poisson_ratio": 0.25,
    "partial_molar_volume": f"{3 * SLOPE / 50000} m^3/mol",
}
SOLID = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}
CENTRE, INNER, OUTER = 4.2, 2.0, 4.0  # um


def brittle_ring(section: str = LOOSE, **cracking: object) -> Case:
    """A disc of active material in a ring that may crack; what fills the box gives way."""
    how = {"fracture_toughness": "0.06 MPa*m^0.5", "regularisation_length": "0.4 um"} | cracking
    soft = {"youngs_modulus": "1 MPa", "poisson_ratio": 0.0}
    return make_case(
        {
            "host": active(0.5, **HOST),
            "ring": electrolyte(**SOLID) | {"cracking": how},
            "rest": electrolyte(**soft),
        },
        interfaces={"host|ring": kinetics(), "ring|rest": {"bonded": True}},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "0 MPa", "sides": "free"}
        | {"section": section},
        protocol=["Charge at C/5 until 4.15 V"],
    )


class Ring(Stack):
    """A quarter of the disc and its ring."""

    def __init__(self, comm: MPI.Comm, cells: int, **cracking: Any):
        mesh = concentric(2, [INNER, OUTER, CENTRE], [cells, cells, 2], ["host", "ring", "rest"])
        super().__init__(brittle_ring(**cracking), mesh, comm)
        self.work = 0.0

    def swell(self, strain: float) -> float:
        """Swell the disc by a strain in all; returns the energy stored and spent by then, pJ."""
        mechanics = self.mechanics
        begin_deformation(self)
        (body,) = self.active.values()
        body.x.x.array[:] = 0.5 + strain / SLOPE
        mechanics.solve()
        self.work += self.the(Energies).work()
        return self.the(Energies).stored()


FLAW = {"begin": [f"{CENTRE - INNER} um", "0 um"], "end": [f"{CENTRE - 3.0} um", "0 um"]}


@pytest.mark.reference("Phase field", "first law: work = energy stored + energy spent")
@pytest.mark.parametrize("section", [pytest.param(HELD, marks=pytest.mark.long), LOOSE])
def test_work_of_swelling_is_found_again(comm: MPI.Comm, verify: Verify, section: str) -> None:
    """A crack in the ring grows as the disc swells: what goes in is stored or spent."""
    ring = Ring(comm, 20, section=section, fracture_toughness="0.07 MPa*m^0.5", flaws=[FLAW])
    energies = ring.the(Energies)
    balance = []
    for strain in np.linspace(0.0, 4.8e-3, 25):
        total = ring.swell(strain)
        balance.append((ring.work, total, energies.cracks))
    steps = np.diff(balance, axis=0)
    # In one step the crack runs by itself, and what is released then goes into nothing stored.
    released = steps[:, 0] - steps[:, 1]
    runs = np.argmax(released)
    assert released[runs] > 0.1 * steps[runs, 2]
    work, total, spent = steps[np.arange(24) != runs].sum(axis=0)
    assert spent > 0.1
    assert (ring.state.thickness_strain.value > 1e-4) == (section == LOOSE)
    title = f"Crack in a ring around a disc that swells, {section}: "
    title += "work not found again, over energy spent"
    verify(title, (work - total) / spent, 0.0, 0.01, "20, 24 steps")


def test_damage_stays_when_the_disc_shrinks_again(comm: MPI.Comm) -> None:
    """Irreversible from step to step, while a step that is repeated may find less."""
    ring = Ring(comm, 12, regularisation_length="0.6 um")
    ring.swell(4e-3)
    (damage,) = ring.state.crack.values()
    cracked = damage.x.array.copy()
    assert ring.domain.max(float(cracked.max(initial=0.0))) > 0.5
    ring.swell(0.0)
    assert np.all(damage.x.array >= cracked - 1e-12)

    again = Ring(comm, 12, regularisation_length="0.6 um")
    start = again.state.snapshot()
    again.swell(4e-3)
    again.state.restore(start)
    again.swell(1e-4)
    (damage,) = again.state.crack.values()
    assert again.domain.max(float(damage.x.array.max(initial=0.0))) < 1e-3


def test_the_guess_of_a_step(comm: MPI.Comm) -> None:
    """Displacements, damage and stretch go on along a parabola, lithium along a line."""
    ring = Ring(comm, 6, regularisation_length="1.2 um")
    state, known = ring.state, []
    ((_, u),), ((_, damage),) = list(state.displacement.items())[:1], state.crack.items()
    (x,) = state.stoichiometry.values()
    for time in (1.0, 2.0, 4.0):
        u.x.array[:] = damage.x.array[:] = 0.01 * time**2
        state.axial_strain.value = x.x.array[:] = 0.01 * time**2
        known.append((time, state.snapshot()))
    for time in (5.0, 20.0):
        state.predict(known, time)
        assert u.x.array == pytest.approx(0.01 * time**2)
        assert damage.x.array == pytest.approx(min(0.01 * time**2, 1.0))
        assert state.axial_strain.value == pytest.approx(0.01 * time**2)
        assert x.x.array == pytest.approx(0.16 + 0.06 * (time - 4.0))
    damage.x.array[:] = 0.1  # less than before: it does not heal
    state.predict([*known[1:], (5.0, state.snapshot())], 6.0)
    assert damage.x.array == pytest.approx(0.1)


@pytest.mark.domain
def test_ranks_crack_the_ring_alike(comm: MPI.Comm) -> None:
    """Energies to 1e-5 on all ranks together and on each alone, with random energies of cells."""
    found = []
    for ranks in (comm, MPI.COMM_SELF):
        ring = Ring(ranks, 12, regularisation_length="0.6 um", weibull_modulus=20.0, seed=3)
        for strain in (1e-3, 2e-3, 3e-3, 4e-3):
            ring.swell(strain)
        energies = ring.the(Energies)
        found.append([energies.elastic, energies.cracks, ring.work])
    assert found[0] == pytest.approx(found[1], rel=1e-5)
    assert found[0][1] > 0.0


class Watch(Tape):
    """Keeps how the crack grows as well."""

    def step(self, accepted: AcceptedStep) -> None:
        super().step(accepted)
        self.grown = [
            *getattr(self, "grown", []),
            (accepted.length, self.cell.the(Cracks).grown() / self.cell.area),
        ]


@pytest.mark.long
def test_steps_are_short_where_a_crack_grows(comm: MPI.Comm) -> None:
    """Growth a step within twice the tolerance, but for jumps; the solver comes back to long steps.

    An error of the square of growth over tolerance up to two is let pass.
    """
    case = brittle_ring(
        regularisation_length="0.6 um", fracture_toughness="0.09 MPa*m^0.5", flaws=[FLAW]
    )
    time = case.time.model_copy(update={"crack_tolerance": 0.03, "max_step": 900.0})
    mesh = concentric(2, [INNER, OUTER, CENTRE], [9, 9, 1], ["host", "ring", "rest"])
    cell = make_cell(case.model_copy(update={"time": time}), mesh, comm)
    cell.initialise()
    watch = Watch(cell)
    ProtocolDriver(cell, watch).run()
    lengths, grown = np.array(watch.grown).T
    jumps = np.sum(grown > np.sqrt(2.0) * 0.03)
    assert jumps <= 2
    assert np.sum(grown > 0.015) > 5 * jumps
    assert lengths[np.argmax(grown)] < 300.0
    row = Observables(cell).row()
    energies = [row[f"{name} [J.m-2]"] for name in ("Mechanical work", "Released energy")]
    assert abs(energies[1]) < 0.02 * energies[0]


WIDTH, DEPTH, THICKNESS = 10.0, 5.0, 24.0  # um
JOHNSON = (
    "an insulating edge crack across a strip adds (4 W/pi) ln sec(pi a/(2 W)) to its length:"
    " Johnson 1965, Materials Research and Standards 5, 442"
)


def graded(length: float, first: float, last: float) -> np.ndarray:
    """Cells of half the length of cracks around the middle of an axis, growing away from it."""
    centre = 0.5 * (first + last)
    steps = 0.5 * length * np.concatenate([np.ones(16), 1.25 ** np.arange(1, 60)])
    away = np.concatenate([[0.0], np.cumsum(steps)]) + 0.25 * length
    up, down = centre + away[away < last - centre - 0.3], centre - away[away < centre - first]
    return np.unique(np.concatenate([[first], down[:-1], up, [last]]))


def cracked_membrane(comm: MPI.Comm, length: float, flaws: list) -> Cell:
    """Lithium, an electrolyte with a crack across, and lithium."""
    x, y = graded(length, 0.0, THICKNESS), graded(length, 0.0, WIDTH)
    how = {
        "fracture_toughness": "0.5 MPa*m^0.5",
        "regularisation_length": f"{length} um",
        "flaws": flaws,
    }
    solid = electrolyte("0.1 S/m", **SOLID) | {"cracking": how | {"residual_conductivity": 1e-6}}
    lithium = LITHIUM | {"exchange_current_density": "1e6 A/m^2"}
    case = make_case(
        {"solid": solid},
        boundaries={"anode": lithium, "collector": lithium},
        physics={"mechanics": True},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    return make_cell(case, grid([x, y], {0: "solid"}), comm)


def membrane_voltage(cell: Cell) -> float:
    """Voltage at 1 A/m2, V."""
    cell.initialise()
    cell.electrochemistry.control_current(-cell.area)
    cell.begin_step()
    cell.iterate(1.0)
    return cell.state.voltage.value


@pytest.mark.reference("Phase field", JOHNSON)
def test_conduction_past_a_crack(comm: MPI.Comm, verify: Verify) -> None:
    """The resistance that a crack half across a membrane adds, and what is reported of it."""
    at = f"{THICKNESS / 2} um"
    flaw = {"begin": [at, "0 um"], "end": [at, f"{DEPTH} um"]}
    added = []
    for length in (0.04, 0.02, 0.01):
        whole = membrane_voltage(cracked_membrane(comm, length, []))
        cell = cracked_membrane(comm, length, [flaw])
        cracked = membrane_voltage(cell)
        added.append((cracked - whole) * 0.1e6)  # um: 1 pA/um2 over 0.1e6 pA/(V um)
    exact = 4 * WIDTH / np.pi * np.log(1 / np.cos(np.pi * DEPTH / (2 * WIDTH)))
    passing = Observables(cell).row()["Effective ionic conductivity [mS.cm-1]"]
    longer = (1.0 / passing - 1.0) * THICKNESS  # 0.1 S/m are 1 mS/cm
    assert longer == pytest.approx(added[-1], rel=1e-3)
    title = "Crack half across a membrane: length that its resistance adds, um"
    verify(title, added, exact, 0.02, "l = 0.04, 0.02, 0.01 µm", 0.8)


def lag_across(comm: MPI.Comm, length: float, flaws: list) -> float:
    """Excess of lithium at the far end of a host that gives it off at its near end, um N/D."""
    first, last = 1.0, 1.0 + THICKNESS
    x = np.concatenate([[0.0, 0.5], graded(length, first, last)])
    how = {
        "fracture_toughness": "0.5 MPa*m^0.5",
        "regularisation_length": f"{length} um",
        "flaws": flaws,
    }
    host = active(
        0.5,
        diffusivity="1e-12 m^2/s",
        electronic_conductivity="1e4 S/m",
        partial_molar_volume="1e-12 m^3/mol",
        **SOLID,
    )
    case = make_case(
        {"solid": electrolyte(**SOLID), "host": host | {"cracking": how}},
        interfaces={"host|solid": kinetics()},
        physics={"mechanics": True, "stress_in_flux": False, "stress_in_kinetics": False},
    )
    mesh = grid(
        [x, graded(length, 0.0, WIDTH)],
        {0: "solid", 1: "host"},
        lambda at: (at[:, 0] > first).astype(int),
    )
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    for _ in range(3):
        drive(cell, -cell.area, 5e3)  # 1 A/m2, long after the profile has settled
    (body,) = cell.active.values()
    points, values = body.x.function_space.tabulate_dof_coordinates(), body.x.x.array
    ends = [
        -cell.domain.max(float(-values[np.abs(points[:, 0] - at) < 1e-6].min(initial=1.0)))
        for at in (first, last)
    ]
    return (ends[1] - ends[0]) * 5e4 * FARADAY  # amol/um3 over 1 pA/um2 / F / (1 um2/s)


@pytest.mark.reference("Phase field", JOHNSON)
def test_crack_cuts_the_way_of_lithium_in_a_particle(comm: MPI.Comm, verify: Verify) -> None:
    """Half of the lithium comes from behind a crack in the middle, past its tip; none if it is cut.

    In the steady profile of a constant current the flux in the middle is half of that at the face.
    """
    at = f"{1.0 + THICKNESS / 2} um"
    flaws = [{"begin": [at, "0 um"], "end": [at, f"{end} um"]} for end in (DEPTH, WIDTH)]
    length = 0.02
    whole = lag_across(comm, length, [])
    assert whole == pytest.approx(THICKNESS / 2, rel=1e-3)
    added = 2.0 * (lag_across(comm, length, flaws[:1]) - whole)
    exact = 4 * WIDTH / np.pi * np.log(1 / np.cos(np.pi * DEPTH / (2 * WIDTH)))
    title = "Crack half across a particle: length that it adds to the way of lithium, um"
    verify(title, added, exact, 0.03, f"l = {length} µm")
    assert lag_across(comm, length, flaws[1:]) > 20.0 * whole


def test_flaws_by_chance_are_the_same_on_any_ranks(comm: MPI.Comm) -> None:
    """As many as asked, of the length asked, within their phase; a seed puts them elsewhere."""
    axis = np.linspace(0.0, 20.0, 61)

    def found(ranks: MPI.Comm, seed: int) -> tuple[np.ndarray, float]:
        random = {"number": 3, "length": "3 um", "seed": seed}
        how = {
            "fracture_energy": "2 J/m^2",
            "regularisation_length": "0.7 um",
            "random_flaws": random,
        }
        case = make_case(
            {"left": electrolyte(**SOLID), "right": electrolyte(**SOLID) | {"cracking": how}},
            interfaces={"left|right": {"bonded": True}},
            boundaries={"anode": LITHIUM, "collector": LITHIUM},
            physics={"mechanics": True},
            protocol=["Discharge at 1 mA/cm2 for 1 s"],
        )
        mesh = grid([axis, axis], {0: "left", 1: "right"}, lambda at: (at[:, 0] > 8.0).astype(int))
        cell = make_cell(case, mesh, ranks)
        cell.look()
        cracks = CrackClusters(cell).crack_clusters()
        return np.array([[*f.low, *f.high] for f in cracks]), cracks[0].extent

    together, extent = found(comm, 4)
    assert together.shape == (3, 6)
    assert together[:, 0].min() >= 8.0 - 1e-9
    assert extent == pytest.approx(3.0, abs=1.0)
    assert np.allclose(np.sort(together, axis=0), np.sort(found(MPI.COMM_SELF, 4)[0], axis=0))
    assert not np.array_equal(together, found(comm, 5)[0])


@pytest.mark.reference(
    "Phase field", "closed form: nothing is damaged where pressure outweighs shear"
)
@pytest.mark.parametrize(("sides", "pressure"), [("free", 150), ("roller", 350)])
def test_an_electrolyte_under_stack_pressure_stays_whole(
    comm: MPI.Comm, sides: str, pressure: int
) -> None:
    """Li6PS5Cl under pressures at which another split breaks all of it conducts as before."""
    axis = np.linspace(0.0, 6.0, 13)
    how = {"fracture_toughness": "0.23 MPa*m^0.5", "regularisation_length": "1 um"}
    solid = electrolyte("0.16 S/m", youngs_modulus="22.1 GPa", poisson_ratio=0.37)
    case = make_case(
        {"solid": solid | {"cracking": how}},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": f"{pressure} MPa", "sides": sides},
        protocol=["Discharge at 0.1 mA/cm2 for 1 s"],
    )
    cell = make_cell(case, grid([axis, axis], {0: "solid"}), comm)
    cell.initialise()
    row = Observables(cell).row()
    assert row["Number of cracks"] == row["Crack length solid [um]"] == 0.0
    assert row["Effective ionic conductivity [mS.cm-1]"] == pytest.approx(1.6)


@pytest.mark.reference("Phase field", "Hooke's law")
def test_a_particle_that_is_squeezed_stays_whole(comm: MPI.Comm, verify: Verify) -> None:
    """Grown by 1 % along an axis between walls, an oxide bears nearly four times its strength."""
    young, nu, grown, pressure = 100e3, 0.25, 0.01, 24.0
    how = {"fracture_toughness": "0.3 MPa*m^0.5", "regularisation_length": "0.4 um"}
    still = {"stoichiometry": [0.0, 1.0], "value": [0.0, 0.0], "unit": "1", "assumed": "test"}
    host = active(
        0.0,
        youngs_modulus=f"{young} MPa",
        poisson_ratio=nu,
        strain_a=still,
        strain_c=still | {"value": [0.0, grown]},
    )
    crystal = {"chemical_strain": "anisotropic", "orientation": [0, 1, 0], "cracking": how}
    case = make_case(
        {"host": host | crystal, "solid": electrolyte(youngs_modulus="20 GPa", poisson_ratio=0.3)},
        interfaces={"host|solid": kinetics()},
        physics={"mechanics": True},
        cell={
            "temperature": "25 degC",
            "stack_pressure": f"{pressure} MPa",
            "section": "plane strain",
        },
    )
    axes = [np.linspace(0.0, 4.0, 21), np.linspace(0.0, 2.0, 11)]
    mesh = grid(axes, {0: "solid", 1: "host"}, lambda at: (at[:, 0] > 1.0).astype(int))
    cell = make_cell(case, mesh, comm)
    (body,) = cell.active.values()
    body.x.x.array[:] = 1.0
    begin_deformation(cell)
    cell.the(Mechanics).solve()
    cell.look()
    assert CrackClusters(cell).row()["Number of cracks"] == 0
    (damage,) = cell.state.crack.values()
    assert cell.domain.max(float(damage.x.array.max(initial=0.0))) == 0.0
    held = [-young * grown - nu * pressure, -nu * pressure]
    across = np.linalg.solve([[1.0, -nu], [-nu, 1.0]], held)
    exact = (across.sum() - pressure) / 3.0
    stress = cell.the(Mechanics).hydrostatic[body.subdomain.body].update().x.array
    found = [-cell.domain.max(float((-stress).max(initial=-np.inf)))]
    found.append(cell.domain.max(float(stress.max(initial=-np.inf))))
    verify("Crystal squeezed along an axis: hydrostatic stress, MPa", found, exact, 1e-6)
