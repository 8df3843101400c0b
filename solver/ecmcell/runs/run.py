"""From a case to a run directory, one time step after the other."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from mpi4py import MPI

from ecmcell.case.schema import Case
from ecmcell.errors import EcmcellError, SolverError
from ecmcell.microstructure import MeshData, check_source, mesh_ahead, mesh_of
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.step_size import StepTooSmall
from ecmcell.output.checkpoints import Checkpoints
from ecmcell.output.progress import announced
from ecmcell.output.state_file import StateReader
from ecmcell.parallel import kept_on_root
from ecmcell.processes.user_functions import NO_FUNCTIONS, UserFunctions
from ecmcell.runs.matching import match, match_cell
from ecmcell.runs.run_writer import RunWriter
from ecmcell.simulation import checkpoint
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import AcceptedStep, ProtocolDriver


class Runner:
    """A case on its way through its protocol, written to a run directory as it goes.

    Whoever makes one holds the directory; every call is collective. What fails is noted in the
    summary, and everything up to then is kept.

    Args:
        case: What to run.
        directory: Run directory.
        comm: All ranks.
        functions: What stands in the place of numbers of the case.
        noted: What else the provenance is to have.
        goes_on: Whether to go on from the last checkpoint in the directory.

    Attributes:
        cell: The cell, at the last accepted time step.
        at_end: Whether the protocol has come to its end.
        is_open: Whether the summary is still to be written.

    Raises:
        InputError: If the mesh cannot be made as asked, or the directory cannot be written.
    """

    def __init__(
        self,
        case: Case,
        directory: Path,
        comm: MPI.Comm,
        functions: UserFunctions = NO_FUNCTIONS,
        noted: Mapping[str, object] = MappingProxyType({}),
        goes_on: bool = False,
    ):
        began = time.perf_counter()
        with announced(f"{case.title}: making the mesh", comm.rank):
            mesh = kept_on_root(comm, _mesh_of_cell, case)
        with announced(f"{case.title}: building the cell and compiling its forms", comm.rank):
            self.cell = Cell(case, mesh, comm, functions)
        self.at_end, self.is_open = False, True
        self._steps: Iterator[AcceptedStep] = iter(())
        self._checkpoints = Checkpoints(directory, comm)
        reader = self._checkpoints.last() if goes_on else None
        memory = None if reader is None else reader.notes["writer"]
        self._writer = RunWriter(self.cell, mesh, directory, began, noted, memory)
        if reader is not None:
            self._recall(reader)

    @property
    def row(self) -> Mapping[str, float | int]:
        """The last row of the series."""
        return self._writer.row

    def initialise(self) -> None:
        """Bring the cell to rest under the pressure of the stack.

        Raises:
            SolverError: If the solver found no state of rest.
        """
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

    def _begin(self) -> None:
        self._driver = ProtocolDriver(self.cell, self._writer)
        self._steps = self._driver.steps()
        self._keep_time()

    def _is_due(self) -> bool:
        """Whether another protocol step has begun or ended, or the clock says so."""
        number = self.cell.state.accumulators["protocol_step"]
        late = time.monotonic() - self._kept_at > self.cell.case.output.checkpoint_interval
        return number != self._kept_in or self.cell.domain.comm.bcast(late)

    def checkpoint(self) -> None:
        """Write down what another run goes on from.

        Raises:
            OSError: If it could not be written.
        """
        fields = {n: (f.function_space, f.x.array) for n, f in checkpoint.fields(self.cell).items()}
        notes = {"writer": self._writer.memory(), "driver": self._driver.memory()}
        kept = fields | self._driver.kept_fields()
        self._checkpoints.write(kept, checkpoint.numbers(self.cell), notes)
        self._keep_time()

    def _keep_time(self) -> None:
        self._kept_at = time.monotonic()
        self._kept_in = self.cell.state.accumulators["protocol_step"]

    def _recall(self, reader: StateReader) -> None:
        kept = checkpoint.fields(self.cell).items()
        values = {name: reader.values(name, f.function_space) for name, f in kept}
        checkpoint.recall(self.cell, {**reader.numbers, **values})
        self._begin()
        self._driver.recall(reader.notes["driver"], reader.values)

    def step(self) -> bool:
        """Take one time step; whether there was one left to take.

        Raises:
            SolverError: If the solver gave up.
        """
        with self._failure_noted():
            self.at_end = next(self._steps, None) is None
        if self._is_due():
            self.checkpoint()
        return not self.at_end

    def run(self) -> None:
        """Take all steps from the first to the last, and close.

        Raises:
            SolverError: If the solver gave up.
        """
        self.initialise()
        while self.step():
            pass
        self.close("done", "")

    def close(self, status: str, reason: str) -> None:
        """Write the summary, and the fields of the state at which it was stopped.

        Args:
            status: `done`, `stopped` or `gave up`.
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
        except (EcmcellError, NotConverged, StepTooSmall) as error:
            self.close("gave up", str(error))
            if isinstance(error, EcmcellError):
                raise
            raise SolverError(f"the solver gave up: {error}") from None


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
