"""CSV files whose first line names the columns."""

import csv
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ecmcell.case.faults import Fault, toml
from ecmcell.case.files.toml_reader import read_text

_LARGEST_FILE = 100_000_000


def read_columns(
    path: Path, choose: Callable[[Sequence[str]], Sequence[str]]
) -> tuple[Sequence[str], npt.NDArray[np.float64]]:
    """The numbers in some columns of a file.

    Empty lines are passed over, and what stands behind a `#`.

    Args:
        path: The file.
        choose: Tells from the names of all columns which of them are read; may raise a `Fault`.

    Returns:
        Names of the columns that were read, and their numbers, shape (rows, columns).

    Raises:
        InputError: If the file cannot be read.
        Fault: If there are no such columns in it, or something else than finite numbers in them;
            what was given reads on from "the file has".
    """
    lines = (line.split("#")[0] for line in read_text(path, _LARGEST_FILE).splitlines())
    rows = csv.reader(lines)
    filled = (entries for row in rows if any(entries := [entry.strip() for entry in row]))
    try:
        header = next(filled, [])
        columns = choose(header)
        places = [_place(header, column) for column in columns]
        numbers = []
        for entries in filled:
            line = f"line {rows.line_num}"
            if len(entries) != len(header):
                remedy = f"Give {len(header)}, one for each column, with commas between them."
                raise Fault(f"{len(entries)} entries in {line}", remedy)
            numbers.append([_number(entries[k], f"{header[k]}, {line}") for k in places])
    except csv.Error as error:
        raise Fault(f"a fault in line {rows.line_num}: {error}", "Write it as CSV.") from None
    if not numbers:
        raise Fault("no numbers", "Give rows of numbers below the names of the columns.")
    return columns, np.array(numbers)


def _place(header: Sequence[str], column: str) -> int:
    """Place of a column, which has to be there once."""
    if header.count(column) > 1:
        raise Fault(f"the column {column} twice", "Leave one of them out.")
    return header.index(column)


def _number(text: str, where: str) -> float:
    """The finite number that a text is."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Fault(f"{toml(text)} for {where}", "Give a number.")
    return number
