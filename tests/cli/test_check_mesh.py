"""`ecmcell check` and `mesh` look at what was meshed: a path for the current, material cut off."""

import copy

import numpy as np
import pytest
from spoiling import CRYSTALS
from workplace import CASE, RECIPE, Workplace, expect_one_message

from ecmcell.output import StoredRun
from ecmcell.report.drawing.plane import PlaneView
from ecmcell.report.sections.microstructure import microstructure_table

SEPARATOR, CATHOLYTE, ACTIVE = 1, 2, 3
IMAGE = {
    "recipe": "image",
    "file": "labels.npy",
    "voxel": "2 um",
    "phases": {"separator": SEPARATOR, "catholyte": CATHOLYTE, "active": ACTIVE},
}


@pytest.fixture
def floating(workplace: Workplace) -> Workplace:
    """Three voxels of active material at the collector and one that electrons do not reach."""
    labels = np.full((5, 3), CATHOLYTE, dtype=np.uint8)
    labels[0], labels[4], labels[2, 1] = SEPARATOR, ACTIVE, ACTIVE
    np.save(workplace.path / "meshes/labels.npy", labels)
    workplace.write("meshes/image.toml", IMAGE)
    case = copy.deepcopy(CASE) | {"mesh": {"recipe": "../meshes/image.toml"}}
    case["protocol"] = ["Charge at C/5 for 10 s"]
    case["physics"] = {"mechanics": False}
    insulated(case)
    workplace.write("case/case.toml", case)
    return workplace


def insulated(case: dict) -> None:
    """The electrolyte conducts no electrons."""
    del case["phases"]["catholyte"]["overrides"]
    del case["interfaces"]["active|catholyte"]["electronic_resistance"]


@pytest.mark.parametrize("command", ["check", "mesh"])
def test_what_is_cut_off_is_told(floating: Workplace, command: str) -> None:
    """Four voxels of 2 um on a footprint of 6 um, 4.78 g/cm3: 1.275 mg/cm2, a quarter cut off."""
    code, out, err = floating.call(command, "case")
    assert (code, err) == (0, "")
    rows = dict(
        [part.strip() for part in line.strip("│").split("│")]
        for line in out.splitlines()
        if line.count("│") == 3
    )
    assert rows["active that no electrons reach"] == "25 %"
    assert rows["Active material"] == "1.275 mg/cm2"
    assert rows["Cut off, takes no part"] == "0.3187 mg/cm2"


def test_report_tells_what_is_cut_off(floating: Workplace) -> None:
    assert floating.call("run", "case")[0] == 0
    run = StoredRun(floating.path / "runs/case")
    assert run.mesh is not None
    table = microstructure_table(run.mesh, PlaneView(run.mesh), run)
    shown = {row[0]: row[-1] for row in table.rows}
    assert shown["active (µm²)"] == shown["Active material (mg/cm²)"] == "25 %"
    assert shown["catholyte (µm²)"] == "0 %"


@pytest.mark.parametrize("command", ["check", "mesh", "run"])
def test_no_path_in_a_recipe(workplace: Workplace, command: str) -> None:
    """Layers in the wrong order: behind the active material ions have no way to it."""
    layers = [RECIPE["layers"][k] for k in (0, 2, 1)]
    workplace.write("meshes/layers.toml", RECIPE | {"layers": layers})
    case = copy.deepcopy(CASE)
    insulated(case)
    case["interfaces"]["active|separator"] = case["interfaces"]["active|catholyte"]
    del case["interfaces"]["catholyte|separator"]
    workplace.write("case/case.toml", case)
    told = expect_one_message(workplace, command, "case")
    assert "case.toml: mesh: no path from anode to collector" in told
    assert "electrons from the collector reach nothing" in told


@pytest.mark.parametrize("command", ["check", "mesh", "run"])
def test_what_a_section_has_not_is_told(workplace: Workplace, command: str) -> None:
    workplace.write("case/case.toml", CASE | {"protocol": ["Charge at 1 uA for 1 minute"]})
    told = expect_one_message(workplace, command, "case")
    assert "protocol.0" in told and "A section has no footprint" in told


@pytest.mark.parametrize("command", ["check", "mesh"])
def test_grains_without_orientation_are_refused_before_a_run(
    workplace: Workplace, command: str
) -> None:
    """A table that is for other grains than those of the mesh."""
    case = copy.deepcopy(CASE)
    case["phases"]["active"] |= CRYSTALS | {"orientation": "grains.csv"}
    workplace.write("case/case.toml", case)
    table = workplace.path / "case/grains.csv"
    table.write_text("grain,phi1,Phi,phi2\n1,0,90,0\n")
    message = expect_one_message(workplace, command, "case")
    assert 'phases.active.orientation: "grains.csv" has no row for 1 of 1 grains' in message
    table.write_text("grain,phi1,Phi,phi2\n2,0,90,0\n")
    assert workplace.call(command, "case")[::2] == (0, "")
