"""Interfaces that part all at once, without viscosity: layers that pull, a film, discs."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import Stack, active, begin_deformation, electrolyte, kinetics, make_case
from ecmcell.processes.state import DAMAGE
from meshes import concentric, layers
from pulling import ENERGY, START, STIFFNESS, STRENGTH, THICKNESS, follow, pulling_case, run
from record import Verify

# MPa, without strain across; um of the active layer's thickness by its stoichiometry, likewise.
_MODULI = 100e3 * 0.75 / (1.25 * 0.5), 20e3 * 0.7 / (1.3 * 0.4)
_SHRINKS = THICKNESS * (6e-7 * 50e3 / 3.0) * 1.25 / 0.75
_COMPLIANCE = sum(THICKNESS / modulus for modulus in _MODULI) + 1.0 / STIFFNESS  # um/MPa


@pytest.mark.reference("Cohesion", "elastic layers in series with the law")
def test_layers_part_close_and_carry_again(comm: MPI.Comm, verify: Verify) -> None:
    """From the strength to nothing in one time step, and back into contact on discharge."""
    protocol = ["Charge at 1C for 15 minutes", "Discharge at 1C for 20 minutes"]
    found = run(pulling_case(protocol, {"max_step": "60 s"}), comm)
    assert found.ends == ["duration", "duration"]

    def column(name: str) -> np.ndarray:
        return np.array([row[name] for row in found.rows])

    pressure, x = column("Stack pressure [MPa]"), column("Mean stoichiometry")
    debonded = np.flatnonzero(column("Debonded fraction") > 0.5)
    last = debonded[0] - 1
    assert column("Debonded fraction")[last] < 1e-3
    elastic = _SHRINKS * (x - START) / _COMPLIANCE
    whole = np.arange(len(x)) <= last
    closed = ~whole & (x > START)
    assert closed.sum() > 2
    title = "Layers at constant gap: pressure over strength, "
    for name, where in (("while they hold", whole), ("once they have closed", closed)):
        verify(title + name, (pressure - elastic)[where] / STRENGTH, 0.0, 1e-4)
    verify(title + "before they part", pressure[last] / STRENGTH, -1.0, 0.02)
    verify(title + "when they have parted", pressure[~whole & ~closed] / STRENGTH, 0.0, 1e-6)
    gap = _SHRINKS * (START - x)[~whole & ~closed]
    contact = column("Contact fraction")[~whole & ~closed]
    verify("Layers that have parted: contact beside what the gap takes", contact + gap, 1.0, 1e-5)

    spent = column("Interface fracture energy [J.m-2]")
    verify("Layers that part: energy it takes over toughness", spent[-1] / ENERGY, 1.0, 1e-6)
    released = column("Released energy [J.m-2]")
    assert np.abs(released[whole]).max() < 1e-9
    stored = 0.5 * STRENGTH**2 * _COMPLIANCE
    title = "Layers that part: released energy over what was stored above the toughness"
    verify(title, released[debonded[0]] / (stored - ENERGY), 1.0, 0.02)
    for name in ("Charge", "Lithium"):
        verify(
            f"Layers that part: {name.lower()} balance", column(f"{name} balance error"), 0, 1e-8
        )
    later = np.diff(column("Time [s]"))[last:]
    assert later.min() > 0.05
    assert later.max() > 30.0  # steps grow back


@pytest.mark.parametrize(
    ("stiffness", "energy"), [(1e5, 0.02), (1e5, 0.56), (1e4, 0.3), (1e7, 0.01)]
)
def test_whatever_the_interface(comm: MPI.Comm, stiffness: float, energy: float) -> None:
    """It parts at its strength and costs its energy, be it brittle, tough, stiff or soft."""
    law = {"stiffness": stiffness, "energy": energy}
    found = run(pulling_case(["Charge at 1C for 15 minutes"], **law), comm)
    assert found.ends == ["duration"]
    pressure = np.array([row["Stack pressure [MPa]"] for row in found.rows])
    assert -STRENGTH - 1e-3 < pressure.min() < -0.95 * STRENGTH
    assert np.count_nonzero((pressure > 0.9 * pressure.min()) & (pressure < -1e-6)) > 0
    assert pressure[-1] == pytest.approx(0.0, abs=1e-3)
    spent = found.rows[-1]["Interface fracture energy [J.m-2]"]
    assert spent == pytest.approx(energy, rel=1e-6)
    assert len(found.rows) < 40


@pytest.mark.mpi
def test_contact_that_is_lost_in_a_jump(comm: MPI.Comm) -> None:
    """Parting opens more than the gap over which contact falls to nothing."""
    protocol = ["Charge at 1C until 4.4 V", "Rest for 1 minute", "Discharge at 1C until 3.6 V"]
    steps = {"initial_step": "60 s", "voltage_tolerance": "20 mV"}
    found = run(pulling_case(protocol, steps, contact_gap="10 nm"), comm)
    assert found.ends == ["contact lost", "duration", "contact lost"]
    assert min(row["Stack pressure [MPa]"] for row in found.rows) < -0.9 * STRENGTH
    spent = found.rows[-1]["Interface fracture energy [J.m-2]"]
    assert spent == pytest.approx(ENERGY, rel=1e-6)
    assert found.rows[-1]["Stack pressure [MPa]"] == pytest.approx(0.0, abs=1e-3)
    assert max(row["Charge balance error"] for row in found.rows) <= 1e-8
    assert max(row["Lithium balance error"] for row in found.rows) <= 1e-8


def test_a_jump_takes_the_voltage_along(comm: MPI.Comm) -> None:
    """Contact that goes all at once moves the voltage by many tolerances, in any step.

    No step resolves that: it is passed in one, and what was before tells nothing of what follows.
    """
    steps = {"max_step": "60 s", "voltage_tolerance": "0.2 mV"}
    protocol = ["Charge at 1C for 15 minutes"]
    found = run(pulling_case(protocol, steps, contact_gap="60 nm"), comm)
    assert found.ends == ["duration"]
    time, voltage, debonded = (
        np.array([row[name] for row in found.rows])
        for name in ("Time [s]", "Voltage [V]", "Debonded fraction")
    )
    at = np.flatnonzero(debonded > 0.5)[0]
    assert abs(voltage[at] - voltage[at - 1]) > 10 * 0.2e-3
    assert np.diff(time)[at - 1 :].min() > 0.05


class Film:
    """A film on a substrate fifty times as stiff, cut from it for some length from a free side.

    Its face slides on a platen that keeps it flat; without Poisson's effect that does not matter
    far from the cut and its tip. At the side itself, whole, it would: it begins to peel there at
    1.2 times the energy.

    Args:
        comm: All ranks.
    """

    YOUNG, ENERGY, SLOPE = 100e3, 0.5, 0.01  # MPa, J/m2, strain by stoichiometry
    WIDTH, CUT, CELLS = 10.0, 3.0, 4  # um, um, in 1 um

    def __init__(self, comm: MPI.Comm):
        host = active(
            START,
            youngs_modulus=f"{self.YOUNG} MPa",
            poisson_ratio=0.0,
            partial_molar_volume=f"{3 * self.SLOPE / 50e3} m^3/mol",
        )
        stiff = electrolyte(youngs_modulus=f"{50 * self.YOUNG} MPa", poisson_ratio=0.3)
        law = {"mode_i_fracture_energy": f"{self.ENERGY} J/m^2", "contact_gap": "1 um"}
        interface_law = kinetics(penalty_stiffness="1e5 MPa/um", strength="200 MPa", cohesion=law)
        case = make_case(
            {"film": host, "substrate": stiff},
            interfaces={"film|substrate": interface_law},
            physics={"mechanics": True},
            cell={"temperature": "25 degC", "stack_pressure": "0 MPa", "sides": "free"}
            | {"section": "plane strain"},
            solver={"linear": "direct"},
        )
        count = self.CELLS
        across = round(self.WIDTH * count)
        mesh = layers(2, {"substrate": 1.0, "film": 1.0}, [count, count], across)
        self._stack = Stack(case, mesh, comm)
        y = self._stack.domain.skeleton.tabulate_dof_coordinates()[:, 1]
        self._stack.state.interface[DAMAGE].x.array[y > self.WIDTH - self.CUT] = 1.0

    def shrink(self, strain: float) -> float:
        """Growth of the mean damage while it shrinks by some strain."""
        for body in self._stack.active.values():
            body.x.x.array[:] = START - strain / self.SLOPE
        mechanics = self._stack.mechanics
        begin_deformation(self._stack)
        mechanics.solve()
        return mechanics.interface_laws.damage_grown()


@pytest.mark.reference("Cohesion", "steady debonding of a film, G = (1 - nu^2) sigma^2 h/(2 E)")
def test_a_film_peels_when_its_energy_suffices(comm: MPI.Comm, verify: Verify) -> None:
    """All at once, as what it gives back is the same wherever the tip is."""
    film = Film(comm)
    full = np.sqrt(2.0 * Film.ENERGY / Film.YOUNG)  # h = 1 um
    fractions = np.arange(0.9, 1.1, 0.02)
    grown = np.array([film.shrink(fraction**0.5 * full) for fraction in fractions])
    peels = int(np.argmax(grown > 0.1))
    assert grown[1:peels].max() < 0.05
    # The substrate gives a fiftieth.
    energy = fractions[peels] / (1.0 + 1.0 / 50.0)
    verify("Film that peels from a cut on: energy it gives back, over toughness", energy, 1.0, 0.05)


def test_shrinking_discs_let_go(comm: MPI.Comm) -> None:
    """A square lattice of discs: all of the contact parts, every facet once, and closes again."""
    case = pulling_case(
        ["Charge at 1C for 40 minutes", "Discharge at 1C for 40 minutes"],
        energy=0.05,
        strength=30.0,
        cell={"stack_pressure": "2 MPa"},
    )
    count, radius = 6, 4.0
    mesh = concentric(2, [radius, 5.0], [count, 2], ["active", "electrolyte"])
    found = follow(case, mesh, comm)
    assert found.ends == ["duration", "duration"]

    def column(name: str) -> np.ndarray:
        return np.array([row[name] for row in found.rows])

    spent, released = (
        column(f"{name} [J.m-2]") for name in ("Interface fracture energy", "Released energy")
    )
    assert spent[-1] == pytest.approx(0.05 * 0.5 * np.pi * radius / 5.0, rel=5e-3)
    grown = np.diff(column("Debonded fraction"), prepend=0.0)
    gave = np.diff(released, prepend=0.0)
    assert gave[grown > 0.1].sum() > 0.01 * spent[-1]
    closes = column("Maximum opening [um]") < 1e-3
    quiet = (grown < 0.01) & ~closes
    assert np.abs(gave[quiet]).max() < 0.01 * spent[-1]
    assert column("Contact fraction")[-1] == pytest.approx(1.0, abs=1e-3)
    for name in ("Charge", "Lithium"):
        assert column(f"{name} balance error").max() <= 1e-8


def lattice(dim: int, comm: MPI.Comm) -> tuple[np.ndarray, ...]:
    """Time in s, damage and energy of debonding in J/m2 of particles that let go at once."""
    case = pulling_case(
        ["Charge at 1C for 8 minutes"],
        stiffness=None,
        energy=0.02,
        strength=30.0,
        cell={"stack_pressure": "2 MPa"},
        molar_volume="3e-6 m^3/mol",
    )
    mesh = concentric(dim, [4.0, 5.0], [4, 2] if dim == 2 else [2, 1], ["active", "electrolyte"])
    rows = follow(case, mesh, comm).rows
    names = "Time [s]", "Debonded fraction", "Interface fracture energy [J.m-2]"
    return tuple(np.array([row[name] for row in rows]) for name in names)


@pytest.mark.parametrize(
    "dim",
    [
        pytest.param(2, marks=pytest.mark.mpi),
        pytest.param(3, marks=[pytest.mark.mpi, pytest.mark.long]),
    ],
)
def test_ranks_agree_on_jumps(comm: MPI.Comm, dim: int) -> None:
    """On when particles let go, and on what it takes: 1e-3 and 1 %, and far better."""
    together = lattice(dim, comm)
    alone = lattice(dim, MPI.COMM_SELF) if comm.size > 1 else together
    for half in (0.1, 0.5, 0.9):
        times = [time[np.argmax(damage > half)] for time, damage, _ in (together, alone)]
        assert times[0] > 0.0
        assert times[0] == pytest.approx(times[1], rel=1e-3)
    assert together[1][-1] > 0.9
    assert together[2][-1] == pytest.approx(alone[2][-1], rel=1e-2)


def test_balls_let_go(comm: MPI.Comm) -> None:
    """In space: all of the contact parts, for its energy, and closes again on discharge."""
    case = pulling_case(
        ["Charge at 1C for 30 minutes", "Discharge at 1C for 30 minutes"],
        energy=0.02,
        strength=30.0,
        cell={"stack_pressure": "2 MPa"},
        molar_volume="1.2e-6 m^3/mol",
    )
    radius = 4.0
    found = follow(case, concentric(3, [radius, 5.0], [3, 1], ["active", "electrolyte"]), comm)
    assert found.ends == ["duration", "duration"]
    spent = found.rows[-1]["Interface fracture energy [J.m-2]"]
    damaged = found.rows[-1]["Debonded fraction"]
    assert damaged > 0.99
    whole = 0.02 * 0.5 * np.pi * radius**2 / 25.0  # of an eighth of a ball, per footprint
    assert spent == pytest.approx(whole * damaged, rel=0.05)  # facets are chords
    assert found.rows[-1]["Contact fraction"] == pytest.approx(1.0, abs=1e-2)
    for name in ("Charge", "Lithium"):
        assert max(row[f"{name} balance error"] for row in found.rows) <= 1e-8
