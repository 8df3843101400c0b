"""What the interactive view of a report holds: the run, as finely as a page allows."""

import base64
import hashlib
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest

import ecmcell.report
from ecmcell.microstructure.mesh.simplices import sizes
from ecmcell.output import OutputMesh, RunDirectory, StoredRun
from ecmcell.report import write_report
from ecmcell.report.interactive import view
from ecmcell.report.interactive.fields import choices
from ecmcell.report.interactive.packing import NOTHING, Packing
from ecmcell.report.interactive.solid import Solid, solid_of
from ecmcell.report.states import chosen_states
from synthetic_run import (
    cube_mesh,
    disc_mesh,
    fields,
    write_cube_run,
    write_series_run,
)

STATIC = Path(ecmcell.report.__file__).parent / "static"
PLANE = 7.3  # um, where y is cut


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    path = tmp_path_factory.mktemp("block") / "run"
    write_cube_run(path, 10)
    return StoredRun(path)


class Page:
    """What a script reads from the page."""

    def __init__(self, header: dict, text: str):
        self.header, self._bytes = header, zlib.decompress(base64.b64decode(text))

    def integers(self, name: str) -> np.ndarray:
        kept = self.header[name]
        count = kept["rows"] * kept["columns"]
        planes = np.frombuffer(self._bytes, np.uint8, 4 * count, kept["start"]).reshape(4, count)
        steps = planes.T.copy().view("<i4").reshape(kept["columns"], kept["rows"])
        return np.cumsum(steps, axis=1).T

    def points(self, name: str) -> np.ndarray:
        low, high = np.array(self.header["low"]), np.array(self.header["high"])
        return low + (high - low) * self.integers(name) / self.header["steps"]

    def field(self, label: str, state: int) -> tuple[np.ndarray, float]:
        """Its values and how far one level lies from the next."""
        field = next(f for f in self.header["fields"] if f["label"].startswith(label))
        kept = field["values"][state]
        codes = np.frombuffer(self._bytes, np.uint8, kept["count"], kept["start"]).cumsum() % 256
        level = (kept["last"] - kept["first"]) / kept["levels"]
        return np.where(codes == NOTHING, np.nan, kept["first"] + level * codes), level


def packed(run: StoredRun, solid: Solid) -> Page:
    states = chosen_states(run)
    header, packing = view.packed(run.mesh, solid, states, choices(run.mesh, states, ""))
    return Page(json.loads(json.dumps(header)), packing.text())


def on_cut(page: Page, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where edges of cells cross the plane, and the values there."""
    points, cells = page.points("points"), page.integers("cells")
    edges = np.unique(np.sort(cells[:, np.transpose(np.triu_indices(4, 1))].reshape(-1, 2)), axis=0)
    depth = points[edges, 1] - PLANE
    crossing = np.prod(np.sign(depth), axis=1) < 0
    depth, edges = depth[crossing], edges[crossing]
    way = (depth[:, 0] / (depth[:, 0] - depth[:, 1]))[:, None]
    ends = np.column_stack([points, values])[edges]
    found = ends[:, 0] + way * (ends[:, 1] - ends[:, 0])
    return found[:, :3], found[:, 3]


def area_around(solid: Solid, phase: int) -> float:
    own = solid.point_phase[solid.boundary[:, 0]] == phase
    return float(sizes(solid.points, solid.boundary[own]).sum())


def test_every_cell_is_kept_without_a_spacing() -> None:
    mesh = cube_mesh(8)
    solid = solid_of(mesh)
    assert len(solid.cells) == len(mesh.cells)
    np.testing.assert_allclose(
        np.sort(sizes(solid.points, solid.cells)), np.sort(sizes(mesh.points, mesh.cells))
    )


def test_each_phase_has_points_of_its_own_and_all_of_its_boundary() -> None:
    mesh = cube_mesh(8)
    solid = solid_of(mesh)
    assert (solid.point_phase[solid.cells] == solid.point_phase[solid.cells[:, :1]]).all()
    ball = sizes(mesh.interface_points, mesh.interface_facets).sum()
    assert area_around(solid, 0) == pytest.approx(ball)
    # catholyte 30 x 20 x 20 um around the ball, separator 10 x 20 x 20 um
    assert area_around(solid, 1) == pytest.approx(2 * 400 + 4 * 600 + ball)
    assert area_around(solid, 2) == pytest.approx(2 * 400 + 4 * 200)


def test_the_boundary_of_a_plane_mesh_is_made_of_edges() -> None:
    mesh, _ = disc_mesh(2.0)
    solid = solid_of(mesh)
    edges = sizes(mesh.interface_points, mesh.interface_facets).sum()
    assert solid.boundary.shape[1] == 2
    assert area_around(solid, 0) == pytest.approx(edges)


@pytest.mark.parametrize("spacing", [1.5, 3.0, 6.0])
def test_thinned_bodies_fill_the_box_and_stay_in_touch(spacing: float) -> None:
    mesh = cube_mesh(16)
    solid = solid_of(mesh, spacing)
    assert len(solid.cells) < len(mesh.cells)
    volume = sizes(solid.points, solid.cells).sum()
    assert volume == pytest.approx(40 * 20 * 20, rel=1e-9)
    np.testing.assert_allclose(solid.points.min(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(solid.points.max(axis=0), [40, 20, 20])


def test_thinning_moves_no_point_further_than_its_cube_is_long() -> None:
    mesh, spacing = cube_mesh(16), 3.0
    solid = solid_of(mesh, spacing)
    for axis in range(3):
        moved = solid.from_points.of(mesh.points[:, axis]) - solid.points[:, axis]
        assert np.abs(moved).max() <= spacing


def test_thinning_keeps_interfaces_on_the_bodies() -> None:
    mesh = cube_mesh(16)
    solid = solid_of(mesh, 2.0)
    own = solid.boundary[solid.point_phase[solid.boundary[:, 0]] == 0]
    around = {frozenset(map(tuple, corners.round(9))) for corners in solid.points[own]}
    facets = {
        frozenset(map(tuple, corners.round(9))) for corners in solid.facet_points[solid.facets]
    }
    assert len(facets) < len(mesh.interface_facets)
    assert around <= facets  # some bound what has become flat
    assert len(around) > 0.9 * len(facets)


def test_a_field_on_cells_becomes_its_mean_by_volume_in_the_same_phase() -> None:
    mesh = cube_mesh(6)
    solid = solid_of(mesh)
    values = np.where(mesh.cell_phase == 1, 3.0, np.nan)
    values[mesh.cell_phase == 2] = 5.0
    found = solid.from_cells.of(values)
    np.testing.assert_allclose(found[solid.point_phase == 1], 3.0)
    np.testing.assert_allclose(found[solid.point_phase == 2], 5.0)
    assert np.isnan(found[solid.point_phase == 0]).all()


@pytest.mark.parametrize("state", [0, 1])
def test_a_field_on_the_cut_is_the_field_there(block: StoredRun, state: int) -> None:
    page = packed(block, solid_of(block.mesh))
    values, level = page.field("Electrolyte potential", state)
    places, found = on_cut(page, values)
    known = np.isfinite(found) & (places[:, 0] > 4) & (places[:, 0] < 36)  # not at a limit
    assert known.sum() > 100
    assert np.isnan(found).any()  # in the ball
    step = 40 / 65535
    np.testing.assert_allclose(found[known], -places[known, 0], atol=level / 2 + step)  # mV


def test_a_field_on_the_cut_of_a_thinned_run_is_the_field_within_a_cube(block: StoredRun) -> None:
    spacing = 4.0
    page = packed(block, solid_of(block.mesh, spacing))
    values, level = page.field("Electrolyte potential", 1)
    places, found = on_cut(page, values)
    known = np.isfinite(found)
    assert known.sum() > 50
    error = np.abs(found + places[:, 0])[known]
    assert error.max() <= spacing + level
    assert np.median(error) < 0.25 * spacing


def test_values_outside_the_colours_are_their_end_and_told_all_the_same() -> None:
    packing = Packing()
    kept = packing.numbers(np.array([-9.0, -1.0, 0.3, 1.0, 50.0, np.nan]), -1.0, 1.0)
    assert (kept["first"], kept["last"]) == (-1.0, 1.0)
    assert (kept["least"], kept["most"]) == (-9.0, 50.0)
    page = Page({"fields": [{"label": "it", "values": [kept]}]}, packing.text())
    found, level = page.field("it", 0)
    np.testing.assert_allclose(found, [-1, -1, 0.3, 1, 1, np.nan], atol=level / 2)


def test_what_is_alike_is_kept_once() -> None:
    packing = Packing()
    values = np.random.default_rng(1).normal(size=5000)
    first = packing.numbers(values, -3.0, 3.0)
    length = len(packing.text())
    assert packing.numbers(values.copy(), -3.0, 3.0) == first
    assert len(packing.text()) == length


def test_nothing_is_kept_of_a_field_without_a_value() -> None:
    assert Packing().numbers(np.full(3, np.nan), 0.0, 1.0) is None


def test_all_that_the_figures_map_can_be_chosen_with_unit_range_and_state(block: StoredRun) -> None:
    page = packed(block, solid_of(block.mesh))
    labels = [(field["label"], field["on_facets"]) for field in page.header["fields"]]
    assert labels == [
        ("Lithium stoichiometry", False),
        ("Stoichiometry − mean", False),
        ("Hydrostatic stress (MPa)", False),
        ("Ionic current density (mA cm⁻²)", False),
        ("Electrolyte potential (mV)", False),
        ("Interface current density (mA cm⁻²)", True),
        ("Normal traction (MPa)", True),
        ("", False),  # the phases
    ]
    assert page.header["states"] == ["0 s, start", "60 min, 3.827 V, SOC 20 %"]
    stress = page.header["fields"][2]
    assert stress["high"] == -stress["low"] > 15
    stored = block.fields(1).point["Hydrostatic stress [MPa]"]
    assert stress["values"][1]["least"] == pytest.approx(stored.min())
    assert stress["values"][1]["most"] == pytest.approx(stored.max())


def test_a_view_that_would_be_too_large_is_thinned(
    block: StoredRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = str(view.view_text(block))
    assert "the mesh is thinned" not in whole
    limit = len(whole) - 10_000
    monkeypatch.setattr(view, "LARGEST_SIZE", limit)
    monkeypatch.setattr(view, "_CUBES", (0, 40, 10, 5))
    thinned = str(view.view_text(block))
    assert len(thinned.encode()) < limit
    assert "the mesh is thinned" in thinned


def test_a_page_has_a_view_by_choice_only(tmp_path: Path) -> None:
    run, (mesh, discs) = RunDirectory(tmp_path / "run"), disc_mesh()
    run.write_provenance({})
    run.write_mesh(mesh)
    name = "Hydrostatic stress [MPa]"
    run.write_fields(0.0, "start", {name: fields(mesh, discs, 0.5)["point"][name]}, {}, {})
    plain = write_report(tmp_path / "run").read_text(encoding="utf-8")
    viewed = write_report(tmp_path / "run", interactive=True).read_text(encoding="utf-8")
    assert 'id="view"' not in plain
    assert len(plain.encode()) < 5_000_000
    assert viewed.count('id="view"') == viewed.count('href="#view"') == 1
    assert len(viewed.encode()) < 15_000_000
    assert re.search(r"(src|href)=\"(?!#|data:)", viewed) is None  # nothing is fetched


def test_a_run_without_fields_has_a_page_without_a_view(tmp_path: Path) -> None:
    write_series_run(tmp_path / "run")
    page = write_report(tmp_path / "run", interactive=True)
    assert 'id="view"' not in page.read_text(encoding="utf-8")


def test_vtk_js_is_the_one_that_its_licence_names_and_that_goes_with_it(block: StoredRun) -> None:
    licence = (STATIC / "vtk.LICENSE").read_text(encoding="utf-8")
    found = hashlib.sha256((STATIC / "vtk.js").read_bytes()).hexdigest()
    assert f"its SHA-256 is {found}." in licence
    assert "-->" not in licence  # it is a comment of the page
    assert licence.strip() in str(view.view_text(block))


def test_a_mesh_of_one_body_has_no_facets_to_show() -> None:
    mesh = cube_mesh(2)
    alone = OutputMesh(
        **{
            name: getattr(mesh, name)
            for name in mesh.__dataclass_fields__
            if not name.startswith("interface")
        },
        interface_points=mesh.interface_points,
        interface_facets=mesh.interface_facets[:0],
        interface_pair=mesh.interface_pair[:0],
    )
    for spacing in (0.0, 7.0):
        assert solid_of(alone, spacing).facets.shape == (0, 3)
