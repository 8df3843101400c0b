"""Several runs on one page: what differs, what they share, what cannot be compared."""

from pathlib import Path

import numpy as np
import pytest
from tests.unit.report.test_report import Page

from ecmcell.errors import InputError
from ecmcell.output import RunDirectory, StoredRun
from ecmcell.report import write_comparison
from ecmcell.report.comparison.differences import differences
from ecmcell.report.comparison.figures import colours, cycle_overlay, mean_losses, mean_over
from ecmcell.report.comparison.page import read_members, short_names
from ecmcell.report.sections.half_cycles import branches
from synthetic_run import CASE, write_series_run

PRESSED = CASE + '\n[cell]\nstack_pressure = "{}"\n'


def write_bare_run(path: Path) -> None:
    """A run without active material: no capacity, no losses, no mechanics."""
    run = RunDirectory(path)
    run.write_case('title = "Membrane"\nprotocol = ["Discharge at 1 mA/cm2 for 1 minute"]\n')
    run.write_provenance({})
    for time in (10.0, 60.0):
        run.write_step({"Time [s]": time, "Voltage [V]": 0.1, "Current density [mA.cm-2]": 1.0})


@pytest.fixture
def pair(tmp_path: Path) -> list[Path]:
    """Two runs that differ in their pressure."""
    paths = [tmp_path / name for name in ("low", "high")]
    for path, pressure in zip(paths, ("5 MPa", "50 MPa"), strict=True):
        write_series_run(path, PRESSED.format(pressure), shift=0.1 * (path.name == "high"))
    return paths


def test_page_of_two_runs_holds_what_differs_and_what_came_out(pair, tmp_path):
    page = write_comparison(pair, tmp_path / "both.html")
    text = page.read_text(encoding="utf-8")
    parsed = Page(text)
    assert parsed.sections == {
        "runs",
        "differences",
        "results",
        "voltage",
        "contact",
        "losses",
        "effort",
    }
    assert parsed.figures == ["voltages", "contacts", "mean_losses", "losses", "efforts"]
    assert parsed.loads and all(place.startswith("data:image/") for place in parsed.loads)
    assert "Discs &amp; springs &lt;made by hand&gt;" in text
    for part in ("cell.stack_pressure", "5 MPa", "50 MPa", "Charge capacity (mA h g⁻¹)", "0123456"):
        assert part in text
    assert "Not in every run" not in text
    figures = {path.stem for path in (tmp_path / "both_figures").iterdir()}
    assert figures == set(parsed.figures)


def test_the_only_key_that_differs_names_the_curves(pair):
    members, differing = read_members(pair)
    assert differing == {"cell.stack_pressure": ("5 MPa", "50 MPa")}
    assert [(m.name, m.label) for m in members] == [("low", "5 MPa"), ("high", "50 MPa")]


def test_recipes_of_one_name_are_compared_by_what_they_say(tmp_path):
    paths = [tmp_path / name for name in ("thin", "thick")]
    for path in paths:
        write_series_run(path, CASE + '\n[mesh]\nrecipe = "inputs/layers.toml"\n')
        (path / "inputs").mkdir()
        thickness = 5 if path.name == "thin" else 50
        text = f'recipe = "layered"\n[[layers]]\nthickness = "{thickness} um"\n'
        (path / "inputs" / "layers.toml").write_text(text)
    _, differing = read_members(paths)
    assert differing == {"mesh.recipe.layers": ("thickness 5 um", "thickness 50 um")}


def test_other_meshes_of_files_of_one_name_are_told(tmp_path):
    paths = [tmp_path / name for name in ("old", "new")]
    for path in paths:
        run = write_series_run(path, CASE + '\n[mesh]\nfile = "electrode.msh"\n')
        run.write_provenance({"mesh": {"sha256": f"{path.name}0123456789"}})
    assert read_members(paths)[1] == {"mesh": ("old012345", "new012345")}


def test_runs_of_one_case_go_by_the_names_of_their_directories(tmp_path):
    for name in ("a/run", "b/run"):
        write_series_run(tmp_path / name)
    members, differing = read_members([tmp_path / "a/run", tmp_path / "b/run"])
    assert differing == {}
    assert [m.label for m in members] == ["a/run", "b/run"]


def test_runs_of_other_structure_show_what_they_share(pair, tmp_path):
    write_bare_run(tmp_path / "bare")
    page = write_comparison([pair[0], tmp_path / "bare"], tmp_path / "both.html")
    text = page.read_text(encoding="utf-8")
    assert Page(text).figures == ["voltages", "contacts", "mean_losses", "efforts"]
    missing = text[text.index("Not in every run") :]
    row = missing[missing.index("Stack pressure [MPa]") :]
    assert row.split("<td>")[1].startswith("low<")

    write_bare_run(tmp_path / "other")
    page = write_comparison([tmp_path / "bare", tmp_path / "other"], tmp_path / "bare.html")
    text = page.read_text(encoding="utf-8")
    assert Page(text).figures == ["voltages", "efforts"]
    assert "The cases ask the same." in text
    assert "No run has losses over a capacity." in text


def test_a_run_that_gave_up_says_so_beside_the_others(pair, tmp_path):
    run = write_series_run(tmp_path / "broken")
    run.write_summary({"status": "gave up", "reason": "the solver gave up at 7 s"})
    page = write_comparison([pair[0], tmp_path / "broken"], tmp_path / "both.html")
    text = page.read_text(encoding="utf-8")
    assert "<b>broken did not finish.</b> the solver gave up at 7 s" in text


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: (path / "series.csv").unlink(), "no time step"),
        (lambda path: (path / "series.csv").write_text("Time [s],Voltage [V]\n"), "no time step"),
        (lambda path: (path / "series.csv").write_text(""), "empty"),
        (lambda path: (path / "series.csv").write_text("Time [s]\n1.0\n"), "no time step"),
        (
            lambda path: (path / "series.csv").write_text("Time [s],Voltage [V]\n1.0,x\n"),
            "no number",
        ),
        (lambda path: (path / "provenance.json").unlink(), "not a run"),
    ],
)
def test_a_run_that_cannot_be_compared_is_refused(pair, tmp_path, spoil, message):
    spoil(pair[1])
    with pytest.raises(InputError, match=message):
        write_comparison(pair, tmp_path / "both.html")
    assert not (tmp_path / "both.html").exists()
    assert not (tmp_path / "both_figures").exists()


def test_the_same_run_twice_is_refused(pair, tmp_path):
    (tmp_path / "link").symlink_to(pair[0])
    with pytest.raises(InputError, match="given twice"):
        write_comparison([*pair, tmp_path / "link"], tmp_path / "both.html")


def test_values_are_compared_without_their_sources():
    first = {"title": "a", "cell": {"k": {"value": "1 V", "source": "here"}, "same": 1}}
    second = {"title": "b", "cell": {"k": {"value": "1 V", "assumed": "so"}, "same": 1}}
    assert differences([first, second]) == {}
    second["cell"]["k"] = "2 V"
    assert differences([first, second]) == {"cell.k": ("1 V", "2 V")}


def test_of_two_materials_only_the_names_are_told():
    first = {"a": {"material": {"name": "X", "kind": "electrolyte", "formula": "X"}}}
    second = {"a": {"material": {"name": "Y", "kind": "electrolyte", "formula": "Y"}}}
    assert differences([first, second]) == {"a.material": ("X", "Y")}
    second["a"]["material"] |= {"name": "X", "formula": "X", "density": {"value": "1 g/cm^3"}}
    assert differences([first, second]) == {"a.material.density": ("–", "1 g/cm^3")}


def test_lists_and_switches_are_told_in_short():
    first = {"curve": list(range(80)), "steps": ["Rest"], "on": True, "times": []}
    second = {"curve": list(range(81)), "steps": ["Rest", "Rest"], "on": False, "times": [1]}
    assert differences([first, second]) == {
        "curve": ("0 … 79 (80)", "0 … 80 (81)"),
        "steps": ("Rest", "Rest; Rest"),
        "on": ("yes", "no"),
        "times": ("none", "1"),
    }


def test_names_are_as_short_as_tells_them_apart():
    assert short_names([Path("/r/a"), Path("/r/b")]) == ["a", "b"]
    assert short_names([Path("/x/a/run"), Path("/x/b/run")]) == ["a/run", "b/run"]


def test_losses_are_averaged_over_the_capacity(tmp_path):
    """Three steps of 1, 2 and 1 mA h/g; on charge a loss is negative in the series."""
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    capacities, losses = [0.0, 1.0, 3.0, 4.0], [0.0, -0.1, -0.2, -0.5]
    for k, (capacity, loss) in enumerate(zip(capacities, losses, strict=True)):
        run.write_step(
            {
                "Time [s]": float(k),
                "Voltage [V]": 4.0,
                "Current density [mA.cm-2]": -1.0 if k else 0.0,
                "Discharge capacity [mA.h.g-1]": -capacity,
                "Film loss [V]": loss,
            }
        )
    stored = StoredRun(tmp_path)
    assert mean_losses(stored, "Charge") == {"Film": pytest.approx((0.1 + 0.4 + 0.5) / 4)}
    assert mean_losses(stored, "Discharge") == {}
    (half,) = branches(stored.series)
    assert mean_over(half, np.array([9.0, 1.0, 1.0, 1.0])) == pytest.approx(1.0)


def test_every_run_has_a_colour_of_its_own():
    for count in (2, 7, 30):
        assert len(set(colours(count))) == count


def test_runs_of_several_cycles_are_shown_cycle_by_cycle(pair, tmp_path):
    assert "cycles" not in Page(write_comparison(pair, tmp_path / "a.html").read_text()).sections
    columns = ("Discharge capacity [mA.h.g-1]", "Polarisation [V]", "Minimum contact fraction")
    lines = ["Cycle," + ",".join(columns), "1,170.0,0.1,0.5", "2,165.0,0.2,0.4"]
    (pair[0] / "cycles.csv").write_text("\n".join(lines) + "\n")
    parsed = Page(write_comparison(pair, tmp_path / "b.html").read_text(encoding="utf-8"))
    assert "cycles" in parsed.sections and "cycles" in parsed.figures
    members, _ = read_members(pair)
    plate = cycle_overlay(members, "cell.stack_pressure")
    assert plate is not None
    assert [axis.get_lines()[0].get_ydata().tolist() for axis in plate.figure.axes] == [
        [170.0, 165.0],
        [0.1, 0.2],
        [0.5, 0.4],
    ]
