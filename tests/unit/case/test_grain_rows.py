"""Which row of a table is that of which grain."""

import numpy as np
import pytest

from ecmcell.case.faults import Fault
from ecmcell.case.grain_rows import RowsByNumber, RowsByPlace

CENTROIDS = np.array([[0.0, 0.0], [2.0, 0.0], [4.0, 0.0], [6.0, 1.0]])


def test_rows_by_number_may_stand_in_any_order_and_be_of_other_phases() -> None:
    rows = RowsByNumber(np.array([3.0, 0.0, 1.0]))
    assert rows.rows_of(np.array([0, 3]), CENTROIDS).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("numbers", "given"),
    [
        ([0.0, 1.5], "a row for grain 1.5"),
        ([-1.0], "a row for grain -1"),
        ([2.0, 0.0, 2.0], "several rows for grain 2"),
        ([0.0, 1.0, 4.0], "a row for grain 4, which is not in the mesh"),
        ([0.0, 1e300], "a row for grain 1e+300, which is not in the mesh"),
        ([0.0, 2.0], "no row for 2 of 3 grains of the phase: 1, 3"),
    ],
)
def test_numbers_that_are_not_those_of_the_grains(numbers: list[float], given: str) -> None:
    with pytest.raises(Fault) as found:
        RowsByNumber(np.array(numbers)).rows_of(np.array([1, 2, 3]), CENTROIDS)
    assert found.value.given == given


def test_a_message_names_some_of_many_grains() -> None:
    with pytest.raises(Fault, match=r"no row for 9 of 9 grains .*: 0, 1, 2, 3, 4, \.\.\.\."):
        RowsByNumber(np.array([9.0])).rows_of(np.arange(9), np.zeros((10, 2)))


@pytest.mark.parametrize("columns", [2, 3])
def test_a_grain_takes_the_row_nearest_to_its_centroid(columns: int) -> None:
    """A map has many rows; in a section z does not count."""
    x, y = np.meshgrid(np.arange(0.0, 7.0, 0.5), [0.0, 1.0])
    points = np.column_stack((x.ravel(), y.ravel(), 99.0 * (1.0 - y.ravel())))[:, :columns]
    found = RowsByPlace(points).rows_of(np.array([3, 1]), CENTROIDS + 0.1)
    assert points[found, :2].tolist() == [[6.0, 1.0], [2.0, 0.0]]


def test_no_two_grains_take_one_row() -> None:
    """As where a row is missing, or coordinates are in other units than um."""
    rows = RowsByPlace(np.array([[0.1, 0.0], [3.9, 0.0]]))
    assert rows.rows_of(np.array([0, 2]), CENTROIDS).tolist() == [0, 1]
    with pytest.raises(Fault) as found:
        rows.rows_of(np.array([0, 2, 3]), CENTROIDS)
    assert found.value.given == (
        "one row, at (3.9, 0) um, that is the nearest to both grain 2 at (4, 0) um and "
        "grain 3 at (6, 1) um"
    )


def test_grains_in_space_need_all_coordinates() -> None:
    with pytest.raises(Fault, match="no column z"):
        RowsByPlace(CENTROIDS).rows_of(np.array([0]), np.zeros((4, 3)))
