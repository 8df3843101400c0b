"""Time steps that are short against the square of the cell size over the diffusivity."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, Tape, active, drive, electrolyte, kinetics, make_case, make_cell
from ecmcell.case.schema import Case
from ecmcell.domain.gather import gather_nodes, gather_points
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from meshes import layers
from record import Verify

MAXIMUM_PRINCIPLE = "maximum principle of diffusion"
LENGTH, COUNT = 50.0, 10  # um, cells along it
STEPS = 6
pytestmark = pytest.mark.mpi


def half_cell(initial: float, **tables: object) -> Case:
    """A host with a diffusivity of 50 um2/s: a millisecond is 0.002 h2/D."""
    host = active(initial, diffusivity="5e-11 m^2/s")
    law = kinetics(exchange_current_density="10 A/m^2")
    phases = {"electrolyte": electrolyte(), "active": host}
    return make_case(phases, interfaces={"active|electrolyte": law}, **tables)


def half_cell_mesh() -> MeshData:
    return layers(2, {"electrolyte": 10.0, "active": LENGTH}, [2, COUNT])


def polymer() -> Case:
    """A salt that diffuses at 5 um2/s, between two electrodes of lithium."""
    return make_case(
        {"separator": {"material": "PEO-LiTFSI"}},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        cell={"temperature": "85 degC"},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )


def along(cell: Cell) -> np.ndarray:
    """Stoichiometry, or c/c0, at all distances from the anode, the mean at each; on rank 0."""
    fields = cell.state.salt or cell.state.stoichiometry
    ((body, field),) = fields.items()
    x, c = gather_points(cell.domain.bodies[body])[:, 0].round(6), gather_nodes(field)
    return np.array([c[x == at].mean() for at in np.unique(x)])


def profiles(cell: Cell, current: float, step: float, balance: str) -> tuple[np.ndarray, ...]:
    """Profiles, initial and after each of a few steps, and what balances miss after each."""
    cell.initialise()
    observables, position = Observables(cell), cell.state.accumulators
    found, lost = [along(cell)], []
    for _ in range(STEPS):
        drive(cell, current, step)
        position["charge"] += current * step
        position["throughput"] += abs(current) * step
        found.append(along(cell))
        lost.append(observables.row()[f"{balance} balance error"])
    return cell.domain.comm.bcast(np.array(found)), np.abs(lost)


@pytest.mark.reference("Diffusion", MAXIMUM_PRINCIPLE)
@pytest.mark.parametrize(("host", "initial"), [("full", 0.999), ("empty", 0.001)])
def test_no_overshoot(comm: MPI.Comm, verify: Verify, host: str, initial: float) -> None:
    """What leaves a host lowers the stoichiometry everywhere, what enters raises it."""
    cell = make_cell(half_cell(initial), half_cell_mesh(), comm)
    sign = -1.0 if host == "full" else 1.0
    found, lost = profiles(cell, sign * cell.capacity / 3600.0, 1e-3, "Lithium")
    change = sign * (found[1:] - initial)
    assert change[0, 0] > 1e-6
    title = f"Host all but {host}, steps of 0.002 h²/D: "
    verify(title + "overshoot", np.maximum(-change, 0.0).max(), 0.0, 1e-12, str(COUNT))
    verify(title + "lithium balance error", lost, 0.0, 1e-8, str(COUNT))


@pytest.mark.reference("Salt", MAXIMUM_PRINCIPLE)
def test_salt_does_not_overshoot(comm: MPI.Comm, verify: Verify) -> None:
    """From where lithium dissolves to where it plates, the salt becomes less and less."""
    cell = make_cell(polymer(), layers(2, {"separator": LENGTH}, [COUNT]), comm)
    found, lost = profiles(cell, 10.0 * cell.area, 1e-2, "Salt")
    assert found[1, 0] - found[1, -1] > 1e-4
    title = "Polymer between two of lithium, steps of 0.002 h²/D: "
    rises = np.maximum(np.diff(found[1:], axis=1), 0.0)
    verify(title + "overshoot of c/c₀", rises.max(), 0.0, 1e-12, str(COUNT))
    verify(title + "salt balance error", lost, 0.0, 1e-8, str(COUNT))


@pytest.mark.parametrize(("initial", "way"), [(1.0, "Charge"), (0.0, "Discharge")])
def test_starts_full_or_empty(comm: MPI.Comm, initial: float, way: str) -> None:
    """Most cathodes are full when they are made."""
    case = half_cell(initial, protocol=[f"{way} at 1C for 0.1 s"], time={"initial_step": "1 ms"})
    cell = make_cell(case, half_cell_mesh(), comm)
    cell.initialise()
    tape = Tape(cell)
    ProtocolDriver(cell, tape).run()
    time, _, density = tape.columns
    assert time[0] == pytest.approx(1e-3)
    assert time[-1] == pytest.approx(0.1)
    moved = comm.bcast(along(cell)) - initial
    assert np.sign(density[-1]) * moved[0] > 1e-5
