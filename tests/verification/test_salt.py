"""Lithium | polymer electrolyte | lithium: a binary salt in closed form."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import ufl
from mpi4py import MPI

from cells import LITHIUM, THERMAL_VOLTAGE, Table, Tape, drive, electrolyte, make_case, make_cell
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY
from ecmcell.errors import SolverError
from ecmcell.evaluation.electrochemistry.effective_conductivity import EffectiveConductivity
from ecmcell.evaluation.observables import Observables
from ecmcell.numerics.system.curves import ClampedTable
from ecmcell.processes.carriers.salt import Electrolytes
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from meshes import layers
from record import Verify

LENGTH, EXCHANGE = 20.0, 10.0  # um, pA/um2
CONDUCTIVITY, DIFFUSIVITY = 1e4, 10.0  # pA/(V um), um2/s
TRANSFERENCE, FACTOR, REST = 0.3, 1.5, 1000.0  # amol/um3
PASSAGE = LENGTH**2 / DIFFUSIVITY  # s
LIMIT = 2.0 * FARADAY * DIFFUSIVITY * REST / ((1.0 - TRANSFERENCE) * LENGTH)  # pA/um2
NEWMAN = "Newman and Thomas-Alyea, Electrochemical Systems, 3rd ed., 2004, ch. 12"
Array = npt.NDArray[np.float64]


def polymer(**overrides: object) -> Table:
    """An electrolyte with a salt whose properties do not depend on its concentration."""
    usual = {
        "salt_concentration": f"{REST} mol/m^3",
        "salt_diffusivity": f"{DIFFUSIVITY * 1e-12} m^2/s",
        "cation_transference": TRANSFERENCE,
        "thermodynamic_factor": FACTOR,
    }
    return electrolyte("0.01 S/m", **(usual | overrides))


def symmetric(phase: Table, exchange: str = "10 A/m^2", **tables: object) -> Case:
    lithium = LITHIUM | {"exchange_current_density": exchange}
    usual = {"protocol": ["Discharge at 1 mA/cm2 for 1 s"]} | tables
    boundaries = {"anode": lithium, "collector": lithium}
    return make_case({"separator": phase}, boundaries=boundaries, **usual)


def membrane(case: Case, comm: MPI.Comm, count: int, dim: int = 2) -> Cell:
    mesh = layers(dim, {"separator": LENGTH}, [count], 1)
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    return cell


def max_error(cell: Cell, exact: Callable[[Array], Array]) -> float:
    """Of the concentration at nodes, over that at rest."""
    (salt,) = cell.state.salt.values()
    x = salt.function_space.tabulate_dof_coordinates()[:, 0]
    return cell.domain.max(float(np.abs(salt.x.array - exact(x)).max(initial=0.0)))


def settle(cell: Cell, density: float) -> None:
    """Until nothing changes any more."""
    for step in (0.1, 1.0, 10.0, 30.0, 30.0, 30.0, 30.0, 30.0):
        drive(cell, density * cell.area, step * PASSAGE)
        cell.state.accumulators["throughput"] += density * cell.area * step * PASSAGE


@pytest.mark.mpi
@pytest.mark.reference("Salt", NEWMAN)
@pytest.mark.parametrize("dim", [2, 3])
def test_steady_current(comm: MPI.Comm, verify: Verify, dim: int) -> None:
    """A straight profile, and V = -(i L/kappa + 2 (1-t) TDF (2RT/F) atanh(i/i_L) + kinetics).

    Without flux of anions F D dc/dx = -(1-t) i; the limiting current is 2 F D c/((1-t) L).
    """
    density = 0.9 * LIMIT
    cell = membrane(symmetric(polymer()), comm, 8, dim)
    observables = Observables(cell)
    settle(cell, density)
    ends = 1.0 + 0.9 * np.array([1.0, -1.0])
    slope = -1.8 / LENGTH
    salted = THERMAL_VOLTAGE * 2.0 * (1.0 - TRANSFERENCE) * FACTOR * np.log(ends[0] / ends[1])
    kinetic = 2.0 * THERMAL_VOLTAGE * np.arcsinh(density / (2.0 * EXCHANGE * ends**0.5)).sum()
    ohmic = density * LENGTH / CONDUCTIVITY
    title = f"Lithium, polymer, lithium, {dim}D, at 0.9 of the limiting current: "
    error = max_error(cell, lambda x: ends[0] + slope * x)
    verify(title + "largest error of the concentration over that at rest", error, 0.0, 1e-8, "8")
    row = observables.row()
    for what, value, exact in (
        ("voltage", row["Voltage [V]"], -(ohmic + salted + kinetic)),
        ("ionic ohmic loss", row["Ionic ohmic loss [V]"], ohmic),
        ("salt concentration loss", row["Salt concentration loss [V]"], salted),
        ("lithium electrode loss", row["Lithium electrode loss [V]"], kinetic),
    ):
        verify(f"{title}{what}, V", value, exact, 1e-8, "8")
    losses = sum(value for name, value in row.items() if name.endswith("loss [V]"))
    verify(title + "sum of the losses and the voltage, V", losses + row["Voltage [V]"], 0.0, 1e-9)
    verify(title + "salt balance error", row["Salt balance error"], 0.0, 1e-10, "8")


@pytest.mark.mpi
@pytest.mark.reference("Salt", "Carslaw and Jaeger, Conduction of Heat in Solids, 1959, sec. 3.8")
def test_growing_profile(comm: MPI.Comm, verify: Verify) -> None:
    """The Fourier series of a slab with the same flux in and out: orders in time and in space."""
    until, odd = 0.1 * PASSAGE, np.arange(1, 400, 2)[:, None]
    slope = 1.0 / LENGTH  # half the limiting current

    def exact(x: Array) -> Array:
        waves = np.cos(odd * np.pi * x / LENGTH) / odd**2
        faded = np.exp(-(odd**2) * np.pi**2 * until / PASSAGE)
        series = (waves * faded).sum(axis=0)
        return 1.0 + slope * (0.5 * LENGTH - x - 4.0 * LENGTH / np.pi**2 * series)

    def error(count: int, steps: int) -> float:
        cell = membrane(symmetric(polymer()), comm, count)
        for _ in range(steps):
            drive(cell, 0.5 * LIMIT * cell.area, until / steps)
        return max_error(cell, exact)

    title = "Polymer under half the limiting current, largest error of c/c₀ after 0.1 L²/D: "
    verify(title + "40 cells", [error(40, n) for n in (10, 20, 40)], 0.0, 5e-3, "steps", 0.9)
    in_space = []
    for count in (4, 8):
        # Steps as short as cells are small, squared.
        in_space.append(error(count, 3 * count**2))
    verify(title + "steps with the square of cells", in_space, 0.0, 1e-2, "4, 8", 1.8)


@pytest.mark.reference("Salt", "the free energy of the salt and what its diffusion dissipates")
def test_salt_loss_is_dissipated_or_stored(comm: MPI.Comm, verify: Verify) -> None:
    """theory.md (29) while a profile grows: order 1 in time, with g = 2RT (1 + f') c (ln c - 1)."""
    until, density, errors = 0.05 * PASSAGE, 0.5 * LIMIT, []
    for steps in (20, 40, 80):
        cell = membrane(symmetric(polymer()), comm, 60)
        (salt,), domain = cell.state.salt.values(), cell.domain
        (subdomain,) = domain.subdomains
        unit = domain.constant(2.0 * FARADAY * THERMAL_VOLTAGE * FACTOR * REST)
        stored = domain.integral(unit * salt * (ufl.ln(salt) - 1.0) * domain.dx(subdomain))
        spread = ufl.inner(ufl.grad(salt), ufl.grad(salt)) / salt
        diffused = domain.integral(
            unit * domain.constant(DIFFUSIVITY) * spread * domain.dx(subdomain)
        )
        observables, first, spent, lost = Observables(cell), stored.value, 0.0, 0.0
        for _ in range(steps):
            drive(cell, density * cell.area, until / steps)
            spent += diffused.value * until / steps
            power = density * cell.area * observables.row()["Salt concentration loss [V]"]
            lost += power * until / steps
        errors.append((spent + stored.value - first) / lost - 1.0)
    title = "Salt of a polymer: relative error of what is stored and dissipated, against the loss"
    verify(title, errors, 0.0, 2e-2, "steps", 0.9)


@pytest.mark.mpi
@pytest.mark.reference("Salt", "Sand 1901, doi:10.1080/14786440109462590")
def test_salt_that_is_used_up_ends_the_run(comm: MPI.Comm, verify: Verify) -> None:
    """At pi D (c F / (2 (1-t) i))^2, as long as a layer of salt is thin, and with a message."""
    density = 4.0 * LIMIT
    rate = f"Discharge at {0.1 * density} mA/cm2 for 1 hour"
    time = {"initial_step": "1 ms", "min_step": "1e-5 s", "stoichiometry_tolerance": 5e-4}
    case = symmetric(polymer(), "1e4 A/m^2", protocol=[rate], time=time)
    cell = membrane(case, comm, 100)
    tape = Tape(cell)
    with pytest.raises(SolverError, match="the salt in separator is used up before an electrode"):
        ProtocolDriver(cell, tape).run()
    sand = np.pi * DIFFUSIVITY * (REST * FARADAY / (2.0 * (1.0 - TRANSFERENCE) * density)) ** 2
    title = "Polymer at 4 times the limiting current, s until the salt is used up"
    verify(title, cell.state.accumulators["time"], sand, 0.02, "100")


def test_just_below_the_limit_there_is_salt_for_ever(comm: MPI.Comm) -> None:
    """And just above it is used up."""
    time = {"initial_step": "1 s", "min_step": "10 ms", "max_step": "2 h"}
    for fraction, lasts in ((0.995, True), (1.01, False)):
        rate = f"Discharge at {0.1 * fraction * LIMIT} mA/cm2 for 10 h"
        cell = membrane(symmetric(polymer(), protocol=[rate], time=time), comm, 8)
        try:
            ProtocolDriver(cell, Tape(cell)).run()
        except SolverError:
            assert not lasts
        else:
            assert lasts


@pytest.mark.reference(
    "Salt",
    "Bruce and Vincent 1987, doi:10.1016/0022-0728(87)80001-3; "
    "Balsara and Newman 2015, doi:10.1149/2.0651514jes",
)
@pytest.mark.parametrize("transference", [0.2, 0.5])
def test_current_under_a_small_voltage(comm: MPI.Comm, verify: Verify, transference: float) -> None:
    """It falls to t+ of what it was at first where the ions obey Nernst and Einstein.

    The resistance of the electrodes, 2RT/(F i0), is taken off as Bruce and Vincent do.
    """
    mobility = CONDUCTIVITY * THERMAL_VOLTAGE / (FARADAY * REST)  # D+ + D-
    diffusivity = 2.0 * transference * (1.0 - transference) * mobility
    phase = polymer(
        cation_transference=transference,
        thermodynamic_factor=1.0,
        salt_diffusivity=f"{diffusivity * 1e-12} m^2/s",
    )
    exchange, voltage = 1e3, 1e-4  # pA/um2, V
    cell = membrane(symmetric(phase, f"{exchange} A/m^2"), comm, 8)
    inside = []
    effective_conductivity = LENGTH**2 / diffusivity
    for step in (1e-9, 1.0, 10.0, 100.0):
        cell.electrochemistry.control_voltage(-voltage)
        cell.begin_step()
        cell.iterate(step * effective_conductivity)
        current = cell.state.current.value / cell.area
        inside.append(voltage / current - 2.0 * THERMAL_VOLTAGE / exchange)
    ratio = inside[0] / inside[-1]
    title = f"Ideal polymer under 0.1 mV, first over steady resistance for t₊ = {transference}"
    verify(title, ratio, transference, 1e-4, "8")


@pytest.mark.reference("Salt", f"{NEWMAN}, by quadrature for the data of Edman et al. 2000")
def test_steady_current_through_peo(comm: MPI.Comm, verify: Verify) -> None:
    """Where everything depends on the concentration: dx = -F D dc/((1-t) i), order 2."""
    density = 25.0  # pA/um2
    case = symmetric({"material": "PEO-LiTFSI"}, cell={"temperature": "85 degC"})
    material = case.phases["separator"].material
    thermal = THERMAL_VOLTAGE * 358.15 / 298.15

    def over(curve: object, c: Array) -> Array:
        return ClampedTable(curve.concentration, curve.value)(c)

    # From the end of the anode, found such that the mean over the length is that at rest.
    def profile(first: float) -> tuple[Array, Array]:
        c = np.linspace(first, 50.0, 40001)
        t = over(material.cation_transference, c)
        slope = FARADAY * 5.32 * over(material.salt_diffusivity_over_salt, c) / 5.319
        slope /= (1.0 - t) * density
        x = np.concatenate([[0.0], np.cumsum(-0.5 * (slope[1:] + slope[:-1]) * np.diff(c))])
        return x, c

    def mean(first: float) -> float:
        x, c = profile(first)
        at = np.linspace(0.0, LENGTH, 20001)
        values = np.interp(at, x, c)
        return float((0.5 * (values[1:] + values[:-1])).mean())

    low, high = REST, 2.5 * REST
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if mean(middle) < REST else (low, middle)
    x, c = profile(low)
    kept = x <= LENGTH
    last = float(np.interp(LENGTH, x, c))
    x, c = np.append(x[kept], LENGTH), np.append(c[kept], last)
    conductivity = 735e2 * over(material.conductivity_over_salt, c) / 0.7348
    mean_resistance = 0.5 * (1.0 / conductivity[1:] + 1.0 / conductivity[:-1])
    ohmic = density * float((mean_resistance * np.diff(x)).sum())
    t = over(material.cation_transference, c)
    middle_t = 0.5 * (t[1:] + t[:-1])
    salted = float((2.0 * thermal * (1.0 - middle_t) * -np.diff(np.log(c))).sum())
    found = []
    for count in (4, 8, 16):
        cell = membrane(case, comm, count)
        observables = Observables(cell)
        settle(cell, density)
        row = observables.row()
        error = max_error(cell, lambda at: np.interp(at, x, c) / REST)
        found.append((error, row["Ionic ohmic loss [V]"] / ohmic - 1.0))
    title = "PEO-LiTFSI at 85 °C under 2.5 mA/cm²: "
    both = title + "largest error of c/c₀, relative error of the ionic ohmic loss"
    verify(both, found, 0.0, 1e-3, "4, 8, 16", 1.8)
    lost = row["Salt concentration loss [V]"]
    verify(title + "salt concentration loss, V", lost, salted, 1e-4, "16")


@pytest.mark.mpi
@pytest.mark.reference("Salt", "resistances in series")
def test_conductivity_through_uneven_salt(comm: MPI.Comm, verify: Verify) -> None:
    """Conductivity in proportion to a straight concentration from 1.5 to 0.5: kappa/ln 3."""
    curve = {"concentration": [0.5 * REST, 1.5 * REST], "value": [0.5, 1.5], "assumed": "test"}
    phase = polymer(conductivity_over_salt=curve | {"unit": "1"})
    cell = membrane(symmetric(phase), comm, 32)
    (salt,) = cell.state.salt.values()
    x = salt.function_space.tabulate_dof_coordinates()[:, 0]
    salt.x.array[:] = 1.5 - x / LENGTH
    cell.the(Electrolytes).refresh()
    found = EffectiveConductivity(cell).conductivity() / CONDUCTIVITY
    verify("Effective conductivity of uneven salt over that at rest", found, 1 / np.log(3.0), 1e-3)
