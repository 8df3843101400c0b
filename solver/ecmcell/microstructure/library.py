"""From a recipe file to a mesh."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ecmcell.case.faults import Fault, dotted, suggest, toml
from ecmcell.case.files.renamed import refuse_renamed
from ecmcell.case.files.toml_reader import explain, read_toml
from ecmcell.errors import InputError
from ecmcell.extensions import packages
from ecmcell.microstructure import cache
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.recipes import RECIPES, known_recipes
from ecmcell.microstructure.recipes.base import Recipe
from ecmcell.microstructure.statistics import describe


def get_mesh(
    recipe_path: Path, seed: int, overrides: Mapping[str, object], where: Path | str
) -> MeshData:
    """The mesh of a recipe, made or taken from the cache. To be called on one rank.

    Args:
        recipe_path: Recipe file; where relative, to the directory of the case file.
        seed: Equal seeds give equal meshes.
        overrides: Keys of the recipe that the case gives instead, nested like its tables.
        where: The case file, for messages and as the place that the recipe must belong to.

    Raises:
        InputError: The recipe cannot be read, is wrong, or cannot be met.
    """
    recipe = read_recipe(recipe_path, overrides, where)
    kept = _kept(recipe, seed)
    mesh = cache.load(kept)
    if mesh is not None:
        return mesh
    with cache.alone(kept):
        mesh = cache.load(kept)  # another process may have made it meanwhile
        if mesh is None:
            try:
                mesh = recipe.build(seed)
            except Fault as fault:
                raise _error(
                    recipe_path, where, overrides, fault.key, fault.given, fault.remedy
                ) from None
            mesh = replace(mesh, statistics=mesh.statistics | describe(mesh, recipe.joined))
            cache.store(kept, mesh)
    return mesh


def can_be_kept(
    recipe_path: Path, seed: int, overrides: Mapping[str, object], where: Path | str
) -> bool:
    """Whether a mesh is not in the cache yet, and the cache can take it."""
    kept = _kept(read_recipe(recipe_path, overrides, where), seed)
    return not kept.exists() and cache.is_writable(kept)


def is_quick(
    recipe_path: Path, seed: int, overrides: Mapping[str, object], where: Path | str
) -> bool:
    """Whether a mesh is there in seconds: that of a section, or one that was made before."""
    recipe = read_recipe(recipe_path, overrides, where)
    try:
        return recipe.is_section() or _kept(recipe, seed).exists()
    except Fault:
        return True  # making it fails at once, and tells why


def _kept(recipe: Recipe, seed: int) -> Path:
    asked: dict[str, object] = {"recipe": recipe.model_dump(mode="json"), "seed": seed}
    if recipe.recipe not in RECIPES:  # another version of its package may make another mesh
        asked["packages"] = packages()
    return cache.path_of(asked)


def read_recipe(path: Path, overrides: Mapping[str, object], where: Path | str) -> Recipe:
    """The recipe in a file, with what the case overrides; arguments as those of `get_mesh`.

    Raises:
        InputError: The file cannot be read, or a key or value is wrong.
    """
    path = _inside(Path(where), Path(path))
    content = _merged(read_toml(path), overrides)
    name = content.get("recipe")
    if not isinstance(name, str) or name not in known_recipes():
        given = "missing" if name is None else f"{toml(name)} is not a recipe"
        remedy = suggest(str(name), known_recipes(), "recipes")
        raise _error(path, where, overrides, ("recipe",), given, remedy)
    try:
        refuse_renamed(content, name)
        return known_recipes()[name].model_validate(content, context={"directory": path.parent})
    except Fault as fault:
        raise _error(path, where, overrides, fault.key, fault.given, fault.remedy) from None
    except ValidationError as error:
        raise _error(path, where, overrides, *explain(error, known_recipes()[name])) from None


def tree_of(case_file: Path) -> Path:
    """The directory that a case may take recipes from.

    It is the nearest one above the case that has a directory `meshes`, else the case directory.
    """
    directory = case_file.resolve().parent
    above = (here for here in (directory, *directory.parents) if (here / "meshes").is_dir())
    return next(above, directory)


def _inside(case_file: Path, recipe_path: Path) -> Path:
    path = case_file.parent / recipe_path
    tree = tree_of(case_file)
    if not path.resolve().is_relative_to(tree):
        given = f"{toml(str(recipe_path))} lies outside of {tree}"
        raise InputError(case_file, "mesh.recipe", given, "Copy the recipe to the case.")
    return path


def _merged(content: dict[str, Any], overrides: Mapping[str, object]) -> dict[str, Any]:
    """Content with overrides; a table is overridden key by key."""
    merged = dict(content)
    for key, value in overrides.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, Mapping):
            value = _merged(below, value)
        merged[key] = value
    return merged


def _error(
    path: Path,
    where: Path | str,
    overrides: Mapping[str, object],
    key: tuple[str | int, ...],
    given: str,
    remedy: str,
) -> InputError:
    """The error, at the key of the file that the value came from."""
    here: object = overrides
    for part in key:
        if not isinstance(here, Mapping):
            break
        if part not in here:
            return InputError(path, dotted(key), given, remedy)
        here = here[part]
    return InputError(where, dotted(("mesh", "overrides", *key)), given, remedy)
