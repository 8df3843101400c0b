"""What a report needs of the case that a run kept."""

import tomllib
from typing import Any

from ecmcell.case.units import quantity
from ecmcell.output import StoredRun


def case_of(run: StoredRun) -> dict[str, Any]:
    """The tables of `case.toml`; empty if there is none that can be read."""
    try:
        return tomllib.loads(run.case_text)
    except tomllib.TOMLDecodeError:
        return {}


def asked_of(run: StoredRun) -> dict[str, Any]:
    """The case with the content of its recipe instead of the file's name."""
    case = case_of(run)
    mesh = case.get("mesh", {})
    recipe = run.directory / str(mesh.get("recipe", ""))
    if not recipe.is_file() or not recipe.resolve().is_relative_to(run.directory.resolve()):
        return case
    try:
        content = tomllib.loads(recipe.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return case
    return case | {"mesh": mesh | {"recipe": content}}


def section_of(run: StoredRun) -> str:
    """What the stresses of a run in the plane are those of; empty in space."""
    if run.mesh is None or run.mesh.dim != 2:
        return ""
    cell = case_of(run).get("cell", {})
    if cell.get("section") == "plane stress":
        return "Plane stress: nothing acts across the section anywhere, as in a thin sheet."
    if "Out-of-plane strain" in run.series:
        given = _plain(cell.get("lateral_pressure"))
        acts = f"a mean pressure of {given} acts" if given else "no mean force acts"
        return f"Generalised plane strain: {acts} across the section."
    return "Plane strain: the thickness of the section is held, also against swelling."


def strengths(run: StoredRun) -> list[float]:
    """The different strengths of the interfaces in MPa, in order."""
    laws = case_of(run).get("interfaces", {}).values()
    given = [law["strength"] for law in laws if "strength" in law]
    return sorted({quantity(_plain(entry), "MPa") for entry in given})


def _plain(entry: Any) -> Any:
    """A value without its origin."""
    return entry["value"] if isinstance(entry, dict) else entry
