"""Meshes from files: what they hold arrives, and what they lack is said."""

from pathlib import Path

import gmsh
import meshio
import numpy as np
import pytest

from ecmcell.errors import InputError
from ecmcell.microstructure.files.mesh_file import read_mesh
from ecmcell.microstructure.mesh.simplices import measures

SIDE = {"anode": 0.0, "collector": 2.0}


def write(path: Path, dim: int = 2, version: float = 4.1, **changes) -> Path:
    """Two unit boxes side by side with Gmsh's names; changes say what is different."""
    gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        for name, value in {
            "General.Terminal": 0,
            "Mesh.MshFileVersion": version,
            "Mesh.MeshSizeMax": 0.5,
            "Mesh.SaveAll": int(changes.get("all", False)),
            "Mesh.ElementOrder": changes.get("order", 1),
            "Mesh.RecombineAll": int(changes.get("quads", False)),
        }.items():
            gmsh.option.setNumber(name, value)
        occ = gmsh.model.occ
        add = occ.addRectangle if dim == 2 else occ.addBox
        extent = (1, 1) if dim == 2 else (1, 1, 1)
        parts = [(dim, add(x, 0, 0, *extent)) for x in (0, 1)]
        if changes.get("joined", True):
            occ.fragment(parts[:1], parts[1:])
        occ.synchronize()
        phases = changes.get("phases", ("active", "separator"))
        for name in filter(None, dict.fromkeys(phases)):
            own = [tag for (_, tag), phase in zip(parts, phases, strict=True) if phase == name]
            gmsh.model.addPhysicalGroup(dim, own, name=name)
        for number, (name, x) in enumerate(changes.get("tags", SIDE).items(), 1):
            own = [
                t
                for _, t in gmsh.model.getEntities(dim - 1)
                if abs(occ.getCenterOfMass(dim - 1, t)[0] - x) < 1e-9
            ]
            tag = number if changes.get("from_one") else -1  # numbers of a dimension are its own
            gmsh.model.addPhysicalGroup(dim - 1, own, tag, name)
        for name, own in changes.get("more", {}).items():
            gmsh.model.addPhysicalGroup(dim, [parts[k][1] for k in own], name=name)
        gmsh.model.mesh.generate(dim)
        gmsh.write(str(path))
    finally:
        gmsh.finalize()
    return path


@pytest.mark.parametrize("version", [2.2, 4.1])
@pytest.mark.parametrize("dim", [2, 3])
def test_a_mesh_of_gmsh(tmp_path, dim, version):
    mesh = read_mesh(write(tmp_path / "m.msh", dim, version), "case.toml", scale=10.0)
    assert mesh.dim == dim
    assert mesh.grain_phase == ("active", "separator")
    volume = measures(mesh.points, mesh.cells)
    assert volume.min() > 0
    assert np.bincount(mesh.cell_grain, volume) == pytest.approx([10.0**dim] * 2)
    area = measures(mesh.points, mesh.facets)
    by_tag = {r: area[mesh.facet_tag == k].sum() for k, r in enumerate(mesh.tags)}
    sides = 4 * 10 if dim == 2 else 8 * 100
    assert by_tag == pytest.approx(
        {"anode": 10.0 ** (dim - 1), "collector": 10.0 ** (dim - 1), "side": sides}
    )
    assert mesh.points[mesh.facets[mesh.facet_tag == 0]][..., 0].max() == 0.0


def test_the_layout_of_other_formats(tmp_path):
    path = write(tmp_path / "m.msh", version=2.2)
    expected = read_mesh(path, "case.toml")
    whole = meshio.read(path)
    meshio.write(tmp_path / "m.xdmf", whole)
    numbers = {name: int(number) for name, (number, _) in whole.field_data.items()}
    for name, suffix in (("by number", ".xdmf"), ("by number", ".vtu")):
        other = tmp_path / f"m{suffix}"
        if suffix == ".vtu":
            plain = {"tag": whole.cell_data["gmsh:physical"]}
            meshio.write(other, meshio.Mesh(whole.points, whole.cells, cell_data=plain))
        mesh = read_mesh(other, "case.toml", names=numbers)
        assert mesh.grain_phase == expected.grain_phase, name
        assert np.allclose(mesh.points, expected.points)
        assert np.array_equal(mesh.facet_tag, expected.facet_tag)


def test_names_as_sets_of_cells(tmp_path):
    path = write(tmp_path / "m.msh")
    expected = read_mesh(path, "case.toml")
    meshio.write(tmp_path / "m.inp", meshio.read(path))
    mesh = read_mesh(tmp_path / "m.inp", "case.toml")
    assert mesh.grain_phase == expected.grain_phase
    assert np.bincount(mesh.facet_tag).tolist() == np.bincount(expected.facet_tag).tolist()


@pytest.mark.parametrize("version", [2.2, 4.1])
@pytest.mark.parametrize("dim", [2, 3])
def test_groups_that_overlap_are_refused(tmp_path, dim, version):
    """Which of the two the shared cells belong to would be a guess, and differs by format."""
    plain = read_mesh(write(tmp_path / "m.msh", dim, version), "case.toml")
    anode = np.count_nonzero(plain.facet_tag == plain.tags.index("anode"))
    both = write(tmp_path / "a.msh", dim, version, tags=SIDE | {"side": 0.0})
    with pytest.raises(InputError, match=rf"side share {anode} facets"):
        read_mesh(both, "case.toml")
    active = np.count_nonzero(plain.cell_grain == plain.grain_phase.index("active"))
    both = write(tmp_path / "b.msh", dim, version, more={"binder": [0]})
    with pytest.raises(InputError, match=rf"active and binder share {active} cells"):
        read_mesh(both, "case.toml")


def test_groups_that_overlap_as_sets_of_cells(tmp_path):
    meshio.write(tmp_path / "m.inp", meshio.read(write(tmp_path / "m.msh", more={"all": [0, 1]})))
    with pytest.raises(InputError, match=r"groups all and separator share"):
        read_mesh(tmp_path / "m.inp", "case.toml")


def test_groups_of_other_names(tmp_path):
    """Groups may be told by name or number; one of facets and one of cells may share a number."""
    expected = read_mesh(write(tmp_path / "m.msh"), "case.toml")
    tags = {"lithium": 0.0, "foil": 2.0, "crack": 1.0}
    path = write(tmp_path / "n.msh", phases=("NMC", "LPS"), tags=tags, from_one=True)
    numbers = {(d, n): int(k) for n, (k, d) in meshio.read(path).field_data.items()}
    names = {
        "active": numbers[2, "NMC"],
        "separator": "LPS",
        "anode": numbers[1, "lithium"],
        "collector": ["foil"],
    }
    mesh = read_mesh(path, "case.toml", names=names)
    assert numbers[2, "NMC"] == numbers[1, "lithium"] == 1
    assert mesh.grain_phase == expected.grain_phase
    assert np.array_equal(mesh.facet_tag, expected.facet_tag)
    assert mesh.statistics["Groups of facets that are no boundary"] == "crack"


def test_groups_of_one_phase_are_grains_of_their_own_where_they_touch(tmp_path):
    """Crystals of one phase in a mesh of a polycrystal; in the order of the phases' names."""
    path = write(tmp_path / "m.msh", phases=("crystal 1", "crystal 2"))
    mesh = read_mesh(path, "case.toml", names={"active": ["crystal 2", "crystal 1"]})
    assert mesh.grain_phase == ("active", "active")
    middle = mesh.points[mesh.cells].mean(axis=1)[:, 0]
    assert [(middle[mesh.cell_grain == k] > 1).all() for k in (0, 1)] == [False, True]
    same = read_mesh(path, "case.toml", names={"b": "crystal 1", "a": "crystal 2"})
    assert same.grain_phase == ("a", "b")
    assert mesh.statistics["Mean neighbours of active"] == 1.0


@pytest.mark.parametrize(
    ("names", "key", "words"),
    [
        ({"active": "NMC"}, "mesh.groups.active", "There are active, separator"),
        ({"side": 9}, "mesh.groups.side", "There are anode, collector"),
        ({"pore": "active"}, "mesh.groups.pore", "no facets"),
        ({"binder": "active", "active": 1}, "mesh.groups.active", "is binder already"),
    ],
)
def test_groups_that_cannot_be_meant(tmp_path, names, key, words):
    with pytest.raises(InputError, match=words) as wrong:
        read_mesh(write(tmp_path / "m.msh"), "case.toml", names=names)
    assert (wrong.value.where, wrong.value.key) == ("case.toml", key)


@pytest.mark.parametrize(("dim", "axis"), [(2, 1), (3, 1), (3, 2)])
def test_a_stack_along_another_axis(tmp_path, dim, axis):
    """It is turned: depths, sections and platens are counted along x."""
    path = write(tmp_path / "m.msh", dim, version=2.2)
    expected = read_mesh(path, "case.toml")
    mesh = meshio.read(path)
    mesh.points[:, :dim] = np.roll(mesh.points[:, :dim], axis, axis=1)
    meshio.write(path, mesh, file_format="gmsh22")
    turned = read_mesh(path, "case.toml")
    assert np.allclose(turned.points, expected.points)
    assert np.array_equal(turned.facet_tag, expected.facet_tag)
    assert measures(turned.points, turned.cells).min() > 0
    order = {(2, 1): "x, y are y, x", (3, 1): "x, y, z are y, z, x", (3, 2): "x, y, z are z, x, y"}
    assert turned.statistics["Stack"] == f"{order[dim, axis]} of the file"
    assert "Stack" not in expected.statistics


def test_nodes_of_no_cell(tmp_path):
    path = write(tmp_path / "m.msh", version=2.2)
    expected = read_mesh(path, "case.toml")
    mesh = meshio.read(path)
    mesh.points = np.vstack([mesh.points, [1e6, 0.0, 3.0]])
    meshio.write(path, mesh, file_format="gmsh22")
    assert np.allclose(read_mesh(path, "case.toml").points, expected.points)


def test_flat_cells(tmp_path):
    """A file has neither sizes nor a seed."""
    path = write(tmp_path / "m.msh", version=2.2)
    mesh = meshio.read(path)
    mesh.points[:, 1] *= 1e-3
    meshio.write(path, mesh, file_format="gmsh22")
    with pytest.raises(InputError, match=r"a cell is flat\. Mesh it anew"):
        read_mesh(path, "case.toml")


def test_connected_parts_are_grains(tmp_path):
    mesh = read_mesh(write(tmp_path / "m.msh", phases=("active", "active")), "case.toml")
    assert mesh.grain_phase == ("active",)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phases": ("", ""), "all": True, "version": 2.2}, "no cells have"),
        ({"phases": ("active", ""), "all": True}, "Mesh.SaveAll"),
        ({"phases": ("", "")}, "no triangles"),
        ({"tags": {"anode": 0.0}}, "group collector"),
        ({"tags": {}}, "group anode"),
        ({"tags": SIDE | {"anodes": 0.5}}, '"anode"'),
        ({"tags": SIDE | {"pore": 1.0}}, "within the mesh"),
        ({"order": 2}, "triangle6"),
        ({"quads": True}, "quad"),
        ({"joined": False}, "without being joined"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, changes, words):
    path = write(tmp_path / "m.msh", **changes)
    with pytest.raises(InputError, match=words) as wrong:
        read_mesh(path, "case.toml")
    assert wrong.value.where == str(path)


def test_cells_without_a_group_are_counted(tmp_path):
    path = write(tmp_path / "m.msh", version=2.2)
    mesh = meshio.read(path)
    for kind, numbers in zip(mesh.cells, mesh.cell_data["gmsh:physical"], strict=True):
        if kind.type == "triangle":
            numbers[:3] = 77
    meshio.write(path, mesh, file_format="gmsh22")
    with pytest.raises(InputError, match=r"3 of .* cells are in no group"):
        read_mesh(path, "case.toml")


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_a_scale_that_cannot_be(tmp_path, scale):
    with pytest.raises(InputError, match="um large") as wrong:
        read_mesh(write(tmp_path / "m.msh"), "case.toml", scale=scale)
    assert "mesh.unit" in wrong.value.remedy


@pytest.mark.parametrize("content", [b"", b"\x7fELF\x00\xff", b"$MeshFormat\n4.1 0 8\n", b"<xml"])
@pytest.mark.parametrize("suffix", [".msh", ".vtu", ".xdmf"])
def test_broken_files(tmp_path, content, suffix, capfd):
    path = tmp_path / f"m{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a mesh"):
        read_mesh(path, "case.toml")
    assert capfd.readouterr() == ("", "")


def test_missing_files_and_strange_ones(tmp_path):
    for name in ("none.msh", "mesh.stl", "mesh"):
        with pytest.raises(InputError) as wrong:
            read_mesh(tmp_path / name, "case.toml")
        assert wrong.value.where == "case.toml"
