"""The library of materials, and what a case makes of one: by its name, with overrides."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

from ecmcell.case.faults import Fault, dotted, suggest, toml
from ecmcell.case.files.provenance import CASE_FILE
from ecmcell.case.files.toml_reader import read_toml, validate
from ecmcell.case.materials.bpx import EXAMPLE, read_bpx
from ecmcell.case.materials.material import PROPERTIES, Material

LIBRARY = Path(str(files("ecmcell"))) / "materials"


def with_article(kind: str) -> str:
    """The kind of a material with its article."""
    return f"{'an' if kind[0] in 'ae' else 'a'} {kind}"


def check_known(material: Material, properties: tuple[str, ...], key: list[str | int]) -> None:
    """Whether a material has properties that are needed; the key is that of its user.

    Raises:
        Fault: If it has not; names all of them.
    """
    missing = [name for name in properties if getattr(material, name) is None]
    if missing:
        it = "it" if len(missing) == 1 else "them"
        remedy = f"Add {it} to the material, or to [{dotted(key)}.overrides]."
        raise Fault(f"{material.name} has no {', '.join(missing)}", remedy, key)


def names(*kinds: str) -> list[str]:
    """Names of the materials in the library: of some kinds, or of all."""
    found = sorted(path.stem for path in LIBRARY.glob("*.toml"))
    return [name for name in found if not kinds or material(name).kind in kinds]


def needs_a(kind: str) -> str:
    """What would do where a material is of another kind, as a sentence."""
    return f"Give {with_article(kind)}: {', '.join(map(toml, names(kind)))}, or one of your own."


def material(name: str) -> Material:
    """A material of the library.

    Raises:
        Fault: If there is none of that name.
        InputError: If its file is at fault.
    """
    return Material.model_validate(material_table(name, LIBRARY))


def material_table(name: object, directory: Path, *kinds: str) -> dict[str, Any]:
    """The checked table of a material of the library or of a file.

    Args:
        name: Name in the library, path ending in `.toml`, or a BPX file with one of its
            electrodes, `cell.json:Positive electrode`.
        directory: What a path is relative to.
        kinds: What would fit there, to be suggested; anything if not given.

    Raises:
        Fault: If there is none of that name.
        InputError: If its file is at fault.
    """
    if not isinstance(name, str):
        example = toml(names(*kinds)[0])
        raise Fault(f"{toml(name)} is not valid", f"Give a name in quotes, e.g. {example}.")
    file, *places = name.split(":")
    if file.endswith(".json"):
        if not places:
            raise Fault(f"{toml(name)} names no electrode", f"Give it too, e.g. {EXAMPLE}.")
        path = directory / file
        table = read_bpx(path, [place.strip() for place in places])
    elif name.endswith(".toml"):
        path = directory / name
        table = read_toml(path)
    elif name in names():
        path = LIBRARY / f"{name}.toml"
        table = read_toml(path)
    else:
        what = f"{kinds[0]}s" if len(kinds) == 1 else "materials"
        raise Fault(f"{toml(name)} is not a material", suggest(name, names(*kinds), what))
    validate(Material, table, path, path.parent)
    return table


def overridden(table: dict[str, Any], overrides: object) -> dict[str, Any]:
    """The table of a material with values from a case instead of its own.

    Raises:
        Fault: If an override is not a property.
    """
    if not isinstance(overrides, dict):
        raise Fault(f"{toml(overrides)} is not valid", "Give a table.")
    merged = dict(table)
    if "partial_molar_volume" in overrides:  # two ways to say how much the material swells
        if "volume_change" in overrides:
            raise Fault("given beside volume_change", "Give one.", ["partial_molar_volume"])
        merged.pop("volume_change", None)
    for key, value in overrides.items():
        if key not in PROPERTIES:
            raise Fault("unknown key", suggest(key, PROPERTIES, "properties"), [key])
        choices = table.get("alternatives", {}).get(key, {})
        if isinstance(value, str) and value in choices:
            merged[key] = choices[value]
            continue
        given = value if isinstance(value, dict) else {"value": value}
        origin = {} if {"source", "assumed"} & given.keys() else {"source": CASE_FILE}
        merged[key] = given | origin | {"set_by": CASE_FILE}
    return merged


class ByName:
    """Pydantic annotation: a material that a case may give by its name."""

    def __init__(self, *kinds: str):
        self.kinds = kinds

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A name of the library or a file, or all properties."""
        described = "Name in the library, a file such as mine.toml, or an electrode of a BPX file."
        named = {
            "type": "string",
            "examples": [*names(*self.kinds), "cell.json:Positive electrode"],
        }
        return {"description": described, "anyOf": [named, handler(schema)]}
