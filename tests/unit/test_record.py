"""What verification tests write down is what they assert."""

from pathlib import Path

import pytest

from record import Row, Verify, page

SOURCE = "somebody 1900, doi:10.1000/x; anybody"


@pytest.fixture
def rows() -> list[Row]:
    return []


@pytest.fixture
def check(rows: list[Row]) -> Verify:
    return Verify("Diffusion", SOURCE, Path("/tree/tests/test.py"), rows)


def test_what_holds_is_written(rows: list[Row], check: Verify) -> None:
    """Of values that should be the same, the one with the largest error on the finest mesh."""
    check("length", [[1.16, 0.92], [1.04, 0.98], [1.01, 0.995]], 1.0, 0.02, "1, 2, 4", order=1.9)
    check("rest", [1e-12, -3e-12], 0.0, 1e-9)
    text = page(rows, Path("/tree/docs"))
    assert "## Diffusion\n\nSomebody 1900, [doi:10.1000/x](https://doi.org/10.1000/x); any" in text
    assert "| [length](../tests/test.py) | 1, 2, 4 | 1.01 | 1 | 1 % | 2 % | 2.00 (≥ 1.9) |" in text
    assert "| [rest](../tests/test.py) |  | -3e-12 | 0 | 3e-12 | 1e-9 |  |" in text


@pytest.mark.parametrize(
    ("found", "exact", "settings", "complaint"),
    [
        (1.03, 1.0, {}, "above 0.02"),
        ([1.0, 1.03], 1.0, {}, "above 0.02"),
        (0.03, 0.0, {}, "above 0.02"),
        (float("nan"), 1.0, {}, "above 0.02"),
        ([1.04, 1.01], 1.0, {"order": 2.1}, "order 2.00 below 2.1"),
        ([[1.04, 1.02], [1.01, 1.01]], 1.0, {"order": 1.9}, "order 1.00 below 1.9"),
        ([1.04, 1.01], 1.0, {"order": 1.9, "finest": 2}, "above 0.02"),
    ],
)
def test_what_does_not_hold_is_not(
    rows: list[Row], check: Verify, found: object, exact: float, settings: dict, complaint: str
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        check("length", found, exact, 0.02, **settings)
    assert rows == []
