"""Interfaces that part: pictures of damage and opening, of when contact went, and the cycles."""

import io
import shutil
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image
from tests.unit.report.test_report import SECTIONS, Page

from ecmcell.output import OutputMesh, RunDirectory, StoredRun
from ecmcell.output.fields import state_files
from ecmcell.report import write_report
from ecmcell.report.drawing.animation import LARGEST_SIZE
from ecmcell.report.drawing.plane import PlaneView
from ecmcell.report.drawing.style import styled
from ecmcell.report.sections.cycles import cycle_plate, cycle_table
from ecmcell.report.sections.interfaces import loss_of_contact_plate
from ecmcell.report.sections.opening_animation import opening_animation
from synthetic_run import CASE, STATES, disc_mesh, fields, filling_at, step_row

MOVED = ("Displacement [um]", "Hydrostatic stress [MPa]")


def left_of_middle(mesh: OutputMesh) -> np.ndarray:
    """Facets that part; the last tenth of all cannot."""
    return mesh.interface_points[mesh.interface_facets].mean(axis=1)[:, 0] < 25.0


def debonding(mesh: OutputMesh, state: int) -> dict[str, np.ndarray]:
    """Facets on the left lose contact in the second state and find it again in the last."""
    lost = left_of_middle(mesh) & (state in (1, 2))
    values = {
        "Damage": np.where(left_of_middle(mesh) & (state > 0), 0.9, 0.0),
        "Contact factor": np.where(lost, 0.1, 1.0),
        "Opening [um]": np.where(lost, 0.03 * state, 0.0),
    }
    for field in values.values():
        field[-len(field) // 10 :] = np.nan
    return values


def cycle(number: int, discharged: float) -> dict[str, float | str]:
    return {
        "Cycle": number,
        "Charge capacity [mA.h.g-1]": 160.0,
        "Discharge capacity [mA.h.g-1]": discharged,
        "Coulombic efficiency": discharged / 160.0,
        "Mean charge voltage [V]": 3.9,
        "Mean discharge voltage [V]": 3.7,
        "Polarisation [V]": 0.2,
        "Energy efficiency": 0.9,
        "Contact fraction": 0.9,
    }


@pytest.fixture(scope="module")
def debonded(tmp_path_factory) -> Path:
    """A run whose interfaces part, of two cycles and a half."""
    path = tmp_path_factory.mktemp("runs") / "parted"
    run = RunDirectory(path)
    run.write_case(CASE)
    run.write_provenance({})
    mesh, point_disc = disc_mesh(2.0)
    run.write_mesh(mesh)
    for number, (time, label) in enumerate(STATES):
        content = fields(mesh, point_disc, filling_at(time))
        moved = {name: content["point"][name] for name in MOVED}
        run.write_fields(time, label, moved, {}, debonding(mesh, number))
    rng = np.random.default_rng(1)
    for time in np.linspace(450.0, 36000.0, 20):
        run.write_step(step_row(float(time), rng))
    run.write_cycle(cycle(1, 150.0))
    run.write_cycle(cycle(2, 140.0))
    run.write_cycle(cycle(3, 0.0) | {"Coulombic efficiency": float("nan")})
    return path


def test_page_has_cycles_and_a_moving_picture_and_stands_alone(debonded):
    page = write_report(debonded)
    parsed = Page(page.read_text(encoding="utf-8"))
    assert parsed.sections == SECTIONS | {"cycles"}
    wanted = {"cycles", "interface_damage", "interface_opening", "contact_lost", "opening"}
    assert wanted <= set(parsed.figures)
    assert any(place.startswith("data:image/gif") for place in parsed.loads)
    assert all(place.startswith("data:image/") for place in parsed.loads)
    assert page.stat().st_size < 5_000_000
    assert (debonded / "opening.gif").read_bytes()[:3] == b"GIF"


def test_moving_picture_shows_every_state_and_moves(debonded):
    with styled():
        animation = opening_animation(StoredRun(debonded))
    assert animation is not None and len(animation.gif) < LARGEST_SIZE
    with Image.open(io.BytesIO(animation.gif)) as picture:
        assert picture.n_frames == len(STATES)
        frames = []
        for number in range(len(STATES)):
            picture.seek(number)
            frames.append(np.asarray(picture.convert("RGB"), dtype=int))
    changed = [np.abs(a - b).max() for a, b in pairwise(frames)]
    assert min(changed) > 50


def test_nothing_moves_where_displacements_were_not_kept(debonded, tmp_path):
    run = shutil.copytree(debonded, tmp_path / "run")
    for state in state_files(run / "fields"):
        with h5py.File(state, "r+") as file:
            del file["point/Displacement_um"]
    with styled():
        assert opening_animation(StoredRun(run)) is None


def test_when_contact_went_is_the_first_state_that_shows_it(debonded):
    """Half of the facets in the second of four states, also those that have it back."""
    run = StoredRun(debonded)
    assert run.mesh is not None
    view, drawn = PlaneView(run.mesh), []
    view.facets = lambda axes, values, norm, colours: drawn.append(values)
    with styled():
        plate = loss_of_contact_plate(view, run)
    assert plate is not None
    lost = left_of_middle(run.mesh)
    lost[-len(lost) // 10 :] = False
    np.testing.assert_array_equal(np.isfinite(drawn[0]), lost)
    np.testing.assert_allclose(drawn[0][lost], STATES[1][0] / 3600.0)


def test_one_cycle_is_nothing_to_compare():
    one = {name: np.array([value]) for name, value in cycle(1, 150.0).items()}
    assert cycle_plate(one) is None
    assert cycle_table(one).rows == ()


def test_cycles_are_listed_with_dashes_for_what_half_a_cycle_has_not(debonded):
    table = cycle_table(StoredRun(debonded).cycles)
    assert [row[0] for row in table.rows] == ["1", "2", "3"]
    assert table.heads[2] == "Discharge capacity (mA h g⁻¹)"
    assert [row[3] for row in table.rows] == ["0.9375", "0.875", "–"]
