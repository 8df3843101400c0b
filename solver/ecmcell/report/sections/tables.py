"""The tables of the page, as plain text."""

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ecmcell.output import StoredRun
from ecmcell.output.provenance import MESH_STATISTICS
from ecmcell.report.drawing.labels import capital, duration, number, plain_label
from ecmcell.report.inputs import case_of
from ecmcell.report.sections.curves import (
    AREAL,
    BELOW_STRENGTH,
    CONTACT,
    HOTSPOT,
    ITERATIONS,
    LARGEST_STRESS,
    PASSED,
    VOLTAGE,
)
from ecmcell.report.sections.half_cycles import (
    CAPACITY,
    CURRENT,
    TIME,
    areal_capacity,
    direction,
)
from ecmcell.report.states import State

Rows = list[tuple[str, str]]
_PROTOCOL = "protocol"
_HIGHLIGHTS = "extremes"
_LEAST = "Minimum "
_OVERRIDE = "case file"  # the source that a resolved case gives to what it overrides
_SHOWN_ENDS = 20  # protocol steps at the beginning and at the end of a long protocol
WALL_TIME = "wall time [s]"
_SHOWN_ELSEWHERE = ("title", "reason", _PROTOCOL, _HIGHLIGHTS)


@dataclass(frozen=True)
class Table:
    """A table with a heading (may be empty), column heads and rows of as many texts."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


NOTHING = Table("", (), ())


def case_title(run: StoredRun) -> str:
    """Title of the case, or the name of the directory."""
    return str(case_of(run).get("title") or run.directory.resolve().name)


def date(run: StoredRun) -> str:
    """When the run was made."""
    return str(run.provenance.get("date", "")).replace("T", " ").replace("+00:00", " UTC")


def highlights(summary: Mapping[str, object]) -> Rows:
    """The extremes of the run: minima of the contact and of what is a minimum, else maxima."""
    given = summary.get(_HIGHLIGHTS)
    rows = _flat(given) if isinstance(given, Mapping) else []
    found = []
    for name, value in rows:
        end = "Minimum" if name == CONTACT or name.startswith(_LEAST) else "Maximum"
        plain = name.removeprefix("Maximum ").removeprefix(_LEAST)
        found.append((f"{end} {plain[:1].lower()}{plain[1:]}", value))
    return found


def summary_tables(summary: Mapping[str, object]) -> list[Table]:
    """One table of the plain values, then one for each nested table."""
    rest = {key: value for key, value in summary.items() if key not in _SHOWN_ELSEWHERE}
    plain = {key: value for key, value in rest.items() if not isinstance(value, Mapping | list)}
    tables = [Table("", (), tuple(_capitals(_flat(plain))))]
    for key, value in rest.items():
        if isinstance(value, Mapping):
            tables.append(Table(capital(plain_label(key)), (), tuple(_flat(value))))
        if isinstance(value, list):
            tables.append(_list_table(capital(plain_label(key)), value))
    return [table for table in tables if table.rows]


def key_values(summary: Mapping[str, object]) -> Rows:
    """Everything else in the summary that is a number, by name."""
    return _capitals(
        _flat(
            {
                key: value
                for key, value in summary.items()
                if key not in (*_SHOWN_ELSEWHERE, "status") and not isinstance(value, list)
            }
        )
    )


def protocol_table(run: StoredRun) -> Table:
    """One row a protocol step: what happened in it. Columns follow from what the series has."""
    series = dict(run.series)
    if CURRENT in series and TIME in series:
        series[AREAL] = areal_capacity(series)
    if HOTSPOT in series and CURRENT in series:  # at rest it compares round-off with round-off
        series[HOTSPOT] = np.where(direction(series[CURRENT]) != 0, series[HOTSPOT], np.nan)
    if "Step" not in series or TIME not in series:
        return NOTHING
    Measure = Callable[[np.ndarray, float], str]
    measures: dict[str, tuple[str, Measure]] = {
        "Duration": (TIME, lambda v, before: duration(float(v[-1]) - before)),
        "Last voltage (V)": (VOLTAGE, lambda v, _: number(float(v[-1]))),
        plain_label(PASSED): (CAPACITY, lambda v, before: number(abs(float(v[-1]) - before))),
        plain_label(AREAL): (AREAL, lambda v, before: number(abs(float(v[-1]) - before))),
        "Minimum contact fraction": (CONTACT, lambda v, _: number(_least(v))),
        "Minimum fraction below strength": (BELOW_STRENGTH, lambda v, _: number(_least(v))),
        "Maximum hotspot factor": (HOTSPOT, lambda v, _: number(-_least(-v))),
        "Maximum hydrostatic stress (MPa)": (LARGEST_STRESS, lambda v, _: number(-_least(-v))),
        "Time steps": (TIME, lambda v, _: str(len(v))),
    }
    present = {head: rest for head, rest in measures.items() if rest[0] in series}
    named, ended = _protocol_words(run)
    rows = []
    for step in np.unique(series["Step"][series[TIME] > 0]).astype(int):
        at = np.flatnonzero((series["Step"] == step) & (series[TIME] > 0))
        row = [named.get(step, str(step))]
        for column, measure in present.values():
            before = float(series[column][at[0] - 1]) if at[0] > 0 else 0.0
            row.append(measure(series[column][at], before))
        rows.append((*row, *([ended.get(step, "–")] if ended else [])))
    heads = ("Step", *present, *(["Ended by"] if ended else []))
    return Table("Protocol steps", heads, tuple(first_and_last(rows)))


def input_tables(run: StoredRun) -> list[Table]:
    """The case without the properties of its materials."""
    case = case_of(run)
    plain = {key: value for key, value in case.items() if not isinstance(value, Mapping)}
    tables = [Table("", (), tuple(_capitals(_flat(plain))))]
    for key, value in case.items():
        if isinstance(value, Mapping):
            tables.append(
                Table(capital(plain_label(key)), (), tuple(_flat(_without_properties(value))))
            )
    return [table for table in tables if table.rows]


def state_table(states: Sequence[State]) -> Table:
    """What the letters of the maps stand for."""
    rows = ((s.letter, s.fields.label, duration(s.fields.time), s.title) for s in states)
    return Table("States", ("", "State", "Time", "Cell"), tuple(rows))


def effort_table(run: StoredRun) -> Table:
    """What the whole run took, and what that is for a step and an unknown."""
    series, summary = run.series, run.summary
    if TIME not in series:
        return NOTHING
    steps = max(len(series[TIME]), 1)
    rows = [("Accepted time steps", str(len(series[TIME])), "")]
    sums = {name: float(series[name].sum()) for name in ITERATIONS if name in series}
    for name, total in sums.items():
        rows.append(
            (_iterations(name), number(round(total)), f"{number(total / steps)} per time step")
        )
    wall, unknowns = (plain_number(summary.get(name)) for name in (WALL_TIME, "unknowns"))
    if wall is not None:
        rows.append(("Wall time", duration(wall), f"{duration(wall / steps)} per time step"))
    if unknowns is not None:
        ranks = plain_number(summary.get("ranks"))
        on = "" if ranks is None else f"on {ranks:.0f} rank{'s' if ranks > 1 else ''}"
        rows.append(("Unknowns", number(round(unknowns)), on))
    return Table("", (), tuple(rows))


def provenance_rows(run: StoredRun) -> Rows:
    """Everything in `provenance.json` but the statistics of the mesh, which stand with it."""
    content = dict(run.provenance)
    content.pop(MESH_STATISTICS, None)
    command = content.get("command")
    if isinstance(command, list):
        content["command"] = shlex.join(map(str, command))
    legs = content.pop("legs", None)
    later = enumerate(legs, 2) if isinstance(legs, list) else ()
    return _flat(content) + [(f"leg {number}", _leg(leg)) for number, leg in later]


def _leg(leg: Mapping[str, Any]) -> str:
    """When a run went on, from which time, on how many ranks, and by which command."""
    ranks, start = leg["ranks"], leg["from"][TIME]
    on = f"on {ranks} rank{'s' if ranks > 1 else ''}"
    return f"{leg['date']}, from {start:.6g} s, {on}: {shlex.join(leg['command'])}"


def first_and_last(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """All rows, or the first and the last of many."""
    left_out = len(rows) - 2 * _SHOWN_ENDS
    if left_out <= 1:
        return rows
    between = (f"… {left_out} more …", *("" for _ in rows[0][1:]))
    return [*rows[:_SHOWN_ENDS], between, *rows[-_SHOWN_ENDS:]]


def _least(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.min()) if len(finite) else float("nan")


def _iterations(name: str) -> str:
    return {
        "Fixed-point iterations": "Fixed-point iterations of electrochemistry and mechanics"
    }.get(name, name)


def plain_number(value: object) -> float | None:
    """A number of a summary, or None."""
    return float(value) if isinstance(value, int | float) else None


def _protocol_words(run: StoredRun) -> tuple[dict[int, str], dict[int, str]]:
    """Text and end of each protocol step, by its number from 1."""
    texts = case_of(run).get(_PROTOCOL)
    named = dict(enumerate(_sentences(texts if isinstance(texts, list) else []), 1))
    done = run.summary.get(_PROTOCOL)
    ended = {
        n: str(entry["ended by"])
        for n, entry in enumerate(done if isinstance(done, list) else [], 1)
        if isinstance(entry, Mapping) and "ended by" in entry
    }
    return named, ended


def _sentences(entries: Iterable[object]) -> Iterator[str]:
    """The text of every step, loops unrolled."""
    for entry in entries:
        if isinstance(entry, Mapping) and "repeat" in entry:
            yield from list(_sentences(entry["steps"])) * int(entry["repeat"])
        else:
            yield str(entry.get("step") if isinstance(entry, Mapping) else entry)


def _without_properties(table: Mapping[str, object]) -> dict[str, object]:
    """A material as its name and what the case overrides; everything else as it is."""
    short: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, Mapping) and "name" in value and "kind" in value:
            short[key] = value["name"]
            short |= {
                name: entry["value"]
                for name, entry in value.items()
                if isinstance(entry, Mapping)
                and _OVERRIDE in (entry.get("source"), entry.get("set_by"))
            }
        else:
            short[key] = _without_properties(value) if isinstance(value, Mapping) else value
    return short


def _list_table(title: str, entries: list[object]) -> Table:
    if entries and all(isinstance(entry, Mapping) for entry in entries):
        tables = [entry for entry in entries if isinstance(entry, Mapping)]
        keys = list(dict.fromkeys(key for table in tables for key in table))
        rows = tuple(tuple(_joined(table.get(key)) for key in keys) for table in tables)
        return Table(title, tuple(plain_label(key) for key in keys), rows)
    return Table(title, (), tuple((str(n), _joined(entry)) for n, entry in enumerate(entries, 1)))


def _flat(table: Mapping[str, object], prefix: str = "") -> Rows:
    """Rows of a table and the tables in it; what is empty is left out."""
    rows: Rows = []
    for key, value in table.items():
        if value in ("", [], {}):
            continue
        name = f"{prefix}{plain_label(str(key))}"
        if isinstance(value, Mapping):
            rows += _flat(value, f"{name}: ")
        else:
            rows.append((name, _joined(value)))
    return rows


def _capitals(rows: Rows) -> Rows:
    return [(capital(name), value) for name, value in rows]


def _joined(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{plain_label(str(k))} {_joined(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "; ".join(_joined(item) for item in value)
    return number(value)
