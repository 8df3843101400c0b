"""Meshes from files: named groups of cells are phases, named groups of facets are roles."""

import contextlib
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from ecmcell.case.reading import Fault, dotted, suggest, toml
from ecmcell.errors import InputError
from ecmcell.microstructure.meshdata import MeshData
from ecmcell.microstructure.recipes.base import LEAST, MOST
from ecmcell.microstructure.statistics import describe
from ecmcell.microstructure.topology import ROLES, assemble

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Names = list[str]

SIMPLICES = {"vertex": 0, "line": 1, "triangle": 2, "tetra": 3}
"""Cells that are understood, by their dimension."""

FORMATS = (".inp", ".med", ".mesh", ".msh", ".vtk", ".vtu", ".xdmf")
"""Ends of the names of files that are read."""

TOGETHER = 1e-9
"""Distance of two points, in sizes of the mesh, below which they should be one."""

NAME_THEM = (
    "Name the phases and the roles anode, collector and side as physical groups in Gmsh,"
    " or tell the numbers of the groups."
)


def read_mesh(
    path: Path, where: Path | str, scale: float = 1.0, names: Mapping[str, int] | None = None
) -> MeshData:
    """The mesh in a file, by meshio. To be called on one rank.

    Groups of triangles (2D) or tetrahedra (3D) are phases by their names; their connected parts
    become grains. Groups of facets are roles: `anode` and `collector` are needed, `side` is what
    has no other role, `pore` may be given.

    Args:
        path: The file.
        where: What names the file, for messages when it cannot be found.
        scale: um in one unit of the file.
        names: Numbers of the groups by name, for formats that keep numbers only.

    Raises:
        InputError: The file cannot be read or is not such a mesh.
    """
    if path.suffix not in FORMATS:
        given = f'"{path.suffix}" is no kind of mesh that is read'
        raise InputError(where, "", given, f"Give a file in {', '.join(FORMATS)}.")
    if not path.is_file():
        raise InputError(where, "", f"there is no file {path}", "Check the path.")
    try:
        mesh = _assembled(_read(path), scale, names or {})
    except Fault as fault:
        key = "" if fault.key == ("size",) else dotted(fault.key)
        remedy = fault.remedy if key else fault.remedy.replace("Try other sizes", "Mesh it finer")
        raise InputError(path, key, fault.given, remedy) from None
    return replace(mesh, statistics=mesh.statistics | describe(mesh))


def companions(path: Path) -> tuple[Path, ...]:
    """Files beside a mesh that hold its numbers; only XDMF has some."""
    if path.suffix != ".xdmf":
        return ()
    names = re.findall(r">\s*([^\s<>:/]+)(?::[^\s<>]*)?\s*<", path.read_text(encoding="utf-8"))
    beside = dict.fromkeys(path.with_name(name) for name in names)
    return tuple(file for file in beside if file.is_file())


def _read(path: Path) -> Any:
    import meshio

    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return meshio.read(path)
    except (Exception, SystemExit) as error:  # meshio ends the program where it knows no format
        reason = " ".join(str(error).split()) or type(error).__name__
        remedy = "Write it anew"
        if path.suffix == ".msh":
            remedy += ", in Gmsh with every cell in a physical group and Mesh.SaveAll off"
        raise Fault(f"not a mesh that can be read: {reason.rstrip('.')}", f"{remedy}.") from None


def _assembled(mesh: Any, scale: float, names: Mapping[str, int]) -> MeshData:
    kinds = [block.type for block in mesh.cells]
    strange = sorted({kind for kind in kinds if kind not in SIMPLICES})
    if strange:
        remedy = "Mesh with linear triangles (2D) or tetrahedra (3D) only."
        raise Fault(f"there are cells of the kind {', '.join(strange)}", remedy)
    dim = max((SIMPLICES[kind] for kind in kinds), default=0)
    if dim < 2:
        raise Fault("there are no triangles or tetrahedra", "Give a mesh of a surface or a volume.")
    points = _points(mesh.points, dim, scale)
    groups = _groups(mesh, names)
    cells, phase_of = _gathered(mesh, groups, dim)
    facets, role_of = _gathered(mesh, groups, dim - 1)
    if not any(phase_of):
        raise Fault("no cells have a named group", NAME_THEM)
    if not all(phase_of):
        given = f"{phase_of.count('')} of {len(phase_of)} cells are in no group"
        raise Fault(given, "Put every cell into the group of a phase.")
    used, compact = np.unique(cells, return_inverse=True)
    place = np.full(len(points), -1, dtype=np.int64)
    place[used] = np.arange(len(used))
    phases = sorted(set(phase_of))
    number = {phase: k for k, phase in enumerate(phases)}
    region = np.array([number[phase] for phase in phase_of])

    def find_roles(_: Floats, outer: Integers) -> Integers:
        return _roles(place[facets], role_of, outer)

    made = assemble(
        points[used], compact.reshape(cells.shape), region, dict(enumerate(phases)), find_roles
    )
    _check_joined(made)
    return made


def _points(raw: Floats, dim: int, scale: float) -> Floats:
    """Coordinates in um, shape (n, dim)."""
    points = scale * np.asarray(raw, dtype=np.float64)
    if not np.isfinite(points).all():
        raise Fault("a coordinate is not a finite number", "Write the file anew.")
    if dim == 2 and points.shape[1] == 3:
        if np.ptp(points[:, 2]) > TOGETHER * np.ptp(points[:, :2]):
            raise Fault("the triangles do not lie in the plane of x and y", "Lay them there.")
    points = points[:, :dim]
    size = float(np.ptp(points, axis=0).max())
    if not LEAST <= size <= MOST:
        given = f"the mesh would be {size:.3g} um large"
        raise Fault(given, f"Give the scale that makes it {LEAST:g} to {MOST:g} um.", ["scale"])
    return points


def _groups(mesh: Any, names: Mapping[str, int]) -> list[Names]:
    """Name of the group of each cell of each block, empty where there is none."""
    groups = [[""] * len(block.data) for block in mesh.cells]
    numbers = _numbers(mesh)
    if numbers is not None and (names or mesh.field_data):
        known = {
            (SIMPLICES[block.type], number): name
            for block in mesh.cells
            for name, number in names.items()
        }
        known |= {(int(d), int(n)): name for name, (n, d) in mesh.field_data.items()}
        for group, block, own in zip(groups, mesh.cells, numbers, strict=True):
            dim = SIMPLICES[block.type]
            group[:] = [known.get((dim, int(number)), "") for number in own]
        return groups
    for name, members in mesh.cell_sets.items():
        if ":" in name:
            continue  # how meshio notes its own
        for group, own in zip(groups, members, strict=True):
            for cell in () if own is None else own:
                if group[cell]:
                    given = f"a cell is in the groups {group[cell]} and {name}"
                    raise Fault(given, "Put every cell into one group.")
                group[cell] = name
    return groups


def _numbers(mesh: Any) -> Any:
    """Numbers of the groups of each block, of the first cell data that are whole numbers."""
    for name in sorted(mesh.cell_data, key=lambda name: name != "gmsh:physical"):
        data = mesh.cell_data[name]
        if all(np.issubdtype(np.asarray(own).dtype, np.integer) for own in data):
            return data
    return None


def _gathered(mesh: Any, groups: list[Names], dim: int) -> tuple[Integers, Names]:
    """All cells of a dimension, shape (m, dim + 1), and their groups."""
    cells: list[Integers] = [np.empty((0, dim + 1), dtype=np.int64)]
    names: Names = []
    for block, group in zip(mesh.cells, groups, strict=True):
        if SIMPLICES[block.type] == dim:
            cells.append(np.asarray(block.data, dtype=np.int64))
            names += group
    return np.concatenate(cells), names


def _roles(facets: Integers, role_of: Names, outer: Integers) -> Integers:
    """Index into `ROLES` of each outer facet; facets that are not outer have no role."""
    row = {tuple(facet): k for k, facet in enumerate(np.sort(outer, axis=1))}
    roles = np.full(len(outer), ROLES.index("side"))
    for facet, name in zip(np.sort(facets, axis=1), role_of, strict=True):
        at = row.get(tuple(facet))
        if not name or (at is None and name not in ROLES):
            continue
        if at is None:
            given = f"a facet of the group {name} lies within the mesh"
            raise Fault(given, f"Let {name} hold outer facets only.")
        if name not in ROLES:
            raise Fault(f"{toml(name)} is not a role", suggest(name, ROLES, "roles"))
        roles[at] = ROLES.index(name)
    for needed in ("anode", "collector"):
        if not (roles == ROLES.index(needed)).any():
            raise Fault(f"no facets are in a group {needed}", NAME_THEM)
    return roles


def _check_joined(mesh: MeshData) -> None:
    """Raise a `Fault` if outer points lie on each other, as where parts were not made one."""
    outer = mesh.points[np.unique(mesh.facets)]
    if len(cKDTree(outer).query_pairs(TOGETHER * float(np.ptp(outer, axis=0).max()))):
        given = "points lie on each other: parts of the mesh touch without being joined"
        raise Fault(given, "Join them, in Gmsh by fragments or Coherence.")
