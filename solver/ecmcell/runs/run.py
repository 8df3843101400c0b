"""From a case to a run directory, one time step after the other."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mpi4py import MPI

from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.columns.run import TIME
from ecmcell.errors import EcmcellError, Interrupted, SolverError
from ecmcell.microstructure import MeshData, check_source, mesh_ahead, mesh_of
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.step_size import StepTooSmall
from ecmcell.output.checkpoints import Checkpoints
from ecmcell.output.progress import announced
from ecmcell.output.state_file import StateReader
from ecmcell.parallel import kept_on_root, on_root
from ecmcell.processes.user_functions import NO_FUNCTIONS, UserFunctions
from ecmcell.runs.interruption import Interruption
from ecmcell.runs.keeping import check_functions, check_matches, fields_of, made_by, recall
from ecmcell.runs.matching import match, match_cell
from ecmcell.runs.run_writer import RunWriter
from ecmcell.simulation import checkpoint
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from ecmcell.simulation.step_statistics import StepStatistics
from ecmcell.simulation.time_stepper import AcceptedStep


class Runner:
    """A case on its way through its protocol, written to a run directory as it goes.

    It begins with `initialise`, `resume` or `begin_from`. Whoever makes one holds the directory;
    every call is collective. What fails is noted in the summary, and everything up to then is kept.

    Args:
        case: What to run.
        directory: Run directory.
        comm: All ranks.
        functions: What stands in the place of numbers of the case.
        noted: What else the provenance is to have.
        interruption: What may stop it before its end.

    Attributes:
        cell: The cell, at the last accepted time step.
        at_end: Whether the protocol has come to its end.
        is_open: Whether the summary is still to be written.

    Raises:
        InputError: If the mesh cannot be made as asked.
    """

    def __init__(
        self,
        case: Case,
        directory: Path,
        comm: MPI.Comm,
        functions: UserFunctions = NO_FUNCTIONS,
        noted: Mapping[str, object] = MappingProxyType({}),
        interruption: Interruption | None = None,
    ):
        self._began = time.perf_counter()
        with announced(f"{case.title}: making the mesh", comm.rank):
            self._mesh = kept_on_root(comm, _mesh_of_cell, case)
        with announced(f"{case.title}: building the cell and compiling its forms", comm.rank):
            self.cell = Cell(case, self._mesh, comm, functions)
        self.at_end, self.is_open = False, True
        self._directory, self._noted = directory, noted
        self._interruption = interruption or Interruption(comm)
        self.cell.between_passes = self._interruption.check
        self._checkpoints = Checkpoints(directory, comm)
        self._steps: Iterator[AcceptedStep] | None = None

    @property
    def row(self) -> Mapping[str, float | int]:
        """The last row of the series."""
        return self._writer.row

    # How it begins

    def initialise(self) -> None:
        """Bring the cell to rest under the pressure of the stack.

        Raises:
            InputError: If the directory cannot be written.
            Interrupted: If it was asked to stop.
            SolverError: If the solver found no state of rest.
        """
        self._write_anew(self._noted)
        with self._failure_noted():
            try:
                with announced("finding the state of rest", self.cell.domain.comm.rank):
                    work, fixed_point_iterations = self.cell.initialise()
            except NotConverged as failure:
                raise SolverError(
                    f"the solver found no state of rest to start from: {failure}"
                ) from None
            self._writer.step(AcceptedStep(0.0, work, fixed_point_iterations))
            self._writer.fields("start")
        self._begin()

    def resume(self) -> None:
        """Go on from the last checkpoint in the directory.

        Raises:
            InputError: If there is none, or it is not one of this case.
        """
        on_root(self.cell.domain.comm, check_functions, self._directory, self._noted)
        reader = self._read(self._checkpoints)
        memory = reader.notes["writer"]
        self._writer = RunWriter(self.cell, self._directory, self._began, memory)
        recall(self.cell, reader)
        self._begin()
        self._driver.recall(reader.notes["driver"], reader.values)

    def begin_from(self, directory: Path) -> None:
        """Begin the protocol at the last checkpoint of another run; times count on from there.

        Args:
            directory: The other run.

        Raises:
            InputError: If it has none, or it is not one of this cell.
        """
        reader = self._read(Checkpoints(directory, self.cell.domain.comm))
        time_then = reader.notes["writer"]["row"][TIME.header]
        began = {"run": str(directory.resolve()), TIME.header: time_then}
        self._write_anew({**self._noted, "begins from": began})
        recall(self.cell, reader)
        position = self.cell.state.accumulators
        position["protocol_step"], position["step_time"] = 0, 0.0
        self._writer.step(AcceptedStep(0.0, StepStatistics(), 0))
        self._writer.fields("start")
        self._begin()

    def _write_anew(self, noted: Mapping[str, object]) -> None:
        self._writer = RunWriter(self.cell, self._directory, self._began)
        self._writer.begin(self._mesh, noted)

    def _read(self, checkpoints: Checkpoints) -> StateReader:
        """The last checkpoint, if it fits the mesh."""
        reader = checkpoints.last()
        on_root(self.cell.domain.comm, check_matches, reader, self._mesh)
        return reader

    def _begin(self) -> None:
        self._driver = ProtocolDriver(self.cell, self._writer)
        self._steps = self._driver.steps()
        self._keep_time()

    # How it goes on

    def step(self) -> bool:
        """Take one time step; whether there was one left to take.

        Raises:
            Interrupted: If it was asked to stop; a checkpoint is kept.
            SolverError: If the solver gave up.
        """
        began = time.monotonic()
        with self._failure_noted():
            self._interruption.check_step()
            self.at_end = next(needed(self._steps), None) is None
        self._interruption.took_step(time.monotonic() - began)
        self._step_count += 1
        if self._is_due():
            self.checkpoint()
        return not self.at_end

    def run(self) -> None:
        """Take all steps that are left, and close.

        Raises:
            Interrupted: If it was asked to stop; a checkpoint is kept.
            SolverError: If the solver gave up.
        """
        while self.step():
            pass
        self.close("done", "")

    def checkpoint(self) -> None:
        """Write down what another run goes on from.

        Raises:
            OSError: If it could not be written; the one before is kept.
        """
        began = time.monotonic()
        notes = {
            "writer": self._writer.memory(),
            "driver": self._driver.memory(),
            "made by": self._origin,
        }
        kept = {**fields_of(self.cell), **self._driver.kept_fields()}
        self._checkpoints.write(kept, checkpoint.numbers(self.cell), notes)
        self._interruption.checkpoint = time.monotonic() - began
        self._keep_time()

    @cached_property
    def _origin(self) -> dict[str, Any]:
        """What its checkpoints are of, found once."""
        return made_by(self._mesh)

    def _is_due(self) -> bool:
        """Whether another protocol step has begun or ended, or steps or the clock say so."""
        asked, number = self.cell.case.output, self.cell.state.accumulators["protocol_step"]
        if number != self._kept_in or self._step_count == asked.checkpoint_steps:
            return True
        late = time.monotonic() - self._kept_at > asked.checkpoint_interval
        return self.cell.domain.comm.bcast(late)

    def _keep_time(self) -> None:
        self._kept_at, self._step_count = time.monotonic(), 0
        self._kept_in = self.cell.state.accumulators["protocol_step"]

    def close(self, status: str, reason: str) -> None:
        """Write the summary, and the fields of the state at which it was stopped.

        Args:
            status: `done`, `stopped`, `interrupted` or `gave up`.
            reason: Why not done.
        """
        self.is_open = False
        if status == "stopped":
            self._writer.fields("stopped")
        self._writer.close(status, reason)

    @contextmanager
    def _failure_noted(self) -> Iterator[None]:
        try:
            yield
        except Interrupted as error:
            raise Interrupted(self._interrupted(str(error))) from None
        except (EcmcellError, NotConverged, StepTooSmall) as error:
            self.close("gave up", str(error))
            if isinstance(error, EcmcellError):
                raise
            raise SolverError(f"the solver gave up: {error}") from None

    def _interrupted(self, why: str) -> str:
        """Keep a checkpoint and the summary; why and where it was interrupted, and what to do."""
        if self._steps is None:
            self.close("interrupted", f"{why} before its first time step")
            return f"{self._directory}: {why} before its first time step. Run it again."
        self.checkpoint()
        position = self.cell.state.accumulators
        number, count = int(position["protocol_step"]) + 1, len(self.cell.case.protocol)
        where = f"{why} at {position['time']:.6g} s, in step {number} of {count} of the protocol"
        self.close("interrupted", where)
        remedy = f"Go on with: ecmcell resume {self._directory}"
        return f"{self._directory}: {where}. {remedy}"


def make_mesh(case: Case, comm: MPI.Comm) -> MeshData | None:
    """The mesh of a case on rank 0, None on the others; an error reaches all of them."""
    return kept_on_root(comm, _matching_mesh, case)


def _mesh_of_cell(case: Case) -> MeshData:
    mesh_ahead(case)
    mesh = _asked_mesh(case)
    match_cell(case, mesh)
    return mesh


def _matching_mesh(case: Case) -> MeshData:
    mesh = _asked_mesh(case)
    match(case, mesh)
    return mesh


def _asked_mesh(case: Case) -> MeshData:
    check_source(case)
    return mesh_of(case)
