"""A case whose mesh comes from a file."""

import copy
from collections.abc import Callable
from typing import Any

import meshio
import numpy as np
import pytest
from tests.cli.test_commands import SYMMETRIC
from workplace import Workplace

GROUPS = {"separator": (2, 2), "anode": (3, 1), "collector": (4, 1)}


def strip(groups: dict[str, tuple[int, int]]) -> meshio.Mesh:
    """A strip of 3 by 1 boxes of two triangles, the ends of x in groups."""
    points = [[x, y, 0.0] for x in range(4) for y in range(2)]
    boxes = [2 * k for k in range(3)]
    triangles = [t for k in boxes for t in ([k, k + 2, k + 3], [k, k + 3, k + 1])]
    numbers = [np.full(6, 2), np.array([3, 4])]
    return meshio.Mesh(
        np.array(points),
        [("triangle", np.array(triangles)), ("line", np.array([[0, 1], [6, 7]]))],
        cell_data={"gmsh:physical": numbers, "gmsh:geometrical": numbers},
        field_data={name: np.array(entry) for name, entry in groups.items()},
    )


def write(workplace: Workplace, groups: dict[str, tuple[int, int]], mesh: dict[str, Any]) -> None:
    strip(groups).write(workplace.path / "case/strip.msh", file_format="gmsh22")
    workplace.write("case/case.toml", copy.deepcopy(SYMMETRIC) | {"mesh": mesh})


def test_mesh_from_a_file_runs_and_runs_again(workplace: Workplace) -> None:
    write(workplace, GROUPS, {"file": "strip.msh", "unit": "2 um"})
    assert workplace.call("check", "case")[::2] == (0, "")
    code, _, err = workplace.call("mesh", "case")
    assert (code, err) == (0, "")
    assert workplace.call("run", "case", "--no-report")[::2] == (0, "")
    resolved = (workplace.path / "runs/case/case.toml").read_text()
    assert 'unit = "2 um"' in resolved and "seed" not in resolved
    assert workplace.call("check", "runs/case")[::2] == (0, "")


def test_mesh_of_a_file_too_coarse_for_cracks(workplace: Workplace) -> None:
    """It is not refined; the message says how large cells may be, and which length would do."""
    write(workplace, GROUPS, {"file": "strip.msh"})
    case = copy.deepcopy(SYMMETRIC) | {"mesh": {"file": "strip.msh"}, "physics": {}}
    case["cell"] = SYMMETRIC["cell"] | {"stack_pressure": "5 MPa"}
    case["phases"]["separator"]["cracking"] = {
        "fracture_energy": "1 J/m^2",
        "regularisation_length": "1 um",
    }
    workplace.write("case/case.toml", case)
    before = workplace.files()
    for command in ("check", "mesh", "run"):
        code, out, err = workplace.call(command, "case")
        assert (code, out) == (2, ""), command
        assert (
            "case/case.toml: phases.separator.cracking.regularisation_length: 1 um, but the cells"
            in err
        )
        assert "at most half the length, 0.5 um" in err
    assert workplace.files() == before
    case["phases"]["separator"]["cracking"]["regularisation_length"] = "4 um"
    workplace.write("case/case.toml", case)
    told = " ".join(workplace.call("check", "case")[1].replace("│", " ").split())
    assert "the file must have" in told


def drop(name: str) -> dict[str, tuple[int, int]]:
    return {key: entry for key, entry in GROUPS.items() if key != name}


@pytest.mark.parametrize(
    ("groups", "mesh", "key", "words"),
    [
        (GROUPS, {}, "case.toml: mesh.recipe", "missing"),
        (GROUPS, {"file": "strip.msh", "recipe": "../meshes/layers.toml"}, "mesh.file", "one of"),
        (GROUPS, {"file": "strip.msh", "seed": 1}, "mesh.seed", "given beside file"),
        (GROUPS, {"file": "strip.msh", "overrides": {}}, "mesh.overrides", "given beside file"),
        (GROUPS, {"recipe": "../meshes/layers.toml", "unit": "1 um"}, "mesh.unit", "beside recipe"),
        (GROUPS, {"file": "strap.msh"}, "mesh.file", "is not a file"),
        (GROUPS, {"file": "strip.msh", "unit": "1 V"}, "mesh.unit", "length"),
        (GROUPS, {"file": "strip.msh", "unit": "1 km"}, "", "mesh.unit"),
        (GROUPS, {"file": "strip.msh", "groups": {"separator": "2"}}, "mesh.groups.separator", "2"),
        (GROUPS, {"file": "case.toml"}, "case.toml", "no kind of mesh"),
        (drop("anode"), {"file": "strip.msh"}, "strip.msh", "anode"),
        (drop("collector"), {"file": "strip.msh"}, "strip.msh", "collector"),
        (drop("separator"), {"file": "strip.msh"}, "strip.msh", "group"),
        (drop("anode") | {"anod": (3, 1)}, {"file": "strip.msh"}, "strip.msh", "anod"),
    ],
)
def test_wrong_mesh_files(
    workplace: Workplace, groups: dict, mesh: dict[str, Any], key: str, words: str
) -> None:
    write(workplace, groups, mesh)
    refused(workplace, key, words)
    refused(workplace, key, words, "check")


@pytest.mark.parametrize("command", ["check", "mesh", "run"])
def test_no_path_from_the_anode(workplace: Workplace, command: str) -> None:
    """Active material at the anode, electrolyte at the collector: the wrong order."""
    write(workplace, GROUPS | {"active": (5, 2)}, {"file": "strip.msh"})
    mesh = strip(GROUPS | {"active": (5, 2)})
    mesh.cell_data["gmsh:physical"][0][:2] = 5  # active material at the anode
    mesh.write(workplace.path / "case/strip.msh", file_format="gmsh22")
    case = copy.deepcopy(SYMMETRIC) | {"mesh": {"file": "strip.msh"}}
    case["phases"]["active"] = {"material": "NMC811", "initial_stoichiometry": 0.9}
    case["boundaries"]["collector"] = {}
    case["interfaces"] = {"active|separator": {"exchange_current_density": "1 A/m^2"}}
    workplace.write("case/case.toml", case)
    words = "ions from the anode reach nothing, electrons from the collector reach nothing"
    refused(workplace, "case.toml: mesh: no path", words, command)


@pytest.mark.parametrize(
    "spoil", [lambda content: b"", lambda content: b"\x89PNG\xff", lambda content: content[:200]]
)
def test_broken_mesh_files(workplace: Workplace, spoil: Callable[[bytes], bytes]) -> None:
    write(workplace, GROUPS, {"file": "strip.msh"})
    file = workplace.path / "case/strip.msh"
    file.write_bytes(spoil(file.read_bytes()))
    refused(workplace, "strip.msh", "not a mesh")


def refused(workplace: Workplace, key: str, words: str, command: str = "run") -> None:
    before = workplace.files()
    code, out, err = workplace.call(command, "case")
    assert (code, out) == (2, "")
    assert err.startswith("error: ") and err.count("\n") == 1 and "Traceback" not in err
    assert key in err and words in err
    assert workplace.files() == before
