"""Studies: the variations of a case, each a run of its own."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from mpi4py import MPI

from ecmcell.api.case import Case
from ecmcell.api.run import Run
from ecmcell.microstructure import check_source
from ecmcell.output import StoredRun
from ecmcell.output_paths import check_apart, check_writable
from ecmcell.parallel import on_root
from ecmcell.report import write_comparison
from ecmcell.runs.interruption import Interruption
from ecmcell.study import Plan, Variation, due, read_plan, write_tables
from ecmcell.study.execute import execute
from ecmcell.study.state import told
from ecmcell.study.tables import head, numbers


class Study:
    """Variations of a case.

    Made by `read_study`.

    Attributes:
        plan: What it asks.
    """

    def __init__(self, plan: Plan):
        self.plan = plan

    @property
    def name(self) -> str:
        """Name of its case."""
        return self.plan.name

    @property
    def variations(self) -> pd.DataFrame:
        """What each variation chooses of all that is varied; the index is its name."""
        rows = [head(variation) for variation in self.plan.variations]
        return pd.DataFrame(rows).set_index("Variation")

    def states(self, output: Path | str | None = None) -> pd.DataFrame:
        """`variations` with what there is of the run of each; to be called on one rank.

        Args:
            output: Directory of all results, as for `run_study`.

        Returns:
            Its last column, `Run`, is `not run`, `done`, or in words what else is there.
        """
        directory = self.directory(output)
        found = {v.name: told(directory / v.name, v.case) for v in self.plan.variations}
        return self.variations.assign(Run=pd.Series(found, dtype=object))

    def directory(self, output: Path | str | None = None) -> Path:
        """Where its results go: the directory given, else `runs/<name of case>-study`."""
        return Path("runs") / f"{self.name}-study" if output is None else Path(output)

    @property
    def cases(self) -> Mapping[str, Case]:
        """The case of each variation, by its name."""
        return {variation.name: Case(variation.case) for variation in self.plan.variations}

    def __repr__(self) -> str:
        """Its case and how many variations it has."""
        return f"Study({self.name!r}, {len(self.plan.variations)} variations)"


@dataclass(frozen=True)
class StudyResult:
    """The runs of a study that there are.

    Attributes:
        study: What was asked.
        directory: Where they are, a directory each.
        gave_up: Names of those whose solver gave up.
    """

    study: Study
    directory: Path
    gave_up: tuple[str, ...] = ()

    @property
    def runs(self) -> Mapping[str, Run]:
        """Each run, by the name of its variation."""
        return {variation.name: Run(place) for variation, place in self._there()}

    @property
    def table(self) -> pd.DataFrame:
        """What was chosen and the numbers of the summary, a row each run."""
        rows = [head(v) | numbers(StoredRun(place).summary) for v, place in self._there()]
        return pd.DataFrame(rows).set_index("Variation")

    def write(self) -> tuple[Path, ...]:
        """Write `study.csv`, `cycles.csv` and a page that shows all of them together."""
        there = [(variation, StoredRun(place)) for variation, place in self._there()]
        written = write_tables(there, self.directory)
        if len(there) > 1:
            places = [run.directory for _, run in there]
            written.append(write_comparison(places, self.directory / "comparison.html"))
        return tuple(written)

    def _there(self) -> Iterator[tuple[Variation, Path]]:
        for variation in self.study.plan.variations:
            place = self.directory / variation.name
            if (place / "series.csv").is_file():
                yield variation, place


def read_study(directory: Path | str) -> Study:
    """The study that a `study.toml` beside a `case.toml` asks for.

    Args:
        directory: The directory, or the path of the `study.toml`.

    Raises:
        InputError: If anything in one of the cases cannot be done as asked.
    """
    plan = read_plan(Path(directory))
    for variation in plan.variations:
        check_source(variation.case)
    return Study(plan)


def run_study(
    study: Study,
    output: Path | str | None = None,
    only: Collection[str] = (),
    overwrite: bool = False,
    comm: MPI.Comm | None = None,
    wall_time: float | None = None,
) -> StudyResult:
    """Run the variations of a study that are not finished yet, each from where it was left.

    Collective. Signals stop it as they stop `Simulation.run`.

    Args:
        study: What to run.
        output: Directory of all results; `runs/<name of case>-study` if not given.
        only: Names of the variations to run; all if none is given.
        overwrite: Whether runs that ask something else may give way.
        comm: All ranks that take part; all there are if not given.
        wall_time: In which time from now to have ended, in s.

    Returns:
        All runs of it that there are. One whose solver gave up does not stop the others.

    Raises:
        Interrupted: If it was asked to stop; call it again to go on.
        InputError: If there is no such variation, or something is in the way.
    """
    comm = MPI.COMM_WORLD if comm is None else comm
    directory = study.directory(output)
    left = on_root(comm, _left, study.plan, directory, only, overwrite)
    with Interruption(comm, wall_time) as interruption:
        gave_up = execute(left, directory, overwrite, comm, interruption)
    return StudyResult(study, directory, tuple(gave_up))


def _left(
    plan: Plan, directory: Path, names: Collection[str], overwrite: bool
) -> tuple[Variation, ...]:
    """The variations that are to run now; changes nothing."""
    chosen = plan.only(list(names))
    check_writable(directory, "--output")
    for variation in chosen.variations:
        check_apart(directory / variation.name, variation.case)
    return due(chosen, directory, overwrite)
