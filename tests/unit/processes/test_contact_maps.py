"""Where electrodes touch: strips, discs and random fields."""

import numpy as np
import pytest

from ecmcell.case.contact import Patches, RandomContact
from ecmcell.case.faults import Fault
from ecmcell.processes.contact_maps import pattern


def patches(coverage: float) -> Patches:
    return Patches.model_validate({"map": "patches", "coverage": coverage, "size": "1 um"})


def random(seed: int) -> RandomContact:
    given = {"map": "random", "coverage": 0.3, "length": "1 um", "seed": seed}
    return RandomContact.model_validate(given)


def lattice(edge: float, count: int, across: int) -> np.ndarray:
    """Middles of a square lattice of places."""
    x = (np.arange(count) + 0.5) * edge / count
    return np.stack(np.meshgrid(*[x] * across, indexing="ij"), axis=-1).reshape(-1, across)


def test_strips_lie_around_multiples_of_their_spacing() -> None:
    """The first in the lower corner, half of it outside."""
    low = np.array([2.0])
    touches = pattern(patches(0.25), low, low + 8.0)
    at = np.array([2.0, 2.49, 2.51, 5.49, 5.51, 6.49, 6.51])
    assert touches(at[:, None]).tolist() == [True, True, False, False, True, True, False]


def test_discs_cover_what_is_asked_for() -> None:
    low, spacing = np.zeros(2), np.sqrt(np.pi)
    touches = pattern(patches(0.25), low, low + spacing)
    assert touches(lattice(spacing, 400, 2)).mean() == pytest.approx(0.25, rel=1e-3)
    assert touches(np.array([[0.0, 0.49], [0.0, 0.51], [spacing, spacing - 0.49]])).tolist() == [
        True,
        False,
        True,
    ]


def test_discs_that_overlap_are_refused() -> None:
    with pytest.raises(Fault, match=r"overlap above 0\.785"):
        pattern(patches(0.8), np.zeros(2), np.ones(2))
    pattern(patches(0.8), np.zeros(1), np.ones(1))


@pytest.mark.parametrize("across", [1, 2])
def test_random_contact_covers_what_is_asked_for(across: int) -> None:
    """Of the whole face; another seed touches elsewhere."""
    low = np.zeros(across)
    edge, count = (100.0, 4000) if across == 1 else (20.0, 100)
    at = lattice(edge, count, across)
    first, again, other = (pattern(random(s), low, low + edge)(at) for s in (1, 1, 2))
    assert first.mean() == pytest.approx(0.3, abs=0.01)
    assert np.array_equal(first, again)
    assert np.abs(first.astype(int) - other.astype(int)).mean() > 0.1
