"""Several runs on one page."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ecmcell.errors import InputError
from ecmcell.output import StoredRun
from ecmcell.report.comparison.differences import ABSENT, differences
from ecmcell.report.comparison.figures import (
    Member,
    colours,
    contact_overlay,
    cycle_overlay,
    effort_bars,
    loss_bars,
    mean_over,
    voltage_overlay,
)
from ecmcell.report.drawing.labels import in_words, number
from ecmcell.report.inputs import asked_of
from ecmcell.report.page import Section, light_page
from ecmcell.report.sections.curves import VOLTAGE
from ecmcell.report.sections.half_cycles import TIME, branches
from ecmcell.report.sections.losses import loss_columns
from ecmcell.report.sections.tables import Table, case_title, date, highlights, key_values

_LONGEST_LABEL = 24


def read_members(directories: Sequence[Path]) -> tuple[list[Member], dict[str, tuple[str, ...]]]:
    """The runs in some directories, and what differs between their cases.

    Raises:
        InputError: If one of them is no run, was given twice or has no time step.
    """
    runs = [StoredRun(directory) for directory in directories]
    places = [run.directory.resolve() for run in runs]
    for k, run in enumerate(runs):
        if places[k] in places[:k]:
            raise InputError(run.directory, "", "given twice", "Give each run once.")
        _check_series(run)
    differing = differences([asked_of(run) for run in runs]) | _other_meshes(runs)
    names = short_names(places)
    labels = _values_of_the_only(differing) or names
    members = [
        Member(k + 1, name, label, colour, run)
        for k, (name, label, colour, run) in enumerate(
            zip(names, labels, colours(len(runs)), runs, strict=True)
        )
    ]
    return members, differing


def comparison_sections(
    members: Sequence[Member], differing: dict[str, tuple[str, ...]]
) -> list[Section]:
    """The figures of the page."""
    meaning = in_words(next(iter(differing))) if _values_of_the_only(differing) else ""
    contact = contact_overlay(members, meaning)
    cycles = cycle_overlay(members, meaning)
    losses = (loss_bars(members, meaning), loss_columns({m.label: m.run.series for m in members}))
    return [
        Section("voltage", "Voltage", [voltage_overlay(members, meaning)], ""),
        Section(
            "contact",
            "Contact, hotspots and pressure",
            [contact] if contact else [],
            "No run has interfaces that react or mechanics.",
        ),
        *([Section("cycles", "Cycles", [cycles], "")] if cycles else []),
        Section(
            "losses",
            "Losses",
            [plate for plate in losses if plate is not None],
            "No run has losses over a capacity.",
        ),
        Section("effort", "Solver effort", [effort_bars(members, meaning)], ""),
    ]


def comparison_text(
    members: Sequence[Member],
    differing: dict[str, tuple[str, ...]],
    sections: Sequence[Section],
) -> str:
    """The page as text."""
    titles = list(dict.fromkeys(case_title(m.run) for m in members))
    heads = ("", *(m.name for m in members))
    return light_page(
        "comparison.html.j2",
        sections,
        title=titles[0] if len(titles) == 1 else "Comparison of runs",
        count=len(members),
        failures=[
            (m.name, m.run.summary["reason"]) for m in members if m.run.summary.get("reason")
        ],
        runs=_runs(members),
        differences=Table("", heads, tuple((key, *values) for key, values in differing.items())),
        results=Table("", heads, tuple(_results(members))),
        missing=_missing(members),
    )


def short_names(places: Sequence[Path]) -> list[str]:
    """The last parts of every path, as many as tell them all apart."""
    longest = max(len(place.parts) for place in places)
    for count in range(1, longest + 1):
        names = [os.path.join(*place.parts[-count:]) for place in places]
        if len(set(names)) == len(names):
            return names
    return [str(place) for place in places]


def _check_series(run: StoredRun) -> None:
    """A run that can be compared has voltages at times."""
    path, remedy = run.directory / "series.csv", "Leave this run out."
    for name in (TIME, VOLTAGE):
        column = run.series.get(name)
        if column is None or not len(column):
            raise InputError(path, "", "there is no time step in it", remedy)
        if column.dtype.kind != "f":
            raise InputError(path, name, "it holds what is no number", remedy)


def _other_meshes(runs: Sequence[StoredRun]) -> dict[str, tuple[str, ...]]:
    """Hashes of the meshes where the cases do not say why these differ: files of one name."""
    meshes = [run.provenance.get("mesh") for run in runs]
    hashes = tuple(str(m.get("sha256", ""))[:9] if isinstance(m, dict) else "" for m in meshes)
    asked = [asked_of(run).get("mesh") for run in runs]
    same = all(entry == asked[0] for entry in asked)
    return {"mesh": hashes} if same and all(hashes) and len(set(hashes)) > 1 else {}


def _values_of_the_only(differing: dict[str, tuple[str, ...]]) -> list[str]:
    """The values of the only key that differs, if each names a run by itself; else nothing."""
    if len(differing) != 1:
        return []
    (values,) = differing.values()
    named = len(set(values)) == len(values) and ABSENT not in values
    return list(values) if named and max(map(len, values)) <= _LONGEST_LABEL else []


def _runs(members: Sequence[Member]) -> Table:
    rows = (
        (
            m.name,
            case_title(m.run),
            str(m.run.summary.get("status", "not ended")),
            date(m.run),
            _code(m.run),
        )
        for m in members
    )
    return Table("", ("Run", "Case", "Status", "Date", "Code"), tuple(rows))


def _code(run: StoredRun) -> str:
    """Commit of the program, and whether it was changed since; else its hash."""
    git = run.provenance.get("git")
    if not isinstance(git, dict):
        return str(run.provenance.get("source") or ABSENT)[:9]
    return f"{str(git.get('commit', ''))[:9]}{', changed' if git.get('changed') else ''}"


def _results(members: Sequence[Member]) -> Iterator[tuple[str, ...]]:
    """Rows of what came out, then of what it is about and what it took."""
    columns = [
        dict(_cycle(m.run)) | dict(highlights(m.run.summary)) | dict(key_values(m.run.summary))
        for m in members
    ]
    for name in dict.fromkeys(name for column in columns for name in column):
        yield name, *(column.get(name, ABSENT) for column in columns)


def _cycle(run: StoredRun) -> Iterator[tuple[str, str]]:
    """Capacity and mean voltage of the first charge and the first discharge."""
    halves = branches(run.series)
    for kind in ("Charge", "Discharge"):
        half = next((half for half in halves if half.kind == kind), None)
        if half is not None and half.capacity[-1] > 0.0:
            yield f"{kind} capacity (mA h g⁻¹)", number(float(half.capacity[-1]))
            mean = mean_over(half, run.series[VOLTAGE])
            yield f"Mean {kind.lower()} voltage (V)", number(mean)


def _missing(members: Sequence[Member]) -> Table:
    """Columns that some series have and others do not."""
    having = {
        name: [m.name for m in members if name in m.run.series]
        for name in dict.fromkeys(name for m in members for name in m.run.series)
    }
    rows = tuple(
        (name, ", ".join(some)) for name, some in having.items() if len(some) < len(members)
    )
    return Table("", ("Column", "Only in"), rows)
