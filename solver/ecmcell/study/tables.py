"""The tables of a study on disk: as CSV for any program, as Parquet with types."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ecmcell.output import StoredRun
from ecmcell.output.text_files import replace_bytes, replace_text
from ecmcell.study.plan import Variation

if TYPE_CHECKING:
    import pandas as pd


def write_tables(tables: Mapping[str, "pd.DataFrame"], directory: Path) -> list[Path]:
    """Write each table that has rows as `NAME.csv` and `NAME.parquet`; remove those of others.

    Args:
        tables: By name.
        directory: Where they go.

    Returns:
        The paths of what was written.
    """
    written = []
    for name, table in tables.items():
        paths = [directory / f"{name}.{ending}" for ending in ("csv", "parquet")]
        if table.empty:
            for path in paths:
                path.unlink(missing_ok=True)
            continue
        replace_text(paths[0], table.to_csv(lineterminator="\n", index=bool(table.index.name)))
        replace_bytes(paths[1], table.to_parquet())
        written += paths
    return written


def cycle_frame(runs: Iterable[tuple[Variation, StoredRun]]) -> "pd.DataFrame":
    """A row for each cycle of each run, with what the run chooses."""
    import pandas as pd

    parts = []
    for variation, run in runs:
        rows = pd.DataFrame(run.cycles)
        if len(rows):
            rows["Cycle"] = rows["Cycle"].astype(int)
            head = {"Variation": variation.name, **variation.choices}
            parts.append(pd.DataFrame(head, index=rows.index).join(rows))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
