"""The mesh that a case asks for: from a recipe, or from a file."""

from pathlib import Path

from ecmcell.case.faults import Fault, dotted
from ecmcell.case.schema import Case
from ecmcell.errors import InputError
from ecmcell.microstructure.files.mesh_file import companions, read_mesh
from ecmcell.microstructure.library import can_be_kept, get_mesh, is_quick, read_recipe
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.meshing.child_process import make_aside
from ecmcell.microstructure.meshing.refine import refined


def mesh_of(case: Case) -> MeshData:
    """The mesh of a case. To be called on one rank.

    That of a recipe is refined where the case asks for smaller cells than the recipe gives.

    Raises:
        InputError: The recipe or the file cannot be read, is wrong, or cannot be met.
    """
    asked = case.mesh
    if asked.file is not None:
        return read_mesh(asked.file, case.path, asked.unit, asked.groups)
    assert asked.recipe is not None
    mesh = get_mesh(asked.recipe, asked.seed, asked.overrides, case.path)
    try:
        return refined(mesh, case.max_cells)
    except Fault as fault:
        key = dotted(("phases", *fault.key, "cracking", "regularisation_length"))
        raise InputError(case.path, key, fault.given, fault.remedy) from None


def mesh_ahead(case: Case) -> None:
    """Have the mesh of a recipe made by a process of its own, for `mesh_of` to take from the cache.

    A run that meshes itself holds what Gmsh took to its end.

    Raises:
        InputError: The recipe cannot be read, is wrong, or cannot be met.
    """
    check_source(case)
    asked = case.mesh
    if asked.recipe is not None:
        arguments = asked.recipe, asked.seed, asked.overrides, case.path
        if can_be_kept(*arguments):
            make_aside(*arguments)


def quick_mesh(case: Case) -> MeshData | None:
    """The mesh of a case where that takes seconds: from a file, of a section, or made before."""
    asked = case.mesh
    if asked.recipe is None or is_quick(asked.recipe, asked.seed, asked.overrides, case.path):
        return mesh_of(case)
    return None


def source_files(case: Case) -> tuple[Path, ...]:
    """The files that the mesh is made from: the one that the case names, and what it needs beside.

    Raises:
        InputError: The recipe cannot be read, or a key or value is wrong.
    """
    asked = case.mesh
    if asked.file is not None:
        return (asked.file, *companions(asked.file))
    assert asked.recipe is not None
    return (asked.recipe, *read_recipe(asked.recipe, asked.overrides, case.path).files)


def check_source(case: Case) -> None:
    """Check the keys of a recipe, and what it has at the anode, without making its mesh.

    Raises:
        InputError: The recipe cannot be read, a key or value is wrong, or active material lies
            where lithium has to meet an electrolyte.
    """
    if case.mesh.recipe is not None:
        recipe = read_recipe(case.mesh.recipe, case.mesh.overrides, case.path)
        if recipe.at_anode in case.active_phases:
            given = f"{recipe.at_anode}, active material, lies there"
            remedy = (
                "Only lithium is simulated as anode: begin with a layer of electrolyte, "
                "and let active material lie at the collector."
            )
            raise InputError(case.path, "boundaries.anode", given, remedy)
