"""What is written can be read by others, and survives being killed."""

import json
import os
import resource
import subprocess
import sys

import h5py
import numpy as np
import pytest
import pyvista
from vtkmodules.vtkIOXdmf2 import vtkXdmfReader

from ecmcell.errors import InputError
from ecmcell.output import OutputMesh, RunDirectory, StoredRun
from ecmcell.output.fields import state_files
from synthetic_run import STATES, disc_mesh, fields, step_row


@pytest.fixture(scope="module")
def meshed():
    """The mesh of discs and the disc of each point."""
    return disc_mesh(size=2.0)


def tetrahedra() -> OutputMesh:
    """Two bodies of one tetrahedron each that share a face."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], dtype=float)
    return OutputMesh(
        points=np.vstack([corners[:4], corners[1:]]),
        cells=np.array([[0, 1, 2, 3], [4, 5, 6, 7]]),
        cell_phase=np.array([0, 1]),
        phase_names=("active", "catholyte"),
        cell_body=np.array([0, 1]),
        body_names=("active", "catholyte"),
        interface_points=corners[1:4],
        interface_facets=np.array([[0, 1, 2]]),
        interface_pair=np.array([0]),
        pair_names=("active|catholyte",),
    )


def test_series_reads_back_every_digit(tmp_path):
    run = RunDirectory(tmp_path / "run")
    rows = [step_row(time, np.random.default_rng(0)) for time in (1 / 3, 2e-9, 1.2345678901234e5)]
    for row in rows:
        run.write_step(
            {**row, "Event": "none, so far", "Voltage [V]": np.float64(row["Voltage [V]"])}
        )
    run.write_provenance({})
    series = StoredRun(run.path).series
    for name in rows[0]:
        assert series[name].tolist() == [row[name] for row in rows]
    assert set(series["Event"]) == {"none, so far"}


def test_series_is_on_disk_after_every_step(tmp_path):
    run = RunDirectory(tmp_path)
    for count in (1, 2, 3):
        run.write_step({"Time [s]": float(count)})
        assert len((tmp_path / "series.csv").read_text().splitlines()) == count + 1


@pytest.mark.parametrize("second", [{"Time [s]": 1.0}, {"Time [s]": 1.0, "V": 1.0, "W": 1.0}])
def test_series_with_other_columns_is_an_error(tmp_path, second):
    run = RunDirectory(tmp_path)
    run.write_step({"Time [s]": 0.0, "V": 4.0})
    with pytest.raises(ValueError, match=r"'[VW]'"):
        run.write_step(second)
    assert len((tmp_path / "series.csv").read_text().splitlines()) == 2


def test_series_may_come_in_another_order(tmp_path):
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    run.write_step({"a": 1.0, "b": 2.0})
    run.write_step({"b": 4.0, "a": 3.0})
    assert StoredRun(tmp_path).series["a"].tolist() == [1.0, 3.0]


def test_series_cut_off_in_its_last_line_is_read_without_it(tmp_path):
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    run.write_step({"a": 1.0, "b": 2.0})
    with (tmp_path / "series.csv").open("a") as file:
        file.write("3.0")
    assert StoredRun(tmp_path).series["b"].tolist() == [2.0]


def test_vtk_reads_fields_of_bodies_and_interfaces(tmp_path, meshed):
    mesh, point_disc = meshed
    run = RunDirectory(tmp_path)
    run.write_mesh(mesh)
    written = [fields(mesh, point_disc, filling) for filling in (0.9, 0.4)]
    for (time, label), content in zip(STATES[1:3], written, strict=True):
        run.write_fields(time, label, **content)

    bodies = pyvista.get_reader(tmp_path / "fields" / "fields.xdmf")
    facets = pyvista.get_reader(tmp_path / "fields" / "interface.xdmf")
    assert bodies.time_values == facets.time_values == [STATES[1][0], STATES[2][0]]
    for number, content in enumerate(written):
        bodies.set_active_time_point(number)
        facets.set_active_time_point(number)
        grid, surface = bodies.read(), facets.read()
        for stored, place in ((grid.point_data, "point"), (grid.cell_data, "cell")):
            for name, values in content[place].items():
                np.testing.assert_array_equal(stored[name], _three(values))
        for name, values in content["interface"].items():
            np.testing.assert_array_equal(surface.cell_data[name], values)
        np.testing.assert_array_equal(grid.cell_data["Phase"], mesh.cell_phase)
        np.testing.assert_array_equal(grid.points, mesh.points)
        np.testing.assert_array_equal(grid.cells_dict[pyvista.CellType.TRIANGLE], mesh.cells)
        assert surface.n_cells == len(mesh.interface_facets)

    reader = vtkXdmfReader()  # PyVista's own asks for times, and a mesh has none
    reader.SetFileName(str(tmp_path / "mesh.xdmf"))
    reader.Update()
    plain = pyvista.wrap(reader.GetOutputDataObject(0))
    np.testing.assert_array_equal(plain.cells_dict[pyvista.CellType.TRIANGLE], mesh.cells)
    np.testing.assert_array_equal(plain.cell_data["Body"], mesh.cell_body)


def test_vtk_reads_fields_in_three_dimensions(tmp_path):
    mesh = tetrahedra()
    run = RunDirectory(tmp_path)
    run.write_mesh(mesh)
    stress = np.arange(8.0)
    run.write_fields(
        2.5,
        "end",
        {"Hydrostatic stress [MPa]": stress, "Displacement [um]": np.ones((8, 3))},
        {"Von Mises stress [MPa]": np.array([1.0, 2.0])},
        {"Normal traction [MPa]": np.array([-7.0])},
    )
    bodies = pyvista.get_reader(tmp_path / "fields" / "fields.xdmf").read()
    np.testing.assert_array_equal(bodies.point_data["Hydrostatic stress [MPa]"], stress)
    np.testing.assert_array_equal(bodies.cell_data["Von Mises stress [MPa]"], [1.0, 2.0])
    assert bodies.volume == pytest.approx(1 / 6 + 1 / 3)
    facets = pyvista.get_reader(tmp_path / "fields" / "interface.xdmf").read()
    np.testing.assert_array_equal(facets.cell_data["Normal traction [MPa]"], [-7.0])


def test_tensors_have_nine_components_everywhere(tmp_path):
    """Row by row: in ParaView's reader, in VTK's eyes and in what is read back."""
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    run.write_mesh(tetrahedra())
    at_points = np.arange(72.0).reshape(8, 3, 3)
    in_cells = -np.arange(18.0).reshape(2, 3, 3)
    run.write_fields(1.0, "end", {"Stress [MPa]": at_points}, {"Strain": in_cells}, {})
    text = (tmp_path / "fields" / "fields.xdmf").read_text()
    assert text.count('AttributeType="Tensor"') == 2
    grid = pyvista.get_reader(tmp_path / "fields" / "fields.xdmf").read()
    for found, values in (
        (grid.point_data["Stress [MPa]"], at_points),
        (grid.cell_data["Strain"], in_cells),
    ):
        assert found.shape == (len(values), 9)
        np.testing.assert_array_equal(found.reshape(-1, 3, 3), values)
    stored = StoredRun(tmp_path).fields(0)
    np.testing.assert_array_equal(stored.point["Stress [MPa]"], at_points.reshape(8, 9))
    np.testing.assert_array_equal(stored.cell["Strain"], in_cells.reshape(2, 9))


def test_matrices_of_another_shape_are_refused(tmp_path):
    run = RunDirectory(tmp_path)
    run.write_mesh(tetrahedra())
    with pytest.raises(ValueError, match=r"Stress.*\(8, 2, 2\)"):
        run.write_fields(0.0, "start", {"Stress": np.zeros((8, 2, 2))}, {}, {})


def test_stored_run_gives_back_mesh_states_and_fields(tmp_path, meshed):
    mesh, point_disc = meshed
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    run.write_mesh(mesh)
    content = fields(mesh, point_disc, 0.5)
    run.write_fields(3.0, "Füllung: end", **content)
    stored = StoredRun(tmp_path)
    assert stored.states == ((3.0, "Füllung: end"),)
    assert stored.mesh.phase_names == mesh.phase_names
    assert stored.mesh.dim == 2
    back = stored.fields(0)
    for place in ("point", "cell", "interface"):
        assert set(getattr(back, place)) == set(content[place])
    np.testing.assert_array_equal(
        back.point["Lithium stoichiometry"], content["point"]["Lithium stoichiometry"]
    )


def test_mesh_without_interfaces_gives_no_interface_file(tmp_path):
    whole = tetrahedra()
    mesh = OutputMesh(
        **{
            **vars(whole),
            "interface_facets": np.empty((0, 3), int),
            "interface_pair": np.empty(0, int),
        }
    )
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    run.write_mesh(mesh)
    run.write_fields(0.0, "start", {"Electrolyte potential [V]": np.zeros(8)}, {}, {})
    assert not (tmp_path / "fields" / "interface.xdmf").exists()
    assert StoredRun(tmp_path).mesh.interface_facets.shape == (0, 3)


def test_field_of_wrong_length_is_an_error_and_writes_nothing(tmp_path):
    run = RunDirectory(tmp_path)
    run.write_mesh(tetrahedra())
    with pytest.raises(ValueError, match=r"Voltage.*8 values"):
        run.write_fields(0.0, "start", {"Voltage [V]": np.zeros(7)}, {}, {})
    with h5py.File(tmp_path / "fields" / "fields.h5") as file:
        assert len(file["steps"]) == 0
    assert not state_files(tmp_path / "fields")


def test_run_goes_on_while_a_viewer_holds_the_file_open(tmp_path):
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    run.write_mesh(tetrahedra())
    with h5py.File(tmp_path / "fields" / "fields.h5", "r"):
        script = (
            "import sys, numpy, pathlib; from ecmcell.output.fields import write_fields_file\n"
            "with write_fields_file(pathlib.Path(sys.argv[1]), 'r+') as file:\n"
            "    file['steps/x'] = numpy.zeros(3)"
        )
        path = str(tmp_path / "fields" / "fields.h5")
        subprocess.run([sys.executable, "-c", script, path], check=True)


def test_mesh_whose_shapes_disagree_is_an_error():
    whole = vars(tetrahedra())
    with pytest.raises(ValueError, match="cell_phase"):
        OutputMesh(**{**whole, "cell_phase": np.array([0])})


def test_killed_write_leaves_the_old_summary(tmp_path, monkeypatch):
    run = RunDirectory(tmp_path)
    run.write_summary({"status": "running"})

    def die(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", die)
    with pytest.raises(KeyboardInterrupt):
        run.write_summary({"status": "done"})
    assert json.loads((tmp_path / "summary.json").read_text()) == {"status": "running"}


def test_summary_is_json_without_nan(tmp_path):
    run = RunDirectory(tmp_path)
    run.write_summary({"a": np.float64("nan"), "b": {"c": np.arange(2)}, "d": np.bool_(True)})
    text = (tmp_path / "summary.json").read_text()
    assert json.loads(text, parse_constant=pytest.fail) == {
        "a": None,
        "b": {"c": [0, 1]},
        "d": True,
    }


def test_provenance_names_versions_and_hashes_the_case(tmp_path):
    run = RunDirectory(tmp_path)
    run.write_case('title = "x"\n')
    run.write_provenance({"seeds": {"mesh": 7}, "inputs": {"recipe": "abc"}})
    content = json.loads((tmp_path / "provenance.json").read_text())
    assert {"ecmcell", "python", "numpy"} <= set(content["versions"])
    assert len(content["inputs"]["case.toml"]) == 64
    assert content["inputs"]["recipe"] == "abc"
    assert content["seeds"] == {"mesh": 7}
    assert content["ranks"] == 1


def test_a_disk_full_from_the_start_leaves_room_for_another_run(tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            RunDirectory(tmp_path / "run")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list((tmp_path / "run").iterdir()) == []
    RunDirectory(tmp_path / "run")


def test_new_run_replaces_the_old_one_and_nothing_else(tmp_path):
    first = RunDirectory(tmp_path)
    first.write_step({"a": 1.0})
    (tmp_path / "notes.md").write_text("mine")
    RunDirectory(tmp_path)
    assert not (tmp_path / "series.csv").exists()
    assert (tmp_path / "notes.md").read_text() == "mine"


def test_directory_of_the_user_is_never_cleared(tmp_path):
    (tmp_path / "case.toml").write_text("mine")
    with pytest.raises(InputError, match=r"case\.toml and no run"):
        RunDirectory(tmp_path)
    assert (tmp_path / "case.toml").read_text() == "mine"


def test_path_that_is_a_file_is_an_input_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="--output"):
        RunDirectory(tmp_path / "file")


def _three(values: np.ndarray) -> np.ndarray:
    return np.pad(values, ((0, 0), (0, 1))) if values.ndim == 2 else values


def test_run_of_an_earlier_version_is_refused(tmp_path):
    (tmp_path / "provenance.json").write_text('{"versions": {"ecmcell": "0.1.0"}}')
    with pytest.raises(InputError, match=r"written by ecmcell 0\.1\.0.*Run the case again\."):
        StoredRun(tmp_path)
    (tmp_path / "provenance.json").write_text('{"versions": {"ecmcell": "0.2.0"}}')
    assert StoredRun(tmp_path).series == {}
