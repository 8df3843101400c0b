"""What came out of a study, in two tables: a row a run, and a row a cycle of each run."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ecmcell.output import StoredRun
from ecmcell.output.text_files import replace_text
from ecmcell.study.plan import Variation

Row = Mapping[str, object]


def write_tables(runs: Iterable[tuple[Variation, StoredRun]], directory: Path) -> list[Path]:
    """Write `study.csv`, from the summaries, and `cycles.csv` where runs have cycles.

    Returns:
        The paths of what was written.
    """
    runs = list(runs)
    written = []
    for name, rows in (
        ("study.csv", [head(variation) | numbers(run.summary) for variation, run in runs]),
        ("cycles.csv", [head(v) | cycle for v, run in runs for cycle in _cycles(run)]),
    ):
        if rows:
            written.append(directory / name)
            replace_text(written[-1], _text(rows))
    return written


def head(variation: Variation) -> dict[str, object]:
    """What tells a row from others."""
    return {"Variation": variation.name, **variation.choices}


def numbers(summary: Row) -> dict[str, object]:
    """Status and numbers of a summary; those in a table with its name before theirs."""
    found: dict[str, object] = {"status": summary.get("status", "not ended")}
    for key, value in summary.items():
        if isinstance(value, Mapping):
            found |= {f"{key}: {name}": entry for name, entry in value.items()}
        elif isinstance(value, int | float):
            found[key] = value
    return found


def _cycles(run: StoredRun) -> Iterator[dict[str, object]]:
    columns = run.cycles
    for line in zip(*columns.values(), strict=True):
        row: dict[str, object] = {n: float(v) for n, v in zip(columns, line, strict=True)}
        yield row | {"Cycle": int(line[0])}


def _text(rows: list[dict[str, object]]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
