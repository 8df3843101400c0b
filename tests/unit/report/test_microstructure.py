"""What the report tells of the mesh: its cells in the picture, its numbers in tables."""

import html
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ecmcell.output import OutputMesh, RunDirectory, StoredRun
from ecmcell.report import write_report
from ecmcell.report.drawing.plane import PlaneView
from ecmcell.report.drawing.space import SpaceView
from ecmcell.report.sections.microstructure import microstructure_table, statistics_table
from synthetic_run import cube_mesh

STATISTICS = {
    "Volume fraction asked": 0.25,
    "Grains": 7,
    "Deciles 1, 5, 9 of the size of active [um]": "3.7, 4.9, 6.3",
    "Specific surface active|catholyte [um-1]": 0.05,
}


def strip() -> OutputMesh:
    """Two equal squares of two phases in bodies of their own, with the edge between them."""
    corners = [[x, y, 0.0] for x in (0.0, 2.0) for y in (0.0, 2.0)]
    points = np.array([*corners, *(np.array(corners) + [2.0, 0.0, 0.0])])
    cells = np.array([[0, 2, 1], [2, 3, 1], [4, 6, 5], [6, 7, 5]])
    body = np.array([0, 0, 1, 1])
    return OutputMesh(
        points=points,
        cells=cells,
        cell_phase=body,
        phase_names=("active", "catholyte"),
        cell_body=body,
        body_names=("active", "catholyte"),
        interface_points=points[2:4],
        interface_facets=np.array([[0, 1]]),
        interface_pair=np.array([0]),
        pair_names=("active|catholyte",),
    )


def stored(path: Path, provenance: dict[str, object]) -> StoredRun:
    """A run of the two squares."""
    run, mesh = RunDirectory(path), strip()
    run.write_provenance(provenance)
    run.write_mesh(mesh)
    run.write_fields(0.0, "start", {"Electrolyte potential [V]": mesh.points[:, 0]}, {}, {})
    return StoredRun(path)


def test_amounts_are_those_of_the_mesh(tmp_path: Path) -> None:
    """Half of the area each, an edge of 2 um in 8 um2; the cells are halves of squares."""
    run = stored(tmp_path, {"mesh statistics": STATISTICS})
    assert run.mesh is not None
    rows = {
        row[0]: row[1:] for row in microstructure_table(run.mesh, PlaneView(run.mesh), run).rows
    }
    assert rows["Grains"] == ("7", "", "")
    assert rows["Cells"] == ("4", "", "")
    half_square = 16 * 2**2 / ((4 + 8**0.5) * 2 * 2 * 8**0.5)
    assert float(rows["Minimum cell quality, 1 is regular"][0]) == pytest.approx(
        half_square, abs=1e-4
    )
    assert rows["Mean cell quality"] == rows["Minimum cell quality, 1 is regular"]
    assert rows["active (µm²)"] == ("4", "50 %", "")
    assert rows["active|catholyte (µm)"] == ("2", "0.25 µm⁻¹", "")


def test_all_statistics_stand_folded_in_below_the_picture(tmp_path: Path) -> None:
    """Once in the page, and not among the provenance."""
    run = stored(tmp_path, {"mesh statistics": STATISTICS, "ranks": 2})
    assert dict(statistics_table(run).rows)["Volume fraction asked"] == "0.25"
    text = html.unescape(write_report(tmp_path).read_text(encoding="utf-8"))
    section = text[text.index('<section id="microstructure">') :].split("</section>")[0]
    folded = section[section.index("<details>") :]
    for words in ("Grains", "3.7, 4.9, 6.3", "Specific surface active|catholyte (µm⁻¹)", "0.05"):
        assert words in folded
    assert text.count("Deciles 1, 5, 9") == 1
    assert '<section id="provenance">' in text and "ranks" in text


def test_a_run_without_statistics_has_amounts_alone(tmp_path: Path) -> None:
    run = stored(tmp_path, {})
    assert run.mesh is not None
    names = [row[0] for row in microstructure_table(run.mesh, PlaneView(run.mesh), run).rows]
    assert "Grains" not in names and "Cells" in names
    assert not statistics_table(run).rows
    assert "All statistics" not in write_report(tmp_path).read_text(encoding="utf-8")


def drawn(view: PlaneView | SpaceView) -> np.ndarray:
    """The lines of cells, shape (e, 2, 2)."""
    axes = Figure().add_subplot()
    view.cell_edges(axes)
    (lines,) = axes.collections
    assert isinstance(lines, LineCollection)
    return np.array(lines.get_segments())


def test_every_edge_of_a_plane_mesh_is_drawn_once() -> None:
    """Two squares with a diagonal each share an edge, though not its points."""
    lines = drawn(PlaneView(strip()))
    assert len(lines) == 9
    lengths = np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1)
    assert sorted(lengths.round(9)) == [2.0] * 7 + [round(8**0.5, 9)] * 2


def test_cells_in_space_are_drawn_where_they_are_cut() -> None:
    """All on the cut: its lines fill the rectangle that the cut is on the screen, no more."""
    mesh = cube_mesh()
    view = SpaceView(mesh)
    lines = drawn(view)
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    corners = np.array([[x, view._cut[1], z] for x in (low[0], high[0]) for z in (low[2], high[2])])
    found, expected = lines.reshape(-1, 2), view._project(corners)
    assert len(lines) > 36
    assert found.min(axis=0) == pytest.approx(expected.min(axis=0), abs=1e-4)
    assert found.max(axis=0) == pytest.approx(expected.max(axis=0), abs=1e-4)
