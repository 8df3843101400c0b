"""What a run tells of a planar cell: columns and fields of each subject against exact values."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, Table, active, drive, electrolyte, kinetics, make_case, make_cell
from ecmcell.case.units import FARADAY
from ecmcell.columns import fields, interfaces, lithium, losses, mechanics, run, salt
from ecmcell.evaluation.electrochemistry.balances import (
    ChargeBalance,
    LithiumBalance,
    SaltBalance,
)
from ecmcell.evaluation.electrochemistry.films import Films
from ecmcell.evaluation.electrochemistry.salt import Salt
from ecmcell.evaluation.electrochemistry.stoichiometry import Stoichiometry
from ecmcell.evaluation.inventory import Inventory
from ecmcell.evaluation.lithium.lithium_layers import Layers
from ecmcell.evaluation.maps import Maps
from ecmcell.evaluation.observables import Observables
from ecmcell.evaluation.probes import Probes
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.processes.state import THICKNESS
from ecmcell.simulation.cell import Cell
from meshes import grid, layers
from record import Verify

pytestmark = pytest.mark.mpi

LENGTH, KAPPA = 10.0, 1e5  # um, pA/(V um)
YOUNG, POISSON, PRESSURE, STIFFNESS = 20e3, 0.3, 5.0, 1e4  # MPa, MPa/um
CONFINED = YOUNG * (1 - POISSON) / ((1 + POISSON) * (1 - 2 * POISSON))
SOLID = {"youngs_modulus": f"{YOUNG} MPa", "poisson_ratio": POISSON}


def planar(comm: MPI.Comm, law: Table | None = None, **tables: object) -> Cell:
    """Lithium, a separator of 10 um and 4 um of active material that is full everywhere alike."""
    case = make_case(
        {
            "separator": electrolyte("0.1 S/m", **SOLID),
            "active": active(diffusivity="1e-4 m^2/s", **SOLID),
        },
        interfaces={"active|separator": kinetics() | (law or {})},
        **tables,
    )
    cell = make_cell(case, layers(2, {"separator": LENGTH, "active": 4.0}, [5, 4]), comm)
    cell.initialise()
    return cell


def compressed(comm: MPI.Comm, **law: object) -> Cell:
    """The same under the pressure of the stack, at rest."""
    return planar(
        comm,
        {"penalty_stiffness": f"{STIFFNESS} MPa/um"} | law,
        physics={"mechanics": True},
        cell={
            "temperature": "25 degC",
            "stack_pressure": f"{PRESSURE} MPa",
            "section": "plane strain",
        },
    )


# Charge


def test_current_of_a_planar_cell_is_even(comm: MPI.Comm) -> None:
    """The potential falls on a straight line, and the same current crosses everything."""
    cell, density = planar(comm), -20.0
    observables = Observables(cell)
    drive(cell, density * cell.area, 10.0)
    row, maps = observables.row(), Maps(cell, observables)
    assert row[run.CURRENT_DENSITY.header] == pytest.approx(0.1 * density)
    assert row[interfaces.HOTSPOT.header] == pytest.approx(1.0, rel=1e-6)
    ohmic = row[losses.IONIC.header]
    assert ohmic == pytest.approx(density * LENGTH / KAPPA, rel=1e-9)
    mesh, points = maps.mesh(), maps.point_fields()
    in_cells, on_facets = maps.cell_fields(), maps.interface_fields()
    if mesh is not None:
        potential = points[fields.ELECTROLYTE.header]
        here = ~np.isnan(potential)
        x = mesh.points[here, 0]
        assert x.max() == pytest.approx(LENGTH)
        slope = np.ptp(potential[here]) / LENGTH
        assert slope == pytest.approx(abs(density) / KAPPA, rel=1e-9)
        fall = potential[here] - potential[here][x.argmin()]
        assert np.allclose(fall, -density * x / KAPPA, atol=1e-12)
        ions = in_cells[fields.IONIC_CURRENT.header]
        is_separator = mesh.cell_phase == mesh.phase_names.index("separator")
        assert np.allclose(ions[is_separator], [0.1 * density, 0.0], atol=1e-9)
        assert np.isnan(ions[~is_separator]).all()
        electrons = in_cells[fields.ELECTRONIC_CURRENT.header]
        assert np.isnan(electrons[is_separator]).all()
        assert len(mesh.pair_names) == 1
        crossing = on_facets[fields.INTERFACE_CURRENT.header]
        assert np.allclose(np.abs(crossing), 0.1 * abs(density), rtol=1e-9)


def test_balances_tell_what_is_missing(comm: MPI.Comm) -> None:
    """Both hold after a step; of a charge that never passed they tell how much it is."""
    cell, density, step = planar(comm), -20.0, 10.0
    probes, charge = Probes(cell), density * cell.area * step
    balance, still = LithiumBalance.of(cell, probes), ChargeBalance.of(cell, probes)
    filled, inventory = Stoichiometry.of(cell, probes), Inventory(cell)
    assert balance is not None and filled is not None
    drive(cell, charge / step, step)
    position = cell.state.accumulators
    position["charge"], position["throughput"] = charge, abs(charge)
    assert balance.row()[run.LITHIUM_ERROR.header] <= 1e-8
    assert still.row()[run.CHARGE_ERROR.header] <= 1e-8
    row, x = filled.row(), 0.5 + charge / inventory.capacity
    assert row[run.STOICHIOMETRY.header] == pytest.approx(x, rel=1e-10)
    assert row[run.STATE_OF_CHARGE.header] == pytest.approx((0.9 - x) / 0.8, rel=1e-10)
    mass = 4.0 * 4.0 * cell.area  # pg: 4 g/cm3 over 4 um
    full = 50000.0 * FARADAY * 4.0 * cell.area
    assert inventory.capacity == pytest.approx(full, rel=1e-12)
    assert row[run.CAPACITY.header] == pytest.approx(charge / mass / 3.6, rel=1e-12)
    position["throughput"] = inventory.capacity
    position["charge"] = charge + 0.02 * inventory.capacity
    assert balance.row()[run.LITHIUM_ERROR.header] == pytest.approx(0.02, rel=1e-7)
    cell.state.current.value += 0.5 * cell.current_scale
    assert still.row()[run.CHARGE_ERROR.header] == pytest.approx(0.5, rel=1e-7)


def test_film_of_a_cell_grows_with_the_root_of_time(comm: MPI.Comm) -> None:
    film = {"growth": "parabolic", "slope": "2 ohm*cm^2/s^0.5"}
    cell = planar(comm, {"interphase": film})
    films = Films.of(cell, Probes(cell))
    assert films is not None
    cell.state.accumulators = cell.state.accumulators | {"time": 900.0}  # another with every step
    (resistance,) = films.row().values()
    assert resistance == pytest.approx(60.0, rel=1e-12)
    plain = planar(comm)
    assert Films.of(plain, Probes(plain)) is None


def test_salt_that_is_put_in_is_told(comm: MPI.Comm) -> None:
    """Of a salt that is 1 at rest: its ends, its map, and what is too much of it."""
    rest = 1000.0
    given = {
        "salt_concentration": f"{rest} mol/m^3",
        "salt_diffusivity": "1e-11 m^2/s",
        "cation_transference": 0.3,
        "thermodynamic_factor": 1.5,
    }
    case = make_case(
        {"separator": electrolyte("0.01 S/m", **given)},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    cell = make_cell(case, layers(2, {"separator": LENGTH}, [5]), comm)
    cell.initialise()
    probes = Probes(cell)
    spread, balance = Salt.of(cell, probes), SaltBalance.of(cell, probes)
    assert spread is not None and balance is not None
    assert balance.row()[salt.ERROR.header] == 0.0
    (function,) = cell.state.salt.values()
    x = function.function_space.tabulate_dof_coordinates()[:, 0]
    function.x.array[:] = 0.9 + 0.3 * x / LENGTH  # 1.05 in the mean
    row = spread.row()
    assert row[salt.MINIMUM.header] == pytest.approx(0.9 * rest, rel=1e-12)
    assert row[salt.MAXIMUM.header] == pytest.approx(1.2 * rest, rel=1e-12)
    # Over a thousandth of all salt while nothing has passed.
    assert balance.row()[salt.ERROR.header] == pytest.approx(0.05 / 1e-3, rel=1e-10)
    whole = FARADAY * rest * LENGTH * cell.area  # pC
    cell.state.accumulators = cell.state.accumulators | {"throughput": whole}
    assert balance.row()[salt.ERROR.header] == pytest.approx(0.05, rel=1e-10)
    found = Maps(cell, Observables(cell)).point_fields()[fields.SALT.header]
    if comm.rank == 0:
        assert (found.min(), found.max()) == pytest.approx((0.9 * rest, 1.2 * rest))


# Mechanics


def test_stack_under_pressure(comm: MPI.Comm) -> None:
    """The traction on every contact is the pressure, and the face at the collector moves in."""
    cell = compressed(comm)
    observables = Observables(cell)
    row, maps = observables.row(), Maps(cell, observables)
    strain = -PRESSURE / CONFINED - PRESSURE / STIFFNESS / (LENGTH + 4.0)
    hydrostatic = -PRESSURE * (1 + POISSON) / (3 * (1 - POISSON))
    assert row[mechanics.PRESSURE.header] == pytest.approx(PRESSURE, rel=1e-8)
    assert row[mechanics.STRAIN.header] == pytest.approx(strain, rel=1e-7)
    assert row[mechanics.HYDROSTATIC.header] == pytest.approx(hydrostatic, rel=1e-6)
    assert row[interfaces.BELOW_STRENGTH.header] == 1.0
    mesh, points = maps.mesh(), maps.point_fields()
    in_cells, on_facets = maps.cell_fields(), maps.interface_fields()
    if mesh is not None:
        moved = points[fields.DISPLACEMENT.header][:, 0]
        assert moved.min() == pytest.approx(strain * (LENGTH + 4.0), rel=1e-7)
        assert np.abs(moved[mesh.points[:, 0] < 1e-9]).max() <= 1e-12
        normal, shear = (on_facets[f.header] for f in (fields.NORMAL, fields.SHEAR))
        assert np.allclose(normal, -PRESSURE, rtol=1e-6)
        assert np.abs(shear).max() <= 1e-6 * PRESSURE
        # sigma_xx = -p, and nu/(1 - nu) of it across.
        mises = PRESSURE * (1 - 2 * POISSON) / (1 - POISSON)
        for found in (points, in_cells):
            assert np.allclose(found[fields.VON_MISES.header], mises, rtol=1e-6)


def test_energy_of_what_may_part(comm: MPI.Comm) -> None:
    """Under pressure nothing parts: the work of the platen is stored in bodies and interface."""
    cell = compressed(comm, cohesion={"mode_i_fracture_energy": "1 J/m^2", "contact_gap": "5 nm"})
    cell.the(Mechanics).solve()
    row = Observables(cell).row()
    assert interfaces.BELOW_STRENGTH.header not in row
    assert row[interfaces.CONTACT.header] == pytest.approx(1.0, rel=1e-9)
    assert row[interfaces.DEBONDED.header] == row[interfaces.FRACTURE_ENERGY.header] == 0.0
    bodies = PRESSURE**2 * (LENGTH + 4.0) / (2 * CONFINED)
    assert row[mechanics.ELASTIC_ENERGY.header] == pytest.approx(bodies, rel=1e-6)
    between = PRESSURE**2 / (2 * STIFFNESS)
    assert row[mechanics.INTERFACE_ENERGY.header] == pytest.approx(between, rel=1e-6)
    assert row[mechanics.WORK.header] == pytest.approx(bodies + between, rel=1e-6)
    assert abs(row[mechanics.RELEASED.header]) <= 1e-12


# Lithium


@pytest.mark.reference("Lithium", "mean and deviation of a thickness given at nodes, exact")
def test_layer_of_given_thickness(comm: MPI.Comm, verify: Verify) -> None:
    """A thickness that rises on a straight line along the face, weighted by areas of nodes."""
    width, count = 4.0, 8
    layer = {"thickness": "1 um", "island_height": "0.1 um"}
    case = make_case(
        {"matrix": electrolyte("0.1 S/m")},
        boundaries={"anode": LITHIUM | {"inventory": layer}, "collector": LITHIUM},
        protocol=["Charge at 1 mA/cm2 for 1 hour"],
    )
    axes = [np.linspace(0.0, 4.0, 5), np.linspace(0.0, width, count + 1)]
    cell = make_cell(case, grid(axes, {0: "matrix"}), comm)
    found = Layers.of(cell, Probes(cell))
    assert found is not None
    thickness = cell.state.layer[THICKNESS]
    y = thickness.function_space.tabulate_dof_coordinates()[:, 1]
    thickness.x.array[:] = 2.0 + y
    anode, row = {"electrode": "Anode"}, found.row()
    assert row[lithium.MIN_THICKNESS.of(**anode)] == pytest.approx(2.0)
    assert row[lithium.MAX_THICKNESS.of(**anode)] == pytest.approx(2.0 + width)
    verify("mean thickness, um", row[lithium.THICKNESS.of(**anode)], 2.0 + width / 2.0, 1e-12)
    exact = np.sqrt(width**2 / 12.0 * (1.0 + 2.0 / count**2))  # by the trapezoidal rule
    verify("deviation of thickness, um", row[lithium.DEVIATION.of(**anode)], exact, 1e-12)
    observables = Observables(cell)
    mapped = Maps(cell, observables).interface_fields()[fields.THICKNESS.header]
    if comm.rank == 0:
        known = mapped[~np.isnan(mapped)]
        assert len(known) == count
        assert known.mean() == pytest.approx(2.0 + width / 2.0, rel=1e-12)
