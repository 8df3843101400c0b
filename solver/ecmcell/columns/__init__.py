"""What a run writes, declared once: headers, extremes and `docs/outputs.md` are made from it."""

from itertools import chain

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
from ecmcell.columns.column import Column, described
from ecmcell.extensions import COLUMNS, extensions

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


def declared(header: str) -> Column:
    """The column that a header of `series.csv` is one of, also of other installed packages.

    Raises:
        KeyError: If it is none of them.
    """
    return described(header, (*SERIES, *chain.from_iterable(extensions(COLUMNS).values())))
