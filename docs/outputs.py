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
from ecmcell.columns.column import Column, Field, Quantity

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
OF_FIELDS = """\
## fields

`fields/fields.xdmf` and `fields/interface.xdmf` for ParaView. The key `fields` in `[output]` of a
case chooses fields by name, without the unit and with a small first letter:

```toml
[output]
fields = ["default", "stress", "strain", "lithium flux"]
```

`default` stands for all that are not on demand in these tables, and is what a case without the key
writes. A field that needs what a case does not have is refused by name.

Fields at points are values of the nodes; those in cells are one value a cell, at its centre or the
mean. Vectors have three components. Tensors have nine, row by row (xx, xy, xz, yx, ...), which
ParaView and PyVista take as 3 x 3 tensors. Both are in space also where the mesh is a section: in
plane strain the stress has a component zz, in plane stress the strain has. A field is NaN in phases
without it.
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
    parts.append(OF_FIELDS)
    for title, found in FIELDS:
        parts.append(f"### {title}\n\n{_fields_table(found)}")
    return "\n".join(parts)


def _table(quantities: Iterable[Quantity], kept: bool = False) -> str:
    """A table of quantities, with what the summary keeps of them if it keeps something."""
    heads = ["name", "meaning", "equation", *(["summary"] if kept else [])]
    rows = []
    for one in quantities:
        row = _row(one)
        if kept:
            row.append(one.reduction if isinstance(one, Column) and one.is_extreme else "")
        rows.append(row)
    return _markdown(heads, rows)


def _fields_table(found: Iterable[Field]) -> str:
    """A table of fields, with what a case must have for them and whether they are on demand."""
    heads = ["name", "meaning", "equation", "needs", "written"]
    rows = [[*_row(one), one.needs, "" if one.is_default else "on demand"] for one in found]
    return _markdown(heads, rows)


def _row(one: Quantity) -> list[str]:
    """What is told of any quantity."""
    return [f"`{one.header}`", _escaped(one.meaning), one.equation]


def _markdown(heads: list[str], rows: list[list[str]]) -> str:
    """A table as Markdown has it."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(text())
