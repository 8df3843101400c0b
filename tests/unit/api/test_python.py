"""The Python interface: a case from values, a run without a directory, and what comes out of it."""

import copy
import gc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import tomli_w
from matplotlib.figure import Figure
from mpi4py import MPI
from tests.cli.workplace import CASE, RECIPE

import ecmcell
from ecmcell import Case, InputError, Run, Simulation, SolverError
from ecmcell.output.lock import held

HERE = "meshes/layers.toml"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with a recipe."""
    (tmp_path / "meshes").mkdir()
    (tmp_path / HERE).write_text(tomli_w.dumps(RECIPE))
    return tmp_path


def values(**tables: Any) -> dict[str, Any]:
    """What the file of a short case would hold."""
    changed = copy.deepcopy(CASE)
    changed["mesh"]["recipe"] = HERE
    changed["protocol"] = ["Charge at C/5 for 60 s", "Rest for 10 s"]
    return changed | tables


@pytest.fixture
def case(place: Path) -> Case:
    return Case.load(values(), directory=place)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One that has ended, without a directory of its own."""
    place = tmp_path_factory.mktemp("place")
    (place / "meshes").mkdir()
    (place / HERE).write_text(tomli_w.dumps(RECIPE))
    return Simulation(Case.load(values(), directory=place)).run()


def test_the_face_of_the_package_is_what_it_says() -> None:
    for name in ecmcell.__all__:
        assert getattr(ecmcell, name).__doc__
    assert {*ecmcell.__all__, "__version__"} == {*dir(ecmcell)}
    with pytest.raises(AttributeError, match="no attribute 'Cell'"):
        ecmcell.Cell


def test_a_case_is_the_same_from_a_file_and_from_values(place: Path) -> None:
    (place / "case.toml").write_text(tomli_w.dumps(values()))
    for source in (place, place / "case.toml", str(place)):
        assert Case.load(source).to_toml() == Case.load(values(), directory=place).to_toml()


@pytest.mark.parametrize(
    "overrides",
    [
        {"cell.stack_pressure": "2 MPa", "interfaces.'active|catholyte'.strength": "7 MPa"},
        {
            "cell": {"stack_pressure": "2 MPa"},
            "interfaces": {"active|catholyte": {"strength": "7 MPa"}},
        },
    ],
)
def test_overrides_lie_over_a_case(place: Path, overrides: Mapping[str, Any]) -> None:
    data = Case.load(values(), overrides, place).data
    assert data.cell.stack_pressure == 2.0
    law = data.interface_between("active", "catholyte")
    assert getattr(law, "strength", None) == 7.0
    assert data.cell.temperature == pytest.approx(298.15)  # what is beside them stays


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"cell.stack_presure": "2 MPa"}, 'cell.stack_presure: .*"stack_pressure"'),
        ({"cell.stack_pressure": "2 kg"}, "cell.stack_pressure: .*dimension"),
        ({"cell..a": 1}, "is not a key"),
        ({"mesh.overrides.widht": "3 um"}, "widht"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(
    place: Path, overrides: Mapping[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        Case.load(values(), overrides, place)


def test_a_check_shows_what_a_case_asks(case: Case) -> None:
    shown = case.check()
    for word in ("A case that is right", "NMC811", "Charge at C/5 for 60 s", "Active material"):
        assert word in str(shown)
        assert word in shown._repr_html_()
    assert "NMC811" in repr(case)
    assert case.protocol == ("Charge at C/5 for 60 s", "Rest for 10 s")


def test_a_microstructure_is_a_data_set(case: Case, tmp_path: Path) -> None:
    made = case.microstructure()
    grid = made.grid()
    assert grid.n_cells == made.statistics["Cells"]
    areas = grid.compute_cell_sizes(volume=False, length=False)["Area"]
    assert areas.sum() == pytest.approx(4.0 * 12.0)
    for number, phase in enumerate(grid.field_data["Phases"]):
        assert areas[grid["Phase"] == number].sum() == pytest.approx(16.0), phase
    assert made.grains["phase"].tolist() == ["separator", "catholyte", "active"]
    assert made.grains.index.name == "grain"
    assert made.grains["size"].tolist() == pytest.approx([16.0] * 3)
    assert made.grains[["x", "y"]].to_numpy() == pytest.approx(
        np.array([[2.0, 2.0], [6.0, 2.0], [10.0, 2.0]])
    )
    assert made._repr_png_().startswith(b"\x89PNG")
    made.picture(tmp_path / "mesh.svg")
    assert (tmp_path / "mesh.svg").stat().st_size > 0


def test_series_are_tables(run: Run) -> None:
    series = run.series
    assert series["Time [s]"].iloc[-1] == pytest.approx(70.0)
    assert (series["Voltage [V]"] > 3.0).all()
    assert list(run.states["State"])[-1] == "Rest for 10 s: end"
    assert run.summary["status"] == "done"
    assert run.cycles.empty
    assert run.case.protocol == ("Charge at C/5 for 60 s", "Rest for 10 s")


def test_fields_are_those_of_the_nearest_state(run: Run) -> None:
    """Given by time, or by its number; they know phases and units, and integrate as they should."""
    end, charged = run.fields(), run.fields(59.0)
    first = run.fields(state=0)
    name = "Lithium stoichiometry"
    assert np.nanmean(first[name]) == pytest.approx(0.9)
    assert np.nanmean(charged[name]) < 0.9
    assert not np.array_equal(end[name], charged[name], equal_nan=True)
    active = list(end.field_data["Phases"]).index("active")
    known = np.isfinite(end.point_data_to_cell_data()[name])
    assert np.array_equal(known, end["Phase"] == active)
    faces = run.interfaces(59.0)
    names = list(faces.field_data["Interfaces"])
    lengths = faces.compute_cell_sizes(area=False, volume=False)["Length"]
    reacting = faces["Interface"] == names.index("active|catholyte")
    density = faces["Interface current density [mA.cm-2]"]
    row = run.series.iloc[(run.series["Time [s]"] - 60.0).abs().argmin()]
    passed = (density * lengths)[reacting].sum() / 4.0
    assert abs(passed) == pytest.approx(abs(row["Current density [mA.cm-2]"]), rel=1e-6)
    with pytest.raises(InputError, match="no state 9"):
        run.fields(state=9)
    with pytest.raises(TypeError, match="not both"):
        run.fields(1.0, state=1)


USUAL = {
    "Lithium stoichiometry",
    "Lithium concentration [mol.m-3]",
    "Electrode potential [V]",
    "Electrolyte potential [V]",
    "Electronic potential in additive [V]",
    "Displacement [um]",
    "Hydrostatic stress [MPa]",
    "Maximum principal stress [MPa]",
    "Von Mises stress [MPa]",
}
"""At points, where the case does not choose."""


def test_fields_that_a_case_asks_for_are_data_of_pyvista(place: Path, run: Run) -> None:
    """Tensors of nine components beside the usual fields; what is not there is told in the log."""
    assert {*run.fields().point_data} == USUAL
    names = ["default", "stress", "strain", "lithium flux", "electrode current density"]
    asked = Case.load(values(output={"fields": names}), directory=place)
    other = Simulation(asked).run()
    grid = other.fields()
    assert {*grid.point_data} == USUAL | {"Stress [MPa]"}
    assert grid.point_data["Stress [MPa]"].shape == (grid.n_points, 9)
    stress = grid.point_data["Stress [MPa]"].reshape(-1, 3, 3)
    mean = np.trace(stress, axis1=1, axis2=2) / 3.0
    assert mean == pytest.approx(grid.point_data["Hydrostatic stress [MPa]"], abs=1e-9)
    for name in ("Stress [MPa]", "Strain"):
        assert grid.cell_data[name].shape == (grid.n_cells, 9)
    assert grid.cell_data["Lithium flux [mol.m-2.s-1]"].shape == (grid.n_cells, 3)
    told = (other.directory / "log.txt").read_text()
    warning = 'warning: output.fields: this cell gives no "electrode current density"'
    assert told.count(warning) == 1
    assert "output.fields" not in (run.directory / "log.txt").read_text()
    assert other.series.drop(columns="Peak memory [GB]").equals(
        run.series.drop(columns="Peak memory [GB]")
    )


def test_figures_are_those_of_the_report(run: Run, tmp_path: Path) -> None:
    page = run.report(tmp_path / "page.html")
    assert {"voltage", "losses", "map_stress"} <= {*run.figures}
    assert {path.stem for path in (tmp_path / "page_figures").glob("*.png")} == {*run.figures}
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert isinstance(run.plot("losses"), Figure)
    assert "<svg" in run._repr_html_()
    with pytest.raises(InputError, match=r"no figure.*voltage"):
        run.plot("volage")


def test_figures_of_users_look_as_those_of_reports(run: Run) -> None:
    """The style holds within, and nowhere else."""
    before = mpl.rcParams["axes.prop_cycle"]
    with ecmcell.figure_style():
        own = Figure().subplots()
        own.plot("Time [s]", "Voltage [V]", data=run.series)
    of_report = run.plot("voltage").axes[0]
    for axes in (own, of_report):
        assert not axes.spines["top"].get_visible()
    assert own.spines["left"].get_linewidth() == of_report.spines["left"].get_linewidth()
    assert own.lines[0].get_linewidth() == of_report.lines[0].get_linewidth()
    assert own.xaxis.label.get_fontsize() == of_report.xaxis.label.get_fontsize()
    assert mpl.rcParams["axes.prop_cycle"] == before


def test_a_run_without_a_directory_goes_with_its_object(case: Case, tmp_path: Path) -> None:
    run = Simulation(case).run()
    where = run.directory
    kept = run.save(tmp_path / "kept")
    with pytest.raises(InputError, match="there already"):
        run.save(tmp_path / "kept")
    assert where.is_dir()
    del run
    gc.collect()
    assert not where.exists()
    assert ecmcell.open_run(tmp_path / "kept").series.equals(kept.series)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a run"):
        ecmcell.open_run(tmp_path)


def test_one_step_after_the_other_is_the_same_run(case: Case, run: Run, tmp_path: Path) -> None:
    simulation = Simulation(case)
    with pytest.raises(RuntimeError, match="initialise"):
        simulation.step()
    with pytest.raises(RuntimeError, match="initialise"):
        simulation.result
    simulation.initialise(tmp_path / "run")
    times = [simulation.row["Time [s]"]]
    while simulation.step():
        times.append(simulation.row["Time [s]"])
        assert len(simulation.result.series) == len(times)  # it is there as it goes
    assert times == list(run.series["Time [s]"])
    assert simulation.result.summary["status"] == "done"
    assert not simulation.step()
    with pytest.raises(RuntimeError, match="once"):
        simulation.initialise()


def test_a_run_can_be_stopped(case: Case) -> None:
    """By a callback; what it was is kept, and so is the state it stopped at."""

    def watch(simulation: Simulation) -> None:
        if simulation.row["Time [s]"] >= 5.0:
            simulation.stop("five seconds are enough")

    run = Simulation(case).run(callbacks=[watch])
    assert (run.summary["status"], run.summary["reason"]) == ("stopped", "five seconds are enough")
    assert list(run.series["Time [s]"] >= 5.0).count(True) == 1
    assert run.states.iloc[-1].tolist() == [run.series["Time [s]"].iloc[-1], "stopped"]
    (told,) = run.provenance["callbacks"]  # type: ignore[misc]
    assert told["name"].endswith("watch")
    assert "five seconds are enough" in told["source"]
    assert len(told["sha256"]) == 64


def test_a_block_that_is_left_closes_the_run(case: Case, tmp_path: Path) -> None:
    """Its summary is written, and others may write to its directory."""
    with Simulation(case) as simulation:
        simulation.initialise(tmp_path / "run")
        with pytest.raises(InputError, match="another run is being written"):
            Simulation(case).run(output=tmp_path / "run")
    assert simulation.result.summary["status"] == "stopped"
    with pytest.raises(InputError, match="not empty"):
        Simulation(case).run(output=tmp_path / "run")
    assert Simulation(case).run(output=tmp_path / "run", overwrite=True).summary["status"] == "done"


def test_a_run_that_fails_keeps_what_there_is(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = Simulation(case)

    def fail(_: Simulation) -> None:
        raise SolverError("no more")

    with pytest.raises(SolverError, match="no more"):
        simulation.run(callbacks=[fail])
    assert len(simulation.result.series) == 2
    with held(simulation.result.directory, MPI.COMM_SELF):
        pass


def test_a_study_is_two_tables(place: Path) -> None:
    (place / "case.toml").write_text(tomli_w.dumps(values(protocol=["Rest for 1 s"])))
    asked = {"vary": {"cell.stack_pressure": ["2 MPa", "20 MPa"]}}
    (place / "study.toml").write_text(tomli_w.dumps(asked))
    study = ecmcell.read_study(place)
    assert list(study.variations["cell.stack_pressure"]) == ["2 MPa", "20 MPa"]
    assert study.cases["20-MPa"].data.cell.stack_pressure == 20.0
    result = ecmcell.run_study(study, place / "out", only=["2-MPa"])
    assert [*result.runs] == ["2-MPa"]
    assert dict(study.states(place / "out")["Run"]) == {"2-MPa": "done", "20-MPa": "not run"}
    result = ecmcell.run_study(study, place / "out")
    assert list(result.table["status"]) == ["done", "done"]
    names = [path.name for path in result.write()]
    assert names == ["study.csv", "study.parquet", "study.html", "comparison.html"]
    assert list(study.results(place / "out").table["cell.stack_pressure [MPa]"]) == [2.0, 20.0]
    with pytest.raises(InputError, match="no variation"):
        ecmcell.run_study(study, place / "out", only=["3-MPa"])


def test_materials_and_effective_properties(case: Case) -> None:
    library = ecmcell.materials()
    assert library.loc["LLZO", "kind"] == "electrolyte"
    assert "youngs_modulus" in str(ecmcell.material("LLZO"))
    lithium = ecmcell.material("Li")
    assert "molar_volume" in str(lithium)
    assert lithium.data.molar_volume == pytest.approx(6.941e-3 / 534.0, rel=2e-3)  # kg/mol, kg/m3
    assert lithium.data.ionic_conductivity is None
    with pytest.raises(InputError, match="LLZO"):
        ecmcell.material("LLZQ")
    found: Any = ecmcell.effective_properties(case, ["catholyte"])
    axes = found["Carriers"]["ions"]["Axes"]
    assert axes["x"]["Ratio to bulk"] == pytest.approx(1.0)
