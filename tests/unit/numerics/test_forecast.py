"""Guesses along a path: what lies on a polynomial is found, on whatever places it is known."""

import numpy as np
import pytest

from ecmcell.numerics.extrapolation import along


@pytest.mark.parametrize("degree", [0, 1, 2])
def test_polynomials_are_continued(degree: int) -> None:
    """Through one value a constant, through two a line, through three a parabola."""
    coefficients = np.array([[0.5, -1.0], [2.0, 3.0], [-0.7, 0.1]])[: degree + 1]

    def value(place: float) -> np.ndarray:
        return sum(c * place**k for k, c in enumerate(coefficients))

    known = [(place, value(place)) for place in (3600.0, 3600.1, 3605.0)[: degree + 1]]
    for place in (3600.0, 3602.0, 3612.0):
        assert along(known, place) == pytest.approx(value(place), rel=1e-7)
