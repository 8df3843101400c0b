"""Writes docs/outputs.md from the declared columns and fields; `make docs` runs it."""

from collections.abc import Iterable
from pathlib import Path

from ecmcell.columns import (
    cracks,
    cycles,
    fields,
    heat,
    interfaces,
    leakage,
    lithium,
    losses,
    mechanics,
    run,
    salt,
)
from ecmcell.columns.column import Column, Quantity

TARGET = Path(__file__).with_name("outputs.md")
INTRODUCTION = """\
# What a run writes

Made from the declared columns by `make docs`; do not edit. Names and units follow PyBaMM:
`Voltage [V]`. Numbers in parentheses are equations of the [theory](theory.md). A word in braces
stands for what there may be several of: `{electrode}` is Anode or Collector, `{crack}` is Filled
crack 1, 2 and so on. A column is there if the case has what it describes. `max` and `min` are
what `summary.json` keeps of a column under `extremes`.

[series.csv](#seriescsv) · [cycles.csv](#cyclescsv) · [fields](#fields)
"""
SERIES = (
    ("The run", run.SERIES),
    ("Contact and interfaces", interfaces.SERIES),
    ("Cracks", cracks.SERIES),
    ("Voltage losses", losses.SERIES),
    ("Lithium electrodes", lithium.UNEVEN),
    ("Lithium layers", lithium.LAYERS),
    ("Lithium in cracks", lithium.FILLED_CRACKS),
    ("Electronic leakage", leakage.SERIES),
    ("Salt", (salt.MINIMUM, salt.MAXIMUM)),
    ("Heat", heat.SERIES),
    ("Stress, stack and energies", mechanics.SERIES),
    ("Balances", (*run.BALANCES, salt.ERROR, heat.ERROR)),
    ("Solver statistics", run.EFFORT),
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
        parts.append(f"### {title}\n\n{_table(columns, kept=True)}")
    parts.append(f"## cycles.csv\n\nA row for each cycle that is over.\n\n{_table(cycles.CYCLES)}")
    parts.append("## fields\n\n`fields/fields.xdmf` and `fields/interface.xdmf` for ParaView.\n")
    for title, found in FIELDS:
        parts.append(f"### {title}\n\n{_table(found)}")
    return "\n".join(parts)


def _table(quantities: Iterable[Quantity], kept: bool = False) -> str:
    """A table of quantities, with what the summary keeps of them if it keeps something."""
    heads = ["name", "meaning", "equation", *(["summary"] if kept else [])]
    rows = [heads, ["---"] * len(heads)]
    for one in quantities:
        row = [f"`{one.header}`", _escaped(one.meaning), one.equation]
        if kept:
            row.append(one.reduction if isinstance(one, Column) and one.is_extreme else "")
        rows.append(row)
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(text())
