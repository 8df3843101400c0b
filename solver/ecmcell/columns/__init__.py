"""What a run writes, declared once: headers, extremes and `docs/outputs.md` are made from it."""

from ecmcell.columns import (
    cracks,
    heat,
    interfaces,
    leakage,
    lithium,
    losses,
    mechanics,
    run,
    salt,
)
from ecmcell.columns.column import Column

SERIES: tuple[Column, ...] = (
    *run.SERIES,
    *interfaces.SERIES,
    *cracks.SERIES,
    *leakage.SERIES,
    *losses.SERIES,
    *lithium.SERIES,
    *mechanics.SERIES,
    *heat.SERIES,
    heat.ERROR,
    *run.BALANCES,
    *salt.SERIES,
    *run.EFFORT,
)
"""All columns that `series.csv` may have, by subject."""
