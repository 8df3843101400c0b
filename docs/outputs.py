"""Writes docs/outputs.md from the declared columns and fields; `make docs` runs it."""

import re
from collections.abc import Iterable
from pathlib import Path

from ecmcell.output.columns import Column, Field, Quantity
from ecmcell.simulation.columns import (
    cracks,
    cycles,
    fields,
    interfaces,
    leakage,
    lithium,
    losses,
    mechanics,
    run,
    salt,
)

TARGET = Path(__file__).with_name("outputs.md")
INTRODUCTION = """\
# What a run writes

Made from the declared columns by `make docs`; do not edit. Names and units follow PyBaMM:
`Voltage [V]`. Numbers in parentheses are equations of the [theory](theory.md). A word in braces
stands for what there may be several of: `{electrode}` is Anode or Collector, `{filament}` is
Filament 1, 2 and so on. A column is there if the case has what it tells of. `largest` and
`smallest` are what `summary.json` keeps of a column under `extremes`.

[series.csv](#seriescsv) · [cycles.csv](#cyclescsv) · [fields](#fields)
"""
SERIES = (
    ("The run", run.SERIES),
    ("Contact and interfaces", interfaces.SERIES),
    ("Cracks", cracks.SERIES),
    ("Voltage losses", losses.SERIES),
    ("Lithium electrodes", lithium.UNEVEN),
    ("Lithium layers", lithium.LAYERS),
    ("Lithium in cracks", lithium.FILAMENTS),
    ("Electrons that leak", leakage.SERIES),
    ("Salt", (salt.LEAST, salt.MOST)),
    ("Stress, stack and energies", mechanics.SERIES),
    ("Balances", (*run.BALANCES, salt.ERROR)),
    ("Effort", run.EFFORT),
)
FIELDS = (
    ("At points", fields.POINTS),
    ("In cells", fields.CELLS),
    ("On interfaces", fields.INTERFACES),
)


def text() -> str:
    """The page."""
    parts = [INTRODUCTION, "## series.csv\n\nA row for each accepted time step.\n"]
    for title, columns in SERIES:
        parts.append(f"### {title}\n\n{_table(columns)}")
    parts.append(f"## cycles.csv\n\nA row for each cycle that is over.\n\n{_table(cycles.CYCLES)}")
    parts.append("## fields\n\n`fields/fields.xdmf` and `fields/interface.xdmf` for ParaView.\n")
    for title, found in FIELDS:
        parts.append(f"### {title}\n\n{_table(found)}")
    return "\n".join(parts)


def _table(quantities: Iterable[Quantity]) -> str:
    rows = ["| name | meaning | equation | summary |", "|---|---|---|---|"]
    for one in quantities:
        kept = one.reduction if isinstance(one, Column) and one.is_extreme else ""
        cells = f"`{one.header}`", _escaped(one.meaning), one.equation, kept
        rows.append("| " + " | ".join(cells) + " |")
    if all(isinstance(one, Field) for one in quantities):
        rows = [re.sub(r" [^|]*\|$", "", row) for row in rows]
    return "\n".join(rows) + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(text())
