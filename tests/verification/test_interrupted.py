"""A protocol that is interrupted goes on from a file, on other ranks, as if it had not been."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI
from tests.verification.test_cycler import TIME
from tests.verification.test_runs import EFFORT, write_case

from cells import Tape, active, electrolyte, kinetics, make_case
from ecmcell import Case
from ecmcell.case import schema
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.output import StoredRun
from ecmcell.output.state_file import StateReader, write_state
from ecmcell.runs.run import Runner
from ecmcell.simulation import checkpoint
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from meshes import layers

pytestmark = pytest.mark.mpi
Made = tuple[schema.Case, MeshData]


def film() -> Made:
    """Cut-offs from both sides, a hold, a loop, and fields in between."""
    case = make_case(
        {"active": active(), "separator": electrolyte()},
        interfaces={"active|separator": kinetics()},
        protocol=[
            {"repeat": 2, "steps": ["Charge at 2C for 1 minute", "Hold at 3.95 V for 10 s"]},
            "Discharge at 2C until 3.9 V",
            "Rest for 10 s",
        ],
        time=TIME,
        output={"field_interval": "45 s"},
    )
    return case, layers(2, {"separator": 2.0, "active": 1.0}, [2, 4])


@pytest.mark.parametrize("what", [film])
def test_it_goes_on_alike(comm: MPI.Comm, shared_path: Path, what: Callable[[], Made]) -> None:
    """After each of its time steps; each rank alone goes on from what all have written."""
    case, mesh = what()
    cell = Cell(case, mesh if comm.rank == 0 else None, comm)
    cell.initialise()
    whole = Tape(cell)
    driver, files = ProtocolDriver(cell, whole), []
    for count, _ in enumerate(driver.steps()):
        files.append(shared_path / f"{count}.h5")
        fields = {n: (f.function_space, f.x.array) for n, f in checkpoint.fields(cell).items()}
        fields |= driver.kept_fields()
        write_state(files[-1], comm, fields, checkpoint.numbers(cell), driver.memory())
    comm.Barrier()

    every = slice(comm.rank, None, comm.size)
    for count, file in [*enumerate(files)][every]:
        reader = StateReader(file, MPI.COMM_SELF)
        again = Cell(case, mesh, MPI.COMM_SELF)
        kept = checkpoint.fields(again).items()
        values = {name: reader.values(name, f.function_space) for name, f in kept}
        checkpoint.recall(again, {**reader.numbers, **values})
        rest = Tape(again)
        driver = ProtocolDriver(again, rest)
        driver.recall(reader.notes, reader.values)
        driver.run()
        expected = whole.rows[count + 1 :]
        assert len(rest.rows) == len(expected)
        assert np.allclose(rest.rows, expected, rtol=1e-9, atol=1e-9)
        left = [text for time, text in whole.labels if time >= whole.rows[count][0]]
        assert [text for _, text in rest.labels] == left
        assert [end[:2] for end in rest.ends] == [e[:2] for e in whole.ends if e[2] > count]


def test_a_run_goes_on_in_its_directory(comm: MPI.Comm, shared_path: Path) -> None:
    """Lines, cycles and states without a gap or one twice, and the same summary."""
    case = comm.bcast(made(shared_path) if comm.rank == 0 else None)
    whole, rest = shared_path / "whole", shared_path / "rest"
    runner = Runner(case, whole, comm)
    runner.initialise()
    runner.run()
    runner = Runner(case, rest, comm)
    runner.initialise()
    for _ in range(4):
        runner.step()
    runner.checkpoint()
    for _ in range(3):  # is written, and lost
        runner.step()

    runner = Runner(case, rest, comm)
    runner.resume()
    while runner.step():
        pass
    runner.close("done", "")
    if comm.rank:
        return
    found, expected = (StoredRun(directory) for directory in (rest, whole))
    assert found.series.keys() == expected.series.keys()
    for name, values in expected.series.items():
        if name not in EFFORT:
            assert np.allclose(found.series[name], values, rtol=1e-9, atol=1e-9, equal_nan=True)
    assert [label for _, label in found.states] == [label for _, label in expected.states]
    last = len(found.states) - 1
    for place in ("point", "cell", "interface"):
        fields, others = (getattr(run.fields(last), place) for run in (found, expected))
        assert fields.keys() == others.keys()
        for name, values in others.items():
            assert np.allclose(fields[name], values, rtol=1e-6, atol=1e-9, equal_nan=True)
    ends = [[end["step"] for end in run.summary["protocol"]] for run in (found, expected)]
    assert ends[0] == ends[1]
    assert found.summary["time steps"] == expected.summary["time steps"]


def made(directory: Path) -> schema.Case:
    """A composite that is charged and discharged, with fields in between."""
    protocol = ["Charge at 1C for 5 minutes", "Discharge at 1C for 5 minutes", "Rest for 1 minute"]
    case = write_case(directory, protocol=protocol, output={"field_interval": "2 min"})
    return Case.load(case).data
