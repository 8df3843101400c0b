"""Meshes from files: named groups of cells are phases, named groups of facets are boundary tags."""

import contextlib
import io
import re
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from ecmcell.case.faults import Fault, dotted, suggest, toml
from ecmcell.errors import InputError
from ecmcell.microstructure.files.mesh_groups import SIMPLICES, GroupNames, labelled, named_groups
from ecmcell.microstructure.mesh.facets import MeshingError, unique_rows
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.topology import TAGS, assemble
from ecmcell.microstructure.recipes.base import LEAST, MOST
from ecmcell.microstructure.statistics import describe

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

FORMATS = (".inp", ".med", ".mesh", ".msh", ".vtk", ".vtu", ".xdmf")
"""Ends of the names of files that are read."""

TOGETHER = 1e-9
"""Distance of two points, in sizes of the mesh, below which they should be one."""

ALIKE = 0.85
"""Likeness from which on the name of a group of facets is a boundary tag's misspelt, 1 being the
same."""

ENDS = (TAGS.index("anode"), TAGS.index("collector"))

TURNED = 0.5
"""Area of the ends across x, of that across another axis, below which the stack is along that."""

NAME_THEM = (
    "Name the phases and the boundaries anode, collector and side as physical groups in Gmsh,"
    " or tell in mesh.groups which groups they are."
)


def read_mesh(
    path: Path, where: Path | str, scale: float = 1.0, names: GroupNames | None = None
) -> MeshData:
    """The mesh in a file, by meshio. To be called on one rank.

    Groups of triangles (2D) or tetrahedra (3D) are phases by their names; the connected parts of
    each group become grains. Groups of facets are boundary tags: `anode` and `collector` are
    needed, `side` is what has no other boundary tag, `pore` may be given. Groups of facets of other
    names are told only. Where anode and collector face another axis, x takes its place, as recipes
    and results have it.

    Args:
        path: The file.
        where: What names the file, for messages when it cannot be found.
        scale: um in one unit of the file.
        names: Groups of the file by the phases and boundary tags that they are, by number or name.

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
        if fault.key[:1] == ("mesh",):  # what the case says of the file
            raise InputError(where, dotted(fault.key), fault.given, fault.remedy) from None
        if isinstance(fault, MeshingError):
            remedy = "Mesh it anew, with cells that are no needles or slivers."
            raise InputError(path, "", fault.given, remedy) from None
        raise InputError(path, dotted(fault.key), fault.given, fault.remedy) from None
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


def _assembled(mesh: Any, scale: float, names: GroupNames) -> MeshData:
    kinds = [block.type for block in mesh.cells]
    strange = sorted({kind for kind in kinds if kind not in SIMPLICES})
    if strange:
        remedy = "Mesh with linear triangles (2D) or tetrahedra (3D) only."
        raise Fault(f"there are cells of the kind {', '.join(strange)}", remedy)
    dim = max((SIMPLICES[kind] for kind in kinds), default=0)
    if dim < 2:
        raise Fault("there are no triangles or tetrahedra", "Give a mesh of a surface or a volume.")
    groups = named_groups(mesh, dim, names)
    phases = [group for group in groups if group.dim == dim]
    tagged = [group for group in groups if group.dim == dim - 1 and group.name in TAGS]
    cells, region = labelled(mesh, dim, phases, "cells")
    facets, place_of_tag = labelled(mesh, dim - 1, tagged, "facets")
    tag = np.array([*(TAGS.index(group.name) for group in tagged), -1])[place_of_tag]
    if not phases:
        raise Fault("no cells have a named group", NAME_THEM)
    if (region < 0).any():
        given = f"{np.count_nonzero(region < 0)} of {len(region)} cells are in no group"
        raise Fault(given, "Put every cell into the group of a phase.")
    unused = sorted({g.name for g in groups if g.dim == dim - 1 and g.name not in TAGS})
    for name in unused:
        if get_close_matches(name, TAGS, cutoff=ALIKE):
            raise Fault(f"{toml(name)} is not a boundary", suggest(name, TAGS, "boundaries"))
    used, compact = np.unique(cells, return_inverse=True)
    place = np.full(len(mesh.points), -1, dtype=np.int64)
    place[used] = np.arange(len(used))
    points = _points(mesh.points[used], dim, scale)
    axis = _stack(points, place[facets[np.isin(tag, ENDS)]])

    def find_tags(_: Floats, outer: Integers) -> Integers:
        return _tags(place[facets[tag >= 0]], tag[tag >= 0], outer, unused)

    made = assemble(
        np.roll(points, -axis, axis=1),
        compact.reshape(cells.shape),
        region,
        dict(sorted(((k, group.name) for k, group in enumerate(phases)), key=lambda one: one[1])),
        find_tags,
    )
    _check_joined(made)
    if axis:
        there = "xyz"[:dim]
        turned = ", ".join(there[axis:] + there[:axis])
        made.statistics["Stack"] = f"{', '.join(there)} are {turned} of the file"
    if unused:
        made.statistics["Groups of facets that are no boundary"] = ", ".join(unused)
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
        remedy = f"It may be {LEAST:g} to {MOST:g} um large: set mesh.unit, the length of one unit."
        raise Fault(given, remedy)
    return points


def _stack(points: Floats, ends: Integers) -> int:
    """The axis that the anode and the collector face, x unless it is clearly another."""
    corners = points[ends[(ends >= 0).all(axis=1)]]
    edges = corners[:, 1:] - corners[:, :1]
    if points.shape[1] == 2:
        facing = np.abs(edges[:, 0, ::-1]).sum(axis=0)
    else:
        facing = np.abs(np.cross(edges[:, 0], edges[:, 1])).sum(axis=0)
    most = int(facing.argmax())
    return most if facing[0] < TURNED * facing[most] else 0


def _tags(facets: Integers, tag: Integers, outer: Integers, unused: list[str]) -> Integers:
    """Index into `TAGS` of each outer facet, `side` where the file gives none."""
    both = np.sort(np.concatenate([outer, facets]), axis=1)
    _, same, _ = unique_rows(both + 1)  # a vertex of no cell is -1
    row = np.full(same.max() + 1, -1)
    row[same[: len(outer)]] = np.arange(len(outer))
    at = row[same[len(outer) :]]
    if (at < 0).any():
        name = TAGS[tag[at < 0][0]]
        given = f"a facet of the group {name} lies within the mesh"
        raise Fault(given, f"Let {name} hold outer facets only.")
    tags = np.full(len(outer), TAGS.index("side"))
    tags[at] = tag
    for needed in ("anode", "collector"):
        if not (tags == TAGS.index(needed)).any():
            there = f" The file has {', '.join(unused)}." if unused else ""
            raise Fault(f"no facets are in a group {needed}", NAME_THEM + there)
    return tags


def _check_joined(mesh: MeshData) -> None:
    """Raise a `Fault` if outer points lie on each other, as where parts were not made one."""
    outer = mesh.points[np.unique(mesh.facets)]
    if len(cKDTree(outer).query_pairs(TOGETHER * float(np.ptp(outer, axis=0).max()))):
        given = "points lie on each other: parts of the mesh touch without being joined"
        raise Fault(given, "Join them, in Gmsh by fragments or Coherence.")
