"""What counts as a crack: number, extents and depths; damage that has not localised is none."""

from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, active, electrolyte, kinetics, make_case, make_cell
from ecmcell.case.schema import Case
from ecmcell.evaluation.cracks.crack_clusters import CrackClusters
from ecmcell.evaluation.observables import Observables
from ecmcell.processes.cracks.crack_graph import CrackGraph, localised
from ecmcell.processes.cracks.cracks import Cracks
from ecmcell.processes.cracks.laws import too_small
from meshes import grid

pytestmark = pytest.mark.mpi
HOST = {
    "youngs_modulus": "100 GPa",
    "poisson_ratio": 0.25,
    "partial_molar_volume": f"{3 * 0.05 / 50000} m^3/mol",  # 5 % from empty to full
}
SOLID = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}


def cracking_solid(how: dict[str, Any], **others: Any) -> Case:
    """An electrolyte between lithium electrodes that may crack, beside other phases if given."""
    return make_case(
        {"solid": electrolyte(**SOLID) | {"cracking": how}} | others,
        interfaces={f"{name}|solid": {"bonded": True} for name in others},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        physics={"mechanics": True},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )


def test_cracks_are_counted_and_measured(comm: MPI.Comm) -> None:
    """Two cracks, one of them from the anode: number, extents, depths, length, also on ranks."""
    axis = np.linspace(0.0, 10.0, 41)
    flaws = [
        {"begin": ["0 um", "3.1 um"], "end": ["4 um", "3.1 um"]},
        {"begin": ["7.1 um", "4.1 um"], "end": ["7.1 um", "8.9 um"]},
    ]
    how = {"fracture_energy": "2 J/m^2", "regularisation_length": "0.5 um", "flaws": flaws}
    case = cracking_solid(how)
    cell = make_cell(case, grid([axis, axis], {0: "solid"}), comm)
    cell.initialise()
    row = Observables(cell).row()
    assert row["Number of cracks"] == 2
    assert row["Maximum crack length [um]"] == pytest.approx(5.0, abs=0.1)
    assert row["Crack depth from anode [um]"] == pytest.approx(4.0, abs=0.3)
    assert row["Crack depth from collector [um]"] == 0.0
    # The halo around each of the three tips counts as less than the length of the phase field.
    assert 9.0 < row["Crack length solid [um]"] < 9.0 + 3 * 0.5
    spent = row["Crack energy [J.m-2]"] * 10.0
    # What of the profile lies beyond the anode counts as well.
    (law,) = cell.the(Cracks).laws.values()
    (anode,) = (boundary for boundary in cell.domain.boundaries if boundary.tag == "anode")
    beyond = cell.domain.integral(0.5 * law.energy * law.damage**2 * cell.domain.ds(anode)).value
    assert spent == pytest.approx(2.0 * row["Crack length solid [um]"] + beyond, rel=1e-6)
    assert row["Released energy [J.m-2]"] == pytest.approx(0.0, abs=1e-9)


def test_even_damage_is_no_crack() -> None:
    """A body damaged through and through, or a thick part of one, is none; lines of it are."""
    axis = np.linspace(0.0, 10.0, 41)
    points = np.array([[x, y, 0.0] for x in axis for y in axis])
    x, y = points[:, 0], points[:, 1]
    line = (np.abs(y - 5.0) < 0.2) | (np.abs(x - y) < 0.2)
    block = (x < 3.6) & (y > 6.4)
    depth = np.minimum(np.minimum(x, 10.0 - x), np.minimum(y, 10.0 - y))
    every = np.ones(len(points), dtype=bool)
    assert not localised(points, every, 0.5, depth).any()
    assert not localised(points, block, 0.5, depth).any()
    assert np.array_equal(localised(points, line, 0.5, depth), line)
    apart = localised(points, line | block, 0.5, depth)
    assert np.array_equal(apart[x > 4.5], line[x > 4.5])


def test_a_particle_damaged_evenly_has_no_crack(comm: MPI.Comm) -> None:
    """Damage of 0.95 all over, then of a line across, in a body: no crack, then one."""
    axis = np.linspace(0.0, 10.0, 21)
    how = {"fracture_energy": "2 J/m^2", "regularisation_length": "1 um"}
    host = active(0.5, **HOST) | {"cracking": how}
    case = make_case(
        {"solid": electrolyte(**SOLID), "host": host},
        interfaces={"host|solid": kinetics()},
        physics={"mechanics": True},
    )
    mesh = grid([axis, axis], {0: "solid", 1: "host"}, lambda at: (at[:, 0] > 4.0).astype(int))
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    crack_clusters = CrackClusters(cell)
    for spread, number, fraction in ((np.inf, 0, 0.0), (0.3, 1, 1.0)):
        for damage in cell.state.crack.values():
            points = damage.function_space.tabulate_dof_coordinates()
            damage.x.array[:] = np.where(np.abs(points[:, 1] - 5.0) < spread, 0.95, 0.0)
        cell.look()
        row = crack_clusters.row()
        assert (row["Number of cracks"], row["Cracked particle fraction"]) == (number, fraction)


def test_lithium_flows_from_a_crack_into_all_that_is_broken(comm: MPI.Comm) -> None:
    """Even damage is no way for lithium; a crack stays one in it, with all that hangs on it.

    A crack that is filled would else lose its room at once, and its lithium with it; and what is
    broken from a full pore to the cathode would be no short circuit where it is wide.
    """
    axis = np.linspace(0.0, 10.0, 41)
    flaw = {"begin": ["0 um", "5 um"], "end": ["10 um", "5 um"]}
    how = {"fracture_energy": "2 J/m^2", "regularisation_length": "0.5 um"}
    found = []
    for flaws in ([], [flaw]):
        case = cracking_solid(how | {"flaws": flaws})
        cell = make_cell(case, grid([axis, axis], {0: "solid"}), comm)
        cell.initialise()
        for apart in (1.0, 0.0):  # evenly, first beside the flaw, then everywhere
            for damage in cell.state.crack.values():
                y = damage.function_space.tabulate_dof_coordinates()[:, 1]
                damage.x.array[np.abs(y - 5.0) >= apart] = 0.95
            cell.look()
            found.append(comm.bcast([len(way) for way in cell.the(CrackGraph).ways()]))
        assert CrackClusters(cell).row()["Number of cracks"] == 0
    assert found[:2] == [[], []]
    (line,), (all_of_it,) = found[2:]
    assert 41 <= line <= 3 * 41
    assert all_of_it == 41 * 41


@pytest.mark.parametrize(("length", "warned"), [("1.9 um", False), ("2.1 um", True)])
def test_grains_narrower_than_a_crack_are_told(comm: MPI.Comm, length: str, warned: bool) -> None:
    """A square of 7.0898 um is as large as a disc of 8 um: cracks must not be wider, 4 l."""
    side = 4.0 * np.sqrt(np.pi)
    axis = np.linspace(0.0, side, 21)
    how = {"fracture_energy": "2 J/m^2", "regularisation_length": length}
    case = cracking_solid(how)
    cell = make_cell(case, grid([axis, axis], {0: "solid"}), comm)
    told = too_small(case, cell.domain)
    assert [text.startswith("grains of solid of 8 um") for text in told] == [True] * warned


def test_a_crack_along_a_narrow_body_is_one(comm: MPI.Comm) -> None:
    """Across a strip as wide as two lengths damage hardly falls off: what is damaged is a crack."""
    along, across = np.linspace(0.0, 10.0, 21), np.linspace(0.0, 2.0, 5)
    how = {"fracture_energy": "2 J/m^2", "regularisation_length": "1 um"}
    case = make_case(
        {"solid": electrolyte(**SOLID) | {"cracking": how}, "host": active(0.5, **HOST)},
        interfaces={"host|solid": kinetics()},
        physics={"mechanics": True},
    )
    layers = {0: "solid", 1: "host"}
    mesh = grid([along, across], layers, lambda at: (at[:, 0] > 6.0).astype(int))
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    for damage in cell.state.crack.values():
        points = damage.function_space.tabulate_dof_coordinates()
        damage.x.array[:] = np.where(points[:, 0] < 4.0, 0.95, 0.0)
    cell.look()
    assert CrackClusters(cell).row()["Number of cracks"] == 1


def test_a_bridge_damaged_through_and_through_is_a_crack(comm: MPI.Comm) -> None:
    """Between two thick blocks, one of which is damaged evenly and has none."""
    axes = [np.linspace(0.0, 14.0, 29), np.linspace(0.0, 6.0, 13)]
    how = {"fracture_energy": "2 J/m^2", "regularisation_length": "1 um"}
    case = cracking_solid(how, rest=electrolyte(**SOLID))

    def beside(at: np.ndarray) -> np.ndarray:
        return (np.abs(at[:, 0] - 7.0) < 2.0) & (np.abs(at[:, 1] - 3.0) > 0.5)

    mesh = grid(axes, {0: "solid", 1: "rest"}, lambda at: beside(at).astype(int))
    cell = make_cell(case, mesh, comm)
    found = []
    for block in (-1.0, 5.1):
        for damage in cell.state.crack.values():
            x, y, _ = damage.function_space.tabulate_dof_coordinates().T
            bridge = (np.abs(x - 7.0) < 2.1) & (np.abs(y - 3.0) < 0.6)
            damage.x.array[:] = np.where(bridge | (x < block), 0.95, 0.0)
        cell.look()
        found.append([crack.low[0] for crack in CrackClusters(cell).crack_clusters()])
    assert found[0] == [pytest.approx(5.0)]
    assert len(found[1]) == 1
    assert found[1][0] > 5.0
