"""Columns as declared objects: headers, what is kept of them, which one a header is of."""

import subprocess
import sys

import pytest

from ecmcell.columns import SERIES
from ecmcell.columns.column import Column, Field, described
from ecmcell.columns.cycles import CYCLES
from ecmcell.columns.fields import CELLS, FIELDS, INTERFACES, POINTS

MEAN = Column("{electrode} voids", "um", "Volume of voids per unit area.")
OWN = Column("Anode voids", "um", "Of the anode, by another way.", "", "max")
PLAIN = Column("Number of cracks", "", "Connected ones.", "(39)", "min")


def test_headers_have_names_units_and_words() -> None:
    assert MEAN.of(electrode="Collector") == "Collector voids [um]"
    assert PLAIN.header == "Number of cracks"
    with pytest.raises(KeyError):
        MEAN.of()


def test_a_header_is_that_of_one_column() -> None:
    """That with the fewest letters in braces; what nobody declares is an error."""
    assert described("Collector voids [um]", (MEAN, OWN)) is MEAN
    assert described("Anode voids [um]", (MEAN, OWN)) is OWN
    assert not MEAN.is_of("Anode voids [mm]")
    with pytest.raises(KeyError, match=r"Anode voids \[mm\]"):
        described("Anode voids [mm]", (MEAN, OWN, PLAIN))


def test_what_is_kept_of_a_column() -> None:
    assert (OWN.reduce(1.0, 2.0), PLAIN.reduce(1.0, 2.0)) == (2.0, 1.0)
    assert OWN.is_extreme and not MEAN.is_extreme


@pytest.mark.parametrize("quantities", [SERIES, CYCLES, POINTS, CELLS, INTERFACES])
def test_every_quantity_is_declared_once_and_in_full(quantities: tuple) -> None:
    """A header of one is that of no other; each has a sentence."""
    headers = [one.header for one in quantities]
    assert len(set(headers)) == len(headers)
    for one in quantities:
        assert one.meaning.endswith("."), one.name
        assert not one.meaning.startswith(("Of ", "By ", "At ", "The same", "Its ")), one.name
        word = one.header.replace("{", "").replace("}", "")
        assert described(word, quantities) is one


def test_fields_tell_where_they_are() -> None:
    assert {one.where for one in FIELDS} == {"points", "cells", "interfaces"}
    assert all(isinstance(one, Field) for one in FIELDS)


def test_declarations_need_no_solver() -> None:
    """The report reads them where DOLFINx is not installed."""
    code = "import ecmcell.columns, sys; assert 'dolfinx' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
