"""Grains that nothing is sure to hold: where they may shift or turn."""

import numpy as np
import pytest

from ecmcell.domain.loose import Support, loose_grains
from ecmcell.microstructure.mesh.meshdata import MeshData
from meshes import grid, image

PLATENS = Support(0, ("anode", "collector"), (0, 1))
SIDES = (Support(1, ("side",), (0, 1)), Support(2, ("side",), (0, 1)))


def squares(*corners: tuple[float, float]) -> MeshData:
    """Squares of 2 um with the lower left corners given, in a block of 8 um."""

    def region(at: np.ndarray) -> np.ndarray:
        found = np.zeros(len(at), dtype=int)
        for number, corner in enumerate(corners, start=1):
            found[((at > corner) & (at < np.add(corner, 2.0))).all(axis=1)] = number
        return found

    axis = np.linspace(0.0, 8.0, 9)
    names = {n: f"square{n}" for n in range(1, len(corners) + 1)}
    return grid([axis, axis], {0: "block"} | names, region)


@pytest.mark.parametrize(
    ("corner", "is_loose"),
    [((3.0, 3.0), True), ((6.0, 3.0), True), ((3.0, 0.0), True), ((6.0, 0.0), False)],
    ids=["within", "slides on the collector", "slides on a side", "in a corner"],
)
def test_a_square_in_a_block(corner: tuple[float, float], is_loose: bool) -> None:
    mesh = squares(corner)
    loose = loose_grains(mesh, [], [PLATENS, SIDES[0]])
    assert dict(zip(mesh.grain_phase, loose, strict=True)) == {"block": False, "square1": is_loose}
    glued = loose_grains(mesh, [frozenset(("block", "square1"))], [PLATENS, SIDES[0]])
    assert not glued.any()


def test_two_that_hold_on_to_each_other_are_as_loose_as_both_together() -> None:
    """One slides along the collector, the other along a side: together they do neither."""
    far, near = squares((6.0, 2.0), (4.0, 0.0)), squares((6.0, 2.0), (4.0, 2.0))
    pair = [frozenset(("square1", "square2"))]
    for mesh, glued, expected in (
        (far, [], {True}),
        (far, pair, {True}),  # they meet in a corner only
        (near, pair, {True}),
        (squares((6.0, 1.0), (4.0, 0.0)), pair, {False}),
        (squares((6.0, 1.0), (4.0, 0.0)), [], {True}),
    ):
        loose = loose_grains(mesh, glued, [PLATENS, SIDES[0]])
        squared = [name != "block" for name in mesh.grain_phase]
        assert set(loose[squared].tolist()) == expected


def test_free_sides_hold_at_their_lower_end() -> None:
    free = [PLATENS, Support(1, ("side",), (0,))]
    for corner, is_loose in (((6.0, 6.0), True), ((6.0, 0.0), False)):
        mesh = squares(corner)
        loose = loose_grains(mesh, [], free)
        assert dict(zip(mesh.grain_phase, loose, strict=True))["square1"] == is_loose


def test_a_column_in_space_turns_about_no_axis_only_if_all_are_held() -> None:
    """A voxel from end to end turns about x; one at a side does not, and shifts across it."""
    labels = np.zeros((4, 4, 4), dtype=int)
    for place, is_loose in (((1, 1), True), ((0, 1), True), ((0, 0), False)):
        labels[:] = 0
        labels[:, *place] = 1
        mesh = image(labels, {"solid": 1})
        assert loose_grains(mesh, [], [PLATENS, *SIDES]).tolist() == [is_loose]
