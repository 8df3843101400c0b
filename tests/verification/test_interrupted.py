"""A protocol that is interrupted goes on from a file, on other ranks, as if it had not been."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mpi4py import MPI
from tests.verification.test_checkpoint import (
    cracked,
    debonding,
    flowing,
    layered,
    salted,
    warming,
)
from tests.verification.test_cycler import TIME
from tests.verification.test_runs import EFFORT, write_case

from cells import Tape, active, electrolyte, kinetics, make_case
from ecmcell import Case
from ecmcell.case import schema
from ecmcell.case.protocol.protocol import read_protocol
from ecmcell.errors import Interrupted
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.output import StoredRun
from ecmcell.output.state_file import StateReader, write_state
from ecmcell.runs.keeping import fields_of, recall
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


def test_it_goes_on_behind_each_step(comm: MPI.Comm, shared_path: Path) -> None:
    """Each rank alone goes on from what all have written."""
    case, mesh = film()
    whole, files = driven(case, mesh, comm, shared_path)
    for count, file in [*enumerate(files)][comm.rank :: comm.size]:
        rest = continued(case, mesh, file)
        assert np.allclose(rest.rows, whole.rows[count + 1 :], rtol=1e-9, atol=1e-9)
        left = [text for time, text in whole.labels if time >= whole.rows[count][0]]
        assert [text for _, text in rest.labels] == left
        assert [end[:2] for end in rest.ends] == [e[:2] for e in whole.ends if e[2] > count]


@pytest.mark.parametrize(
    ("what", "protocol"),
    [
        (debonding, "Charge at 3 mA/cm2 for 8 minutes"),
        (warming, "Charge at 2 mA/cm2 for 1 minute"),
        (salted, "Charge at 2 mA/cm2 for 1 minute"),
        (flowing, "Discharge at 0.1 mA/cm2 for 30 s"),
        (layered, "Discharge at 4 mA/cm2 for 12 s"),
        (cracked, "Charge at 6 mA/cm2 for 12 s"),
    ],
)
def test_all_that_goes_on_in_a_cell_does_so(
    comm: MPI.Comm, shared_path: Path, what: Callable[[], tuple[Any, ...]], protocol: str
) -> None:
    """Damage, heat and films, salt, plastic strain, layers with voids, and cracks that fill."""
    case, mesh, _ = what()
    solver = case.solver.model_copy(update={"linear": "direct"})
    steps = read_protocol([protocol], shared_path)
    case = case.model_copy(update={"solver": solver, "protocol": steps})
    whole, files = driven(case, mesh, comm, shared_path)
    assert len(files) > 3
    count = (1 + comm.rank) * len(files) // (2 + comm.size)
    rest = continued(case, mesh, files[count])
    expected = np.array(whole.rows[count + 1 :])
    limit = 1e-10 if comm.size == 1 else 1e-6
    assert np.shape(rest.rows) == expected.shape
    assert np.abs(rest.rows - expected).max() < limit * np.abs(expected).max()


def driven(
    case: schema.Case, mesh: MeshData, comm: MPI.Comm, path: Path
) -> tuple[Tape, list[Path]]:
    """A protocol without a break, and a state file behind each of its time steps."""
    cell = Cell(case, mesh if comm.rank == 0 else None, comm)
    cell.initialise()
    tape = Tape(cell)
    driver, files = ProtocolDriver(cell, tape), []
    for count, _ in enumerate(driver.steps()):
        files.append(path / f"{count}.h5")
        fields = {**fields_of(cell), **driver.kept_fields()}
        write_state(files[-1], comm, fields, checkpoint.numbers(cell), driver.memory())
    comm.Barrier()
    return tape, files


def continued(case: schema.Case, mesh: MeshData, file: Path) -> Tape:
    """What is left of it behind a state file, on this rank alone."""
    reader = StateReader(file, MPI.COMM_SELF)
    cell = Cell(case, mesh, MPI.COMM_SELF)
    recall(cell, reader)
    tape = Tape(cell)
    driver = ProtocolDriver(cell, tape)
    driver.recall(reader.notes, reader.values)
    driver.run()
    return tape


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


def test_a_step_that_is_given_up_is_taken_again(
    comm: MPI.Comm, shared_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever pass over the equations of which time step it is that is interrupted."""
    case = comm.bcast(made(shared_path) if comm.rank == 0 else None)
    whole, rest = shared_path / "whole", shared_path / "rest"
    runner = Runner(case, whole, comm)
    runner.initialise()
    runner.run()
    runner = Runner(case, rest, comm)
    runner.initialise()
    for count in (6, 11):  # passes
        calls = iter(range(count))

        def check(calls: Iterator[int] = calls) -> None:
            if next(calls, None) is None:
                raise Interrupted("interrupted by a test")

        runner.cell.between_passes = check
        with pytest.raises(Interrupted, match="Go on with: ecmcell resume"):
            runner.run()
        assert comm.bcast(StoredRun(rest).summary["status"]) == "interrupted"
        comm.Barrier()
        runner = Runner(case, rest, comm)
        runner.resume()
    runner.run()
    found, expected = StoredRun(rest).series, StoredRun(whole).series
    assert len(found["Time [s]"]) == len(expected["Time [s]"])
    for name in ("Time [s]", "Voltage [V]", "Mean stoichiometry"):
        assert np.allclose(found[name], expected[name], rtol=1e-8, atol=0.0)


def made(directory: Path) -> schema.Case:
    """A composite that is charged and discharged, with fields in between."""
    protocol = ["Charge at 1C for 3 minutes", "Discharge at 1C for 2 minutes", "Rest for 10 s"]
    case = write_case(directory, protocol=protocol, output={"field_interval": "1 min"})
    return Case.load(case).data
