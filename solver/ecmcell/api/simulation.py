"""A case run from Python: at once, or one time step after the other."""

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Self

from mpi4py import MPI

from ecmcell.api.case import Case
from ecmcell.api.run import Run, Scratch
from ecmcell.api.source import told
from ecmcell.api.user_functions import with_functions
from ecmcell.errors import InputError
from ecmcell.output.lock import held
from ecmcell.output_paths import check_free
from ecmcell.parallel import kept_on_root, on_root
from ecmcell.processes.user_functions import Function, UserFunctions
from ecmcell.runs.existing import State, state_of
from ecmcell.runs.interruption import Interruption
from ecmcell.runs.run import Runner


class Simulation:
    """A case on its way through its protocol; every call is collective.

    Args:
        case: What to simulate.
        comm: All ranks that take part; all there are if not given.
        functions: Laws that stand in the place of numbers of the case, by its keys. Each takes what
            it needs by the names of its parameters, in SI units:

            - `phases.NAME.open_circuit_voltage`, V, of `stoichiometry` (an array); it is read into
              a table of 201 points, which the run keeps in its case.
            - `phases.NAME.ionic_conductivity` and `electronic_conductivity`, S/m, and
              `diffusivity`, m2/s, of `temperature`, K.
            - `interfaces.'A|B'.exchange_current_density`, A/m2, of `stoichiometry`, `temperature`
              and `reference`, that of the case: in UFL, as it goes into the equations.
            - `boundaries.anode.exchange_current_density`, A/m2, of `temperature`.

    Raises:
        InputError: If a function stands where none can, or needs what is not known there.

    Example:
        >>> run = Simulation(Case.load("cases/thin_film_control")).run()
        >>> run.series.plot(x="Discharge capacity [mA.h.g-1]", y="Voltage [V]")

        One time step after the other, without a protocol to its end:

        >>> with Simulation(case) as simulation:
        ...     simulation.initialise()
        ...     while simulation.step() and simulation.row["Voltage [V]"] < 4.1:
        ...         pass
        >>> simulation.result.series
    """

    def __init__(
        self,
        case: Case,
        comm: MPI.Comm | None = None,
        functions: Mapping[str, Function] = MappingProxyType({}),
    ):
        self._functions = UserFunctions(functions)
        self.case = Case(with_functions(case.data, self._functions))
        self.comm = MPI.COMM_WORLD if comm is None else comm
        self._runner: Runner | None = None
        self._result: Run | None = None
        self._interruption = Interruption(self.comm)
        self._held = ExitStack()
        self._reason = ""
        weakref.finalize(self, self._held.close)

    def initialise(
        self,
        output: Path | str | None = None,
        overwrite: bool = False,
        start: Path | str | None = None,
    ) -> None:
        """Make the mesh, and bring the cell to rest under the pressure of the stack.

        Args:
            output: Run directory, on a disk that all ranks see. Without one, results are in a
                temporary directory that lives as long as the `Run`.
            overwrite: Whether an earlier run in it gives way.
            start: Directory of another run of the same cell; the protocol begins at its last
                checkpoint in the place of rest.

        Raises:
            InputError: If the mesh cannot be made as asked, the directory cannot be written or
                holds something else, or the protocol cannot begin there.
            Interrupted: If it was asked to stop.
            RuntimeError: If it was called before.
            SolverError: If there is no state of rest.
        """
        with self._made(output, (), partial(self._check_free, overwrite)) as runner:
            if start is None:
                runner.initialise()
            else:
                runner.begin_from(Path(start))

    def resume(self, output: Path | str) -> None:
        """Make the mesh, and go on from the last checkpoint of a run, on any number of ranks.

        Args:
            output: Directory of a run of the same case that has not come to its end.

        Raises:
            InputError: If there is no such run, or it has no checkpoint.
            RuntimeError: If the simulation has begun before.
        """
        with self._made(output, (), self._check_unfinished) as runner:
            runner.resume()

    def step(self) -> bool:
        """Take one time step of the protocol, and close behind the last.

        Returns:
            Whether there was one left to take.

        Raises:
            Interrupted: If it was asked to stop; a checkpoint is kept.
            RuntimeError: If the cell was not initialised.
            SolverError: If the solver gave up; everything up to then is kept.
        """
        runner = self._begun
        with self._released_if_it_fails():
            taken = not self._reason and runner.step()
        if not taken:
            self.close()
        return taken

    def run(
        self,
        callbacks: Iterable[Callable[["Simulation"], object]] = (),
        output: Path | str | None = None,
        overwrite: bool = False,
        restart: bool = False,
        wall_time: float | None = None,
    ) -> Run:
        """Take all steps that are left.

        SIGTERM, SIGUSR1 and a first SIGINT on any rank stop it behind the present pass over all
        equations, with a checkpoint; a second SIGINT ends it at once.

        Args:
            callbacks: Are called with this simulation behind every accepted time step, on every
                rank; they may look at `row` and `cell`, and call `stop`. What they are is kept in
                the provenance of the run.
            output: As for `initialise`, which is called if it was not yet.
            overwrite: As for `initialise`.
            restart: Whether a run of the same case in the directory goes on where it was left, as
                with `resume`; one that is done is left as it is, unless it is overwritten.
            wall_time: In which time from now to have ended, in s: it stops with a checkpoint.

        Returns:
            What came out.

        Raises:
            InputError: As `initialise`.
            Interrupted: If it was asked to stop; a checkpoint is kept.
            SolverError: If the solver gave up; everything up to then is kept in `result`.
        """
        callbacks = tuple(callbacks)
        if self._runner is not None and output is not None:
            raise RuntimeError("the output is given where the simulation begins: at initialise()")
        self._interruption.end_within(wall_time)
        with self._interruption:
            if self._runner is None and self._begin(output, overwrite, restart, callbacks):
                return self.result
            while self.step():
                with self._released_if_it_fails():
                    for callback in callbacks:
                        callback(self)
        return self.result

    def stop(self, reason: str) -> None:
        """Take no further steps; the summary tells why."""
        self._reason = reason

    def close(self) -> None:
        """Write the summary; a protocol that is not at its end was stopped."""
        if self._runner is not None and self._runner.is_open:
            at_end = self._runner.at_end
            reason = "" if at_end else self._reason or "closed before the end of the protocol"
            with self._released_if_it_fails():
                self._runner.close("done" if at_end else "stopped", reason)
        self._held.close()

    @property
    def row(self) -> Mapping[str, float | int]:
        """The columns of `series.csv` at the last accepted time step."""
        return self._begun.row

    @property
    def result(self) -> Run:
        """What came out so far.

        Raises:
            RuntimeError: If the cell was not initialised.
        """
        if self._result is None:
            raise RuntimeError("nothing has come out: call initialise() or run() first")
        return self._result

    @property
    def _begun(self) -> Runner:
        if self._runner is None:
            raise RuntimeError("the cell is not there yet: call initialise() first")
        return self._runner

    def _begin(
        self,
        output: Path | str | None,
        overwrite: bool,
        restart: bool,
        callbacks: tuple[Callable[["Simulation"], object], ...],
    ) -> bool:
        """Begin, or go on with what is there; whether it was done already."""
        found = State.EMPTY
        if restart and output is not None:
            found = on_root(self.comm, state_of, Path(output), self.case.data)
        if found is State.DONE and not overwrite:
            self._result = Run(Path(output or ""))
            return True
        if found is State.OTHER and not overwrite:
            remedy = "Give another directory, or let the run give way: --overwrite."
            raise InputError(output, "", f"it holds {found.value}", remedy)
        if found is State.UNFINISHED:
            with self._made(output, callbacks, self._check_unfinished) as runner:
                runner.resume()
            return False
        gives_way = overwrite or found is State.BROKEN
        with self._made(output, callbacks, partial(self._check_free, gives_way)) as runner:
            runner.initialise()
        return False

    @contextmanager
    def _made(
        self,
        output: Path | str | None,
        callbacks: tuple[Callable[["Simulation"], object], ...],
        check: Callable[[Path], None],
    ) -> Iterator[Runner]:
        """Hold a directory, check it on rank 0, make what runs the case there, and let it begin."""
        if self._runner is not None:
            raise RuntimeError("a simulation begins once: make another Simulation")
        scratch = kept_on_root(self.comm, Scratch) if output is None else None
        directory = Path(self.comm.bcast(output if scratch is None else scratch.path))
        noted = {
            "functions": {key: told(function) for key, function in self._functions},
            "callbacks": [told(callback) for callback in callbacks],
        }
        self._held.enter_context(held(directory, self.comm))
        with self._released_if_it_fails():
            on_root(self.comm, check, directory)
            self._runner = Runner(
                self.case.data,
                directory,
                self.comm,
                self._functions,
                {key: value for key, value in noted.items() if value},
                self._interruption,
            )
            self._result = Run(directory, scratch)
            yield self._runner

    def _check_free(self, overwrite: bool, directory: Path) -> None:
        """Whether a directory is free for the case."""
        check_free(directory, overwrite, self.case.data)

    def _check_unfinished(self, directory: Path) -> None:
        """Whether a directory has a run of the case that can go on."""
        found = state_of(directory, self.case.data)
        if found is not State.UNFINISHED:
            remedy = "Give the directory of an interrupted run of this case."
            raise InputError(directory, "", f"it holds {found.value}", remedy)

    @contextmanager
    def _released_if_it_fails(self) -> Iterator[None]:
        """Others may write to the directory once nothing more comes from here."""
        try:
            yield
        except BaseException as error:
            self._held.__exit__(type(error), error, error.__traceback__)
            raise

    def __enter__(self) -> Self:
        """The simulation; it is closed behind the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()
