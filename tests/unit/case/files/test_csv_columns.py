"""Columns of CSV files, by name."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ecmcell.case.faults import Fault
from ecmcell.case.files.csv_columns import read_columns


def choose(_: Sequence[str]) -> Sequence[str]:
    return ("b", "a")


def file(directory: Path, text: str) -> Path:
    path = directory / "table.csv"
    path.write_text(text)
    return path


def test_columns_come_as_they_were_chosen(tmp_path: Path) -> None:
    """Others may hold words; comments, blanks and empty lines do not count."""
    text = "# measured\n a ,word, b\n1,x,2\n\n , ,\n 3 ,,4e0 # doubtful\n"
    columns, numbers = read_columns(file(tmp_path, text), choose)
    assert columns == ("b", "a")
    assert np.array_equal(numbers, [[2.0, 1.0], [4.0, 3.0]])


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("a,b\n1,2\n3\n", "1 entries in line 3"),
        ("a,b\n\n1,2,3\n", "3 entries in line 3"),
        ("a,b\n1,two\n", '"two" for b, line 2'),
        ("a,b\n1,\n", '"" for b, line 2'),
        ("a,b\ninf,1\n", '"inf" for a, line 2'),
        ("a,b,a\n1,2,3\n", "the column a twice"),
        ("a,b\n", "no numbers"),
        ('a,b\n1,"' + "2" * 200_000, "a fault in line 2"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, given: str) -> None:
    with pytest.raises(Fault) as found:
        read_columns(file(tmp_path, text), choose)
    assert found.value.given.startswith(given)
