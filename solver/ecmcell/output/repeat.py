"""Whether a run can be repeated, and how far two runs are apart."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from ecmcell.columns.run import MEMORY
from ecmcell.errors import InputError
from ecmcell.output.provenance import digest
from ecmcell.output.run_reader import StoredRun

_EFFORT = re.compile(r"iterations$|^Maximum linear iterations of ")  # columns that count work
_RELATIVE = "error"  # ends the names of columns that are relative already
_SHOWN = 12  # digits of a hash


def check_inputs(run: StoredRun, needed: Iterable[Path]) -> None:
    """Check that a run holds all it was made from, unchanged.

    Args:
        run: The run.
        needed: Files that its case needs.

    Raises:
        InputError: If a file is missing, changed or not among those recorded, or something was
            given from Python.
    """
    where = run.directory / "provenance.json"
    recorded = run.provenance.get("inputs")
    if not isinstance(recorded, dict) or "case.toml" not in recorded:
        remedy = "Give a directory that `ecmcell run` wrote."
        raise InputError(where, "inputs", "no hashes of the inputs", remedy)
    if run.provenance.get("functions"):
        given = "laws were given as functions from Python, which a directory does not hold"
        raise InputError(where, "functions", given, "Run it from Python; their source is there.")
    remedy = "Put the original back, or run it as a case of its own with `ecmcell run`."
    known = set()
    for name, expected in recorded.items():
        path = run.directory / name
        if not os.path.isfile(path):  # never raises, unlike Path.is_file
            raise InputError(path, "", "the input is missing", remedy)
        found = digest(path)
        if found != expected:
            given = f"changed since the run: SHA-256 {found[:_SHOWN]}, not {str(expected)[:_SHOWN]}"
            raise InputError(path, "", given, remedy)
        known.add(path.resolve())
    for path in needed:
        if path.resolve() not in known:
            remedy = "Run the case itself with `ecmcell run`."
            raise InputError(path, "", "the run has no copy of this input", remedy)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """What is not as it was, in words.

    Args:
        old: Content of a `provenance.json`.
        new: That of a later run, or what is known of it before it starts.
    """
    if old.get("ranks") != new.get("ranks"):
        yield f"{new.get('ranks')} ranks, recorded with {old.get('ranks')}"
    for table, missing in (("versions", "absent"), ("environment", "not set")):
        was, now = _table(old, table), _table(new, table)
        for name in sorted({*was, *now}):
            if was.get(name) != now.get(name):
                yield f"{name} {now.get(name, missing)}, recorded with {was.get(name, missing)}"
    if old.get("callbacks"):
        yield "recorded with callbacks from Python, which may have stopped it"
    if old.get("source") != new.get("source"):
        yield "another source of ecmcell than recorded"


def _table(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = content.get(name)
    return found if isinstance(found, dict) else {}


def comparison(old: StoredRun, new: StoredRun) -> RenderableType:
    """How far the series of two runs are apart, as a table for people."""
    before, after = _without_memory(old.series), _without_memory(new.series)
    lengths = [len(next(iter(series.values()), ())) for series in (before, after)]
    count = min(lengths)
    rows = f"{count} rows" if lengths[0] == lengths[1] else f"{lengths[1]} rows, not {lengths[0]}"
    found = differences(before, after)
    table = Table(title=f"Differences from {old.directory}: {rows}", title_justify="left")
    table.add_column("column")
    table.add_column("largest, relative to the largest value", justify="right")
    for name, value in sorted(found.items(), key=lambda item: -item[1]):
        if value:
            table.add_row(name, f"{value:.1e}")
    lines = []
    if old.provenance.get("mesh") != new.provenance.get("mesh"):
        lines.append("The meshes differ: another version of Gmsh makes another mesh.")
    for name in sorted(before.keys() ^ after.keys()):
        lines.append(f"Only in {(old if name in before else new).directory}: {name}")
    results = {name: value for name, value in found.items() if not _EFFORT.search(name)}
    if not results or not count:
        return Group(*lines, "There is nothing to compare.")
    worst = max(results, key=lambda name: results[name])
    if not any(found.values()):
        return Group(*lines, f"All {len(found)} columns of {rows} are the same to the last digit.")
    return Group(table, *lines, f"Largest difference of a result: {results[worst]:.1e} ({worst})")


def _without_memory(series: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The columns that a repeated run may have in common; memory is that of the machine."""
    return {name: column for name, column in series.items() if name != MEMORY.header}


def differences(
    before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Largest difference of each common column over the common rows.

    It is relative to the largest value of the column; columns that are relative errors themselves
    differ absolutely. Where only one has a number, the difference is infinite.
    """
    return {name: _difference(name, before[name], after[name]) for name in before if name in after}


def _difference(name: str, before: np.ndarray, after: np.ndarray) -> float:
    count = min(len(before), len(after))
    old, new = before[:count], after[:count]
    if old.dtype.kind != "f" or new.dtype.kind != "f":
        return 0.0 if list(old) == list(new) else np.inf
    same = (old == new) | (np.isnan(old) & np.isnan(new))
    if same.all():
        return 0.0
    largest = np.abs(np.subtract(new, old, where=~same, out=np.zeros(count))).max()
    size = 1.0 if name.endswith(_RELATIVE) else np.nanmax(np.abs(old), initial=0.0)
    return float(largest / size) if size and not np.isnan(largest) else np.inf
