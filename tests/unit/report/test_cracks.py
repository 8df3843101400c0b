"""The figures of cracks: what is damaged evenly is shown as damage, and as no crack."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from matplotlib.figure import Figure

from ecmcell.output import OutputMesh, RunDirectory, StoredRun
from ecmcell.output.fields import state_files
from ecmcell.report.drawing.maps import map_plates
from ecmcell.report.drawing.plane import PlaneView
from ecmcell.report.drawing.style import COLOURS, styled
from ecmcell.report.sections.cracks import crack_animation, crack_plate
from ecmcell.report.states import chosen_states

SIDE = 9


def square() -> OutputMesh:
    """One brittle body."""
    axis = np.linspace(0.0, 4.0, SIDE)
    points = np.array([[x, y, 0.0] for x in axis for y in axis])
    corner = (SIDE * np.arange(SIDE - 1)[:, np.newaxis] + np.arange(SIDE - 1)).ravel()
    squares = corner[:, np.newaxis] + np.array([0, 1, SIDE + 1, SIDE])
    cells = np.concatenate([squares[:, [0, 1, 2]], squares[:, [0, 2, 3]]])
    phase, none = np.zeros(len(cells), dtype=np.int32), np.zeros(0, dtype=np.int32)
    facets = np.zeros((0, 2), dtype=np.int64)
    return OutputMesh(
        points, cells, phase, ("glass",), phase, ("glass",), np.zeros((0, 3)), facets, none, ()
    )


def damaged(path: Path, evenly: bool) -> StoredRun:
    """A run that is whole in the beginning and damaged in the end, evenly or along a line."""
    run, mesh = RunDirectory(path), square()
    run.write_case('title = "damage"')
    run.write_provenance({})
    run.write_mesh(mesh)
    line = np.abs(mesh.points[:, 1] - 2.0) < 0.6
    for time, most in ((0.0, 0.0), (10.0, 0.95)):
        cracked = (line & (most > 0.0) & (not evenly)).astype(float)
        fields = {
            "Crack damage": most * np.where(line | evenly, 1.0, 0.0),
            "In a crack": cracked,
            "Hydrostatic stress [MPa]": 1.0 + mesh.points[:, 0],
        }
        run.write_fields(time, "state", fields, {}, {})
        row = {
            "Crack length glass [um]": 4.0 * most,
            "Number of cracks": cracked.max(),
            "Crack energy [J.m-2]": most,
        }
        run.write_step({"Time [s]": time} | row)
    run.write_summary({})
    return StoredRun(path)


def test_cracks_do_not_move_over_a_stress_that_was_not_kept(tmp_path: Path) -> None:
    damaged(tmp_path / "run", evenly=False)
    for state in state_files(tmp_path / "run" / "fields"):
        with h5py.File(state, "r+") as file:
            del file["point/Hydrostatic_stress_MPa"]
    with styled():
        assert crack_animation(StoredRun(tmp_path / "run")) is None


def test_lines_of_an_even_current_are_as_far_from_edges_as_from_each_other() -> None:
    """Each crosses the whole map once; none lies on an edge."""
    mesh = square()
    axes = Figure().add_subplot()
    PlaneView(mesh).flow(axes, np.tile([1.0, 0.0, 0.0], (len(mesh.cells), 1)))
    (lines,) = axes.collections
    height = {float(y) for segment in lines.get_segments() for y in segment[:, 1].round(6)}
    gaps = np.diff(sorted(height))
    assert gaps == pytest.approx(gaps[0], rel=1e-4)
    assert min(height) == pytest.approx(0.5 * gaps[0], rel=1e-3)
    assert 4.0 - max(height) == pytest.approx(0.5 * gaps[0], rel=1e-3)
    length = sum(float(np.ptp(segment[:, 0])) for segment in lines.get_segments())
    assert length == pytest.approx(4.0 * len(height), rel=0.02)


@pytest.mark.parametrize(
    ("evenly", "title", "words"),
    [
        (True, "Damage in the bulk", ["no crack", "no crack, damage up to 0.95"]),
        (False, "Cracks in the bulk", ["no crack", ""]),
    ],
)
def test_what_is_damaged_evenly_is_no_crack(
    tmp_path: Path, evenly: bool, title: str, words: list[str]
) -> None:
    run = damaged(tmp_path / "run", evenly)
    assert run.mesh is not None
    with styled():
        plate, film = crack_plate(run.series), crack_animation(run)
        maps = map_plates(run.mesh, PlaneView(run.mesh), chosen_states(run))
    assert plate is not None
    assert plate.title == title
    assert ("no crack" in plate.caption) == evenly
    drawn = {line.get_color() for axes in plate.figure.axes for line in axes.lines}
    assert drawn <= set(COLOURS)
    assert (film is None) == evenly
    (stress,) = [m for m in maps if m.name == "map_stress"]
    assert ("left blank" in stress.caption) == (not evenly)
    shown = {m.name: m.figure.axes[:2] for m in maps}
    assert [axes.texts[0].get_text() for axes in shown["map_cracks"]] == words
    pixels = [np.asarray(axes.images[0].get_array())[..., :3] for axes in shown["map_stress"]]
    whole, then = ((np.ptp(p, axis=-1) == 0.0).mean() for p in pixels)  # grey
    assert whole < 0.01
    assert (then > 0.1) == (not evenly)
