"""Runs a case at one current density after the other until the critical one is bracketed."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from mpi4py import MPI

from ecmcell.errors import NotFoundError, SolverError
from ecmcell.output import StoredRun
from ecmcell.output.text_files import replace_text, write_json
from ecmcell.output_paths import check_apart
from ecmcell.parallel import on_root
from ecmcell.runs.interruption import Interruption
from ecmcell.study.bracket import Bracket, Search, bracket
from ecmcell.study.critical import Outcome, Question, outcome
from ecmcell.study.execute import execute
from ecmcell.study.plan import Variation

TABLE, SUMMARY, STUDY = "ccd.csv", "ccd.json", "ccd_study.csv"


class CriticalCurrent:
    """The search for the critical current of a case; every call is collective.

    Runs that are finished are left as they are, and one that was stopped goes on.

    Args:
        asked: Whose.
        search: Where to look, in mA/cm2.
        directory: Where the run directories, `ccd.csv` and `ccd.json` go.
        overwrite: Whether runs that ask something else may give way.
        comm: All ranks.
        interruption: What may stop it before its end.
    """

    def __init__(
        self,
        asked: Question,
        search: Search,
        directory: Path,
        overwrite: bool,
        comm: MPI.Comm,
        interruption: Interruption | None = None,
    ):
        self._asked, self._search, self._comm = asked, search, comm
        self._directory, self._overwrite = directory, overwrite
        self._interruption = interruption
        self._outcomes: list[Outcome] = []

    def find(self) -> Bracket:
        """Bracket it.

        Raises:
            Interrupted: If it was asked to stop.
            SolverError: If the solver gave up before what is looked for began.
        """
        found = bracket(self._fails, self._search)
        on_root(self._comm, self._conclude, found)
        return found

    def _fails(self, current: float) -> bool:
        variation = on_root(self._comm, self._prepare, current)
        execute([variation], self._directory, self._overwrite, self._comm, self._interruption)
        found, gave_up = on_root(self._comm, self._read, variation, current)
        self._outcomes.append(found)
        on_root(self._comm, self._write)
        if gave_up and not found.fails:
            before = f"before {self._asked.failure.name} began"
            raise SolverError(f"the solver gave up in {variation.name} {before}")
        return found.fails

    def _prepare(self, current: float) -> Variation:
        variation = self._asked.variation(current)
        check_apart(self._directory / variation.name, variation.case)
        return variation

    def _read(self, variation: Variation, current: float) -> tuple[Outcome, bool]:
        run = StoredRun(self._directory / variation.name)
        gave_up = run.summary.get("status") != "done"
        return outcome(run, current, self._asked.failure), gave_up

    def _write(self) -> None:
        by_current = sorted(self._outcomes, key=lambda found: found.current)
        _write_table(self._directory / TABLE, [found.row() for found in by_current])

    def _conclude(self, found: Bracket) -> None:
        asked = self._asked
        content = {
            "title": asked.case.title,
            "failure": asked.failure.name,
            **bracket_row(asked, found),
            **asked.failure.told(),
            "runs": len(self._outcomes),
        }
        write_json(self._directory / SUMMARY, content)


def bracket_row(asked: Question, found: Bracket) -> dict[str, object]:
    """A bracket by names with units, beside what the closed form expects."""
    name = asked.failure.name
    return {
        f"Maximum without {name} [mA.cm-2]": found.safe,
        f"Minimum with {name} [mA.cm-2]": found.critical,
        "Critical current density [mA.cm-2]": found.middle,
        "Closed form [mA.cm-2]": asked.closed_form,
    }


def write_study(found: Sequence[tuple[Question, Bracket]], directory: Path) -> Path:
    """Write `ccd_study.csv`, a line for each variation of a case; returns its path."""
    rows = [
        {"Variation": asked.asked.name, **asked.asked.choices, **bracket_row(asked, ends)}
        for asked, ends in found
    ]
    _write_table(directory / STUDY, rows)
    return directory / STUDY


def check_found(asked: Question, found: Bracket) -> None:
    """Complain where a failure begins at all currents that were tried, or at none.

    Args:
        asked: What was looked for.
        found: What was found.

    Raises:
        NotFoundError: If so.
    """
    name, failure = asked.asked.name, asked.failure.name
    if found.critical is None:
        told = f"no {failure} up to {found.safe:g} mA/cm2: raise --max-current, or --runs"
        raise NotFoundError(f"{name}: {told}")
    if found.safe is None:
        told = f"{failure} down to {found.critical:g} mA/cm2: lower --min-current, or raise --runs"
        raise NotFoundError(f"{name}: {told}")


def _write_table(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    replace_text(path, text.getvalue())
