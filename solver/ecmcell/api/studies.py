"""Studies: the variations of a case, each a run of its own."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mpi4py import MPI

from ecmcell.api.case import Case
from ecmcell.api.run import Run
from ecmcell.microstructure import check_source
from ecmcell.output import StoredRun
from ecmcell.output_paths import check_apart, check_writable
from ecmcell.parallel import on_root
from ecmcell.report import write_comparison, write_study
from ecmcell.runs.interruption import Interruption
from ecmcell.study import Plan, Variation, due, read_plan
from ecmcell.study.execute import execute
from ecmcell.study.presentation import content_of, responses_of
from ecmcell.study.results import index_frame, mean_frame, study_frame
from ecmcell.study.scheduler import run_workflow, unfinished
from ecmcell.study.state import told
from ecmcell.study.tables import cycle_frame, write_tables
from ecmcell.study.workflow import Jobs

if TYPE_CHECKING:
    import pandas as pd

_MOST_COMPARED = 24  # runs whose curves can be told apart


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
    def variations(self) -> "pd.DataFrame":
        """What each variation chooses of all that is varied; the index is its name."""
        import pandas as pd

        rows = [{"Variation": v.name, **v.choices} for v in self.plan.variations]
        return pd.DataFrame(rows).set_index("Variation")

    def states(self, output: Path | str | None = None) -> "pd.DataFrame":
        """`variations` with what there is of the run of each; to be called on one rank.

        Args:
            output: Directory of all results, as for `run_study`.

        Returns:
            Its last column, `Run`, is `not run`, `done`, or in words what else is there.
        """
        import pandas as pd

        directory = self.directory(output)
        found = {v.name: told(directory / v.name, v.case) for v in self.plan.variations}
        return self.variations.assign(Run=pd.Series(found, dtype=object))

    def results(self, output: Path | str | None = None) -> "StudyResult":
        """What there is of its runs, without running any; to be called on one rank.

        Args:
            output: Directory of all results, as for `run_study`.
        """
        return StudyResult(self, self.directory(output))

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
    def table(self) -> "pd.DataFrame":
        """A row for each variation: what it chooses, how it ended, why, and its numbers.

        What is varied stands in columns with units, as numbers where it can. `status` is `done`,
        `failed`, `interrupted` or `missing`. What a run has not is NaN.
        """
        return study_frame(self.study.plan, self.directory)

    @property
    def means(self) -> "pd.DataFrame":
        """A row for each point: means and standard deviations over its replicas that are done."""
        return mean_frame(self.study.plan, self.table)

    def indices(self, *responses: str) -> "pd.DataFrame":
        """First-order and total Sobol' indices with 95 % confidence intervals.

        Args:
            responses: Columns of `table`; those of the page if none is given.

        Returns:
            A row for each response and factor; empty where the points are not Saltelli's.

        Raises:
            InputError: If the study names a response that is no column.
        """
        plan, table = self.study.plan, self.table
        return index_frame(plan, table, list(responses) or responses_of(plan, table))

    @property
    def unfinished(self) -> Mapping[str, str]:
        """Why each run that is not done is not, as far as that is known, by its name."""
        return unfinished(self.study.plan, self.directory)

    def write(self) -> tuple[Path, ...]:
        """Write the tables, a page of the study, and one that compares its runs if these are few.

        Returns:
            The paths of what was written.

        Raises:
            InputError: If the study names a response that is no column of the table.
        """
        plan, table = self.study.plan, self.table
        there = [(variation, StoredRun(place)) for variation, place in self._there()]
        means = self.means if plan.study.replicas else table.iloc[:0]
        written = write_tables(
            {"study": table, "study_means": means, "cycles": cycle_frame(there)}, self.directory
        )
        content = content_of(plan, table)
        written += write_tables({"indices": content.indices}, self.directory)
        written.append(write_study(content, self.directory / "study.html"))
        together = self.directory / "comparison.html"
        if 1 < len(there) <= _MOST_COMPARED:
            written.append(write_comparison([run.directory for _, run in there], together))
        else:
            together.unlink(missing_ok=True)
        return tuple(written)

    def _there(self) -> Iterator[tuple[Variation, Path]]:
        for variation in self.study.plan.variations:
            place = self.directory / variation.name
            if (place / "series.csv").is_file() and (place / "provenance.json").is_file():
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


def schedule_study(
    study: Study,
    jobs: Jobs,
    output: Path | str | None = None,
    only: Collection[str] = (),
    overwrite: bool = False,
) -> StudyResult:
    """Run the variations of a study that are not finished yet as jobs, with Snakemake.

    To be called on one rank. It returns when all jobs have ended; one that fails does not stop the
    others. The workflow stays in the directory of the results, for Snakemake without ecmcell.

    Args:
        study: What to run.
        jobs: How the runs become jobs.
        output: Directory of all results, as for `run_study`.
        only: Names of the variations to run; all if none is given.
        overwrite: Whether runs that ask something else may give way.

    Returns:
        All runs of it that there are.

    Raises:
        InputError: If there is no such variation, something is in the way, or Snakemake is missing.
    """
    directory = study.directory(output)
    left = _left(study.plan, directory, only, overwrite)
    chosen = study.plan.only(list(only))
    run_workflow(chosen, [v.name for v in left], directory, jobs, overwrite)
    return StudyResult(study, directory)


def _left(
    plan: Plan, directory: Path, names: Collection[str], overwrite: bool
) -> tuple[Variation, ...]:
    """The variations that are to run now; changes nothing."""
    chosen = plan.only(list(names))
    check_writable(directory, "--output")
    for variation in chosen.variations:
        check_apart(directory / variation.name, variation.case)
    return due(chosen, directory, overwrite)
