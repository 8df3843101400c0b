"""The figures of lithium in cracks."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ecmcell.output import OutputMesh, RunDirectory, StoredRun
from ecmcell.report.drawing.style import styled
from ecmcell.report.sections.critical_current import write_critical
from ecmcell.report.sections.filled_cracks import (
    filled_crack_plate,
    filled_crack_plates,
    short_plate,
)

TIME = np.array([0.0, 10.0, 20.0, 30.0])
NONE = np.full(4, np.nan)
PATH = [[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]]


def series(second: bool) -> dict[str, np.ndarray]:
    """One filled crack, or two of which the second comes later; a third never does."""
    row = {"Time [s]": TIME}
    for number, there in enumerate((True, second, False), 1):
        since = np.where(TIME >= 10.0 * (number - 1), TIME, np.nan) if there else NONE
        for part in ("pressure [MPa]", "depth [um]", "plating current density [mA.cm-2]"):
            row[f"Filled crack {number} {part}"] = number * since
    return row | {"Current density into cracks [mA.cm-2]": TIME}


@pytest.fixture
def shorted(tmp_path: Path) -> StoredRun:
    """A square of two cells, cracked along its middle, that was short-circuited."""
    points = np.array([[0.0, 0, 0], [4, 0, 0], [4, 2, 0], [0, 2, 0], [0, 1, 0], [4, 1, 0]])
    cells = np.array([[0, 1, 5], [0, 5, 4], [4, 5, 2], [4, 2, 3]])
    none = np.zeros(4, dtype=np.int32)
    empty = np.zeros((0, 2), dtype=np.int64)
    mesh = OutputMesh(
        points,
        cells,
        none,
        ("glass",),
        none,
        ("glass",),
        np.zeros((0, 3)),
        empty,
        np.zeros(0, dtype=np.int32),
        (),
    )
    run = RunDirectory(tmp_path / "run")
    run.write_case('title = "short"')
    run.write_provenance({})
    run.write_mesh(mesh)
    for row in range(4):
        run.write_step({name: float(column[row]) for name, column in series(True).items()})
    run.write_fields(30.0, "end", {"Crack damage": np.array([0.0, 0, 0, 0, 1, 1])}, {}, {})
    run.write_summary({"short circuit": {"Time [s]": 25.0, "Path [um]": PATH}})
    return StoredRun(tmp_path / "run")


def test_only_filled_cracks_that_are_there_are_drawn() -> None:
    with styled():
        one = filled_crack_plate(series(False), None)
        two = filled_crack_plate(series(True), None)
    assert one is not None and two is not None
    assert [len(axes.lines) for axes in one.figure.axes] == [1, 1, 1]
    assert [len(axes.lines) for axes in two.figure.axes] == [2, 2, 3]  # and all of them together
    assert filled_crack_plate({"Time [s]": TIME}, None) is None


def test_the_closed_form_stands_beside_what_is_resolved() -> None:
    with styled():
        plate = filled_crack_plate(series(False) | {"Flaw K_I over K_Ic": TIME / 20.0}, None)
    assert plate is not None
    resolved, grows = plate.figure.axes[-1].lines
    assert np.allclose(resolved.get_ydata(), TIME / 20.0)
    assert set(np.asarray(grows.get_ydata())) == {1.0}


def test_a_short_is_marked_when_it_was(shorted: StoredRun) -> None:
    with styled():
        plates = filled_crack_plates(shorted)
    assert [plate.name for plate in plates] == ["filled_cracks", "short_circuit"]
    marks = [axes.lines[-1].get_xdata() for axes in plates[0].figure.axes]
    assert np.allclose(marks, 25.0)
    assert "after 25 s" in plates[0].caption


def test_its_way_is_drawn_over_the_cracks(shorted: StoredRun) -> None:
    with styled():
        plate = short_plate(shorted)
    assert plate is not None
    (way,) = plate.figure.axes[0].lines[:1]
    assert np.allclose(np.column_stack((way.get_xdata(), way.get_ydata())), PATH)
    pixels = np.asarray(Image.open(io.BytesIO(plate.png(100))).convert("RGB"), dtype=int)
    assert ((pixels[..., 0] > 180) & (pixels[..., 2] < 80)).any()


@pytest.mark.usefixtures("fine_figures")
def test_a_search_without_a_bracket_is_drawn_too(tmp_path: Path) -> None:
    (tmp_path / "ccd.csv").write_text(
        "Current density [mA.cm-2],Onset [s],End [s]\n0.1,,100.0\n0.2,,100.0\n"
    )
    (tmp_path / "ccd.json").write_text(
        '{"failure": "penetration",'
        ' "Maximum without penetration [mA.cm-2]": 0.2, "Closed form [mA.cm-2]": null,'
        ' "Minimum with penetration [mA.cm-2]": null}'
    )
    picture = Image.open(write_critical(tmp_path))
    assert picture.size[0] > 500
