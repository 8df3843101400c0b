"""A cell that is made anew goes on from what another has been, to the last digit."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from mpi4py import MPI
from tests.verification.test_filaments import graded, symmetric_cell
from tests.verification.test_heat import ACTIVATED, balanced
from tests.verification.test_meshed_lithium import LAYERS, foils

from cells import LITHIUM, composite_interfaces, composite_phases, electrolyte, make_case
from ecmcell.case.schema import Case
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.checkpoint import recall, remember
from meshes import composite, grid, layers
from pulling import pulling_case

Made = tuple[Case, MeshData, Sequence[tuple[float, float]]]


def debonding() -> Made:
    """Layers of which one shrinks until they part."""
    case = pulling_case(["Charge at 1C for 1 hour"], viscosity="1 s")
    mesh = layers(2, {"electrolyte": 10.0, "active": 10.0}, [2, 2])
    return case, mesh, [(-30.0, 200.0)] * 6


def warming() -> Made:
    """A composite with films that grow, and a temperature that follows its losses."""
    laws = composite_interfaces()
    laws["active|catholyte"] |= {"interphase": {"growth": "parabolic", "slope": "1 ohm*cm^2/s^0.5"}}
    case = make_case(
        composite_phases(),
        interfaces=laws,
        boundaries={"anode": ACTIVATED, "collector": {"contact_resistance": "1e-2 ohm*cm^2"}},
        physics={"mechanics": True},
        cell=balanced(0.5, ambient_temperature="30 degC"),
    )
    return case, composite(), [(-20.0, 60.0)] * 6


def salted() -> Made:
    """The composite with a polymer electrolyte."""
    phases = composite_phases()
    for name in ("catholyte", "separator"):
        phases[name] = {"material": "PEO-LiTFSI", "overrides": phases[name].get("overrides", {})}
    case = make_case(
        phases,
        interfaces=composite_interfaces(),
        physics={"mechanics": True},
        cell={"temperature": "85 degC", "stack_pressure": "0.5 MPa"},
    )
    return case, composite(), [(-20.0, 60.0)] * 6


def flowing() -> Made:
    """Foils of lithium that creep, and grow or shrink on their faces."""
    case = foils(
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "3 MPa", "platen": "gap"},
    )
    return case, layers(2, LAYERS, [2, 6, 2]), [(1.0, 5.0)] * 6


def layered() -> Made:
    """Lithium that ends, with voids, which may debond from its electrolyte under a gap."""
    law = {"mode_i_fracture_energy": "1 J/m^2", "contact_gap": "20 nm", "viscosity": "1 s"}
    interface_law = {"penalty_stiffness": "1e5 MPa/um", "strength": "5 MPa", "cohesion": law}
    stock = {"thickness": "1 um", "island_height": "0.1 um"}
    voids = {"contact_gap": "0.2 um", "fraction": 0.5}
    anode = LITHIUM | interface_law | {"inventory": stock, "void_growth": voids}
    case = make_case(
        {"matrix": electrolyte("1000 S/m", youngs_modulus="20 GPa", poisson_ratio=0.3)},
        boundaries={"anode": anode, "collector": LITHIUM},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "2 MPa", "platen": "spring"}
        | {"platen_stiffness": "10 MPa/um"},
    )
    mesh = grid([np.linspace(0.0, 4.0, 5), np.linspace(0.0, 4.0, 5)], {0: "matrix"})
    return case, mesh, [(40.0, 2.0)] * 6


def cracked() -> Made:
    """A flaw that lithium fills until it grows."""
    x, y = graded(8.0, 3.0, 0.2), np.linspace(-1.1, 1.1, 12)
    mesh = grid([x, y], {0: "lane", 1: "rest"}, lambda at: (at[:, 0] > 3.0).astype(np.int64))
    case = symmetric_cell([(0.0, 1.0)], 0.4, 0.2, conductivity="10 S/m")
    return case, mesh, [(-60.0, 4.0)] * 8


WHAT = [debonding, warming, salted, flowing, layered, cracked]


@pytest.mark.parametrize("what", WHAT)
def test_a_cell_made_anew_goes_on_alike(what: Callable[[], Made]) -> None:
    """All that is remembered, and all columns, step by step."""
    first, told, steps = prepared(what, MPI.COMM_SELF)
    half = len(steps) // 2
    first.initialise()
    for current, step in steps[:half]:
        advance(first, current, step)
    start = remember(first)

    second, other, _ = prepared(what, MPI.COMM_SELF)
    recall(second, start)
    same(remember(second), start)
    forget_matrices(first)
    for current, step in steps[half:]:
        for cell in (first, second):
            cell.begin_protocol_step()
            advance(cell, current, step)
        same(remember(first), remember(second))
        same(told.row(), other.row())
    assert not np.array_equal(start["scalar/Voltage [V]"], remember(first)["scalar/Voltage [V]"])


@pytest.mark.mpi
@pytest.mark.parametrize("what", WHAT)
def test_a_cell_that_goes_back_goes_on_alike(comm: MPI.Comm, what: Callable[[], Made]) -> None:
    """On several ranks too, but for the rounding by which factors differ there."""
    cell, told, steps = prepared(what, comm)
    half = len(steps) // 2
    cell.initialise()
    for current, step in steps[:half]:
        advance(cell, current, step)
    start = remember(cell)

    found = []
    for _ in range(2):
        recall(cell, start)
        same(remember(cell), start)
        for current, step in steps[half:]:
            advance(cell, current, step)
        found.append((remember(cell), told.row()))
    (state, row), (other_state, other_row) = found
    same(state, other_state, 1e-6)
    same(row, other_row, 1e-6)


def prepared(
    what: Callable[[], Made], comm: MPI.Comm
) -> tuple[Cell, Observables, Sequence[tuple[float, float]]]:
    """A cell that was just made, what tells of it, and its currents and time steps."""
    case, mesh, steps = what()
    solver = case.solver.model_copy(update={"linear": "direct"})  # keeps nothing of iterations
    case = case.model_copy(update={"solver": solver})
    cell = Cell(case, mesh if comm.rank == 0 else None, comm)
    return cell, Observables(cell), steps


def advance(cell: Cell, density: float, step: float) -> None:
    """A time step of some s at a current density in pA/um2."""
    current = density * cell.area
    cell.electrochemistry.control_current(current)
    cell.begin_step()
    cell.iterate(step)
    position = cell.state.accumulators
    position["time"] += step
    position["charge"] += current * step
    position["throughput"] += abs(current) * step
    cell.end_step()


def forget_matrices(cell: Cell) -> None:
    """Let solvers factorise anew."""
    cell.electrochemistry._newton.linear.outdate()


def same(first: dict, second: dict, scatter: float = 0.0) -> None:
    """Whether all values are alike, but for a scatter relative to the largest of each name."""
    assert first.keys() == second.keys()
    for name, values in first.items():
        size = scatter * max(1.0, np.abs(values).max(initial=0.0))
        assert np.allclose(values, second[name], rtol=0.0, atol=size, equal_nan=True), name
