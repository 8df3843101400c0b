"""The exported schemas: shipped files obey them, and what is misspelt does not."""

import copy
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from tests.unit.case.test_case import TEXT

from ecmcell.case.export import model_schema
from ecmcell.case.load import load_case
from ecmcell.case.materials import LIBRARY, Material
from ecmcell.case.schema import Case
from ecmcell.microstructure.recipes import RECIPES
from ecmcell.study.schema import Study

ROOT = Path(__file__).parents[3]
SCHEMA = model_schema(Case)
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": int | float,
}
KEYWORDS = {
    "$defs", "$schema", "title", "description", "examples", "default", "$ref", "anyOf", "allOf",
    "type", "enum", "const", "properties", "required", "additionalProperties", "patternProperties",
    "items", "prefixItems", "minItems", "maxItems", "minLength", "pattern", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "minProperties", "propertyNames", "format",
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> Iterator[str]:
    """What of a value breaks a schema, for the part of JSON schema that ours use."""
    assert schema.keys() <= KEYWORDS, schema.keys() - KEYWORDS
    if "$ref" in schema:
        yield from faults(value, root["$defs"][schema["$ref"].split("/")[-1]], root, at)
    for part in schema.get("allOf", []):
        yield from faults(value, part, root, at)
    if "anyOf" in schema and all(any(faults(value, s, root)) for s in schema["anyOf"]):
        yield f"{at}: fits nothing"
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    right = any(
        isinstance(value, TYPES[n]) and (n == "boolean") >= isinstance(value, bool) for n in names
    )
    if names and not right:
        yield f"{at}: is no {names}"
        return
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        yield f"{at}: is no choice"
    match value:
        case dict():
            yield from _table(value, schema, root, at)
        case list():
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                yield f"{at}: wrong length"
            items = schema.get("prefixItems") or [schema.get("items", {})] * len(value)
            for k, (entry, rule) in enumerate(zip(value, items, strict=False)):
                yield from faults(entry, rule, root, f"{at}[{k}]")
        case str():
            if len(value) < schema.get("minLength", 0):
                yield f"{at}: too short"
            if not re.search(schema.get("pattern", ""), value):
                yield f"{at}: wrong pattern"
        case int() | float():
            low, high = schema.get("minimum", value), schema.get("maximum", value)
            above, below = (schema.get(f"exclusive{k}imum") for k in ("Min", "Max"))
            outside = (above is not None and value <= above) or (
                below is not None and value >= below
            )
            if not low <= value <= high or outside:
                yield f"{at}: out of range"


def _table(value: dict, schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}: {name} is missing"
    if len(value) < schema.get("minProperties", 0):
        yield f"{at}: too few"
    known = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    for key, entry in value.items():
        if key in known:
            yield from faults(entry, known[key], root, f"{at}.{key}")
        elif fitting := [rule for pattern, rule in patterns.items() if re.search(pattern, key)]:
            yield from faults(entry, fitting[0], root, f"{at}.{key}")
        elif schema.get("additionalProperties") is False or patterns:
            yield f"{at}.{key}: unknown key"
        elif isinstance(schema.get("additionalProperties"), dict):
            yield from faults(entry, schema["additionalProperties"], root, f"{at}.{key}")


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("cases/*/case.toml")), ids=lambda p: p.parent.name
)
def test_shipped_case_obeys_the_schema(path: Path) -> None:
    assert list(faults(tomllib.loads(path.read_text()), SCHEMA, SCHEMA)) == []
    resolved = tomllib.loads(load_case(path).to_toml())
    assert list(faults(resolved, SCHEMA, SCHEMA)) == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("meshes/*.toml")), ids=lambda p: p.stem)
def test_shipped_recipe_obeys_its_schema(path: Path) -> None:
    content = tomllib.loads(path.read_text())
    schema = model_schema(RECIPES[content["recipe"]])
    assert list(faults(content, schema, schema)) == []


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.toml")), ids=lambda p: p.stem)
def test_material_obeys_the_schema(path: Path) -> None:
    schema = model_schema(Material)
    assert list(faults(tomllib.loads(path.read_text()), schema, schema)) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("titel",), "x"),
        (("title",), ""),
        (("cell", "stack_presure"), "5 MPa"),
        (("cell", "stack_pressure"), 5),
        (("cell", "sides"), "open"),
        (("cell", "temperature"), {"value": "25 degC", "why": "so"}),
        (("physics", "mechanics"), "yes"),
        (("solver", "max_newton_iterations"), 2.5),
        (("solver", "newton_tolerance"), 0.0),
        (("output", "field_states"), [1.5]),
        (("output", "field_times"), "1 s"),
        (("protocol",), "Rest for 1 hour"),
        (("protocol",), []),
        (("protocol",), [{"repeat": 2}]),
        (("phases", "a b"), {"material": "NMC811"}),
        (("phases", "active", "material"), 8),
        (("phases", "active", "overrides"), {"difusivity": "1 m^2/s"}),
        (("phases", "active", "initial_stoichiometry"), 1.2),
        (("boundaries", "anode"), {"metal": "Li"}),
        (("boundaries", "collector"), {"kind": "copper"}),
        (("interfaces", "a|b"), {"strength": "5 MPa"}),
    ],
)
def test_what_is_wrong_breaks_the_schema(place: tuple[str, ...], value: object) -> None:
    case = copy.deepcopy(tomllib.loads(TEXT))
    assert list(faults(case, SCHEMA, SCHEMA)) == []
    table = case
    for key in place[:-1]:
        table = table.setdefault(key, {})
    table[place[-1]] = value
    assert list(faults(case, SCHEMA, SCHEMA)) != []


# What goes on from something that an editor does not show, as first word or before a first stop.
DANGLING = set(
    "above across against also and as at below beside between both by for from if in it its less "
    "likewise more never of off on or over so such that their them they this those to under until "
    "where which while with without".split()
)
PRONOUNS = {"it", "they", "them", "ones"}


def riddle(text: str) -> str:
    """Why a description does not stand alone; empty if it does."""
    words = re.findall(r"[a-z]+", text.lower())
    if len(words) < 3:
        return "too short"
    if words[0] in DANGLING:
        return f"begins with {words[0]}"
    clause = re.findall(r"[a-z]+", re.split(r"[.;:] ", text.lower())[0])
    dangling = PRONOUNS.intersection(clause)
    return f"{min(dangling)} stands for nothing" if dangling else ""


@pytest.mark.parametrize(
    "text",
    ["Round ones.", "That they are.", "Of the whole cell.", "Energy that parts it.", "2 or 3."],
)
def test_riddles_are_found(text: str) -> None:
    assert riddle(text)


@pytest.mark.parametrize(
    "model", [Case, Material, Study, *RECIPES.values()], ids=lambda model: model.__name__
)
def test_every_description_stands_alone(model: type[BaseModel]) -> None:
    """Editors show the description of a key, or of a table, alone."""
    schema = model_schema(model)
    told = {}
    for name, table in [(model.__name__, schema), *schema.get("$defs", {}).items()]:
        told[name] = table.get("description", "")
        for key, entry in table.get("properties", {}).items():
            told[f"{name}.{key}"] = entry.get("description", "")
    assert {name: why for name, text in told.items() if (why := riddle(text))} == {}


def test_every_key_is_described_for_people() -> None:
    undescribed = [
        f"{name}.{key}"
        for name, table in [("Case", SCHEMA), *SCHEMA["$defs"].items()]
        for key, entry in table.get("properties", {}).items()
        if "description" not in entry and "$ref" not in entry
    ]
    entry = SCHEMA["$defs"]["ReactingInterface"]["properties"]["film_resistance"]
    assert entry["default"] == "0 ohm*cm^2"
    assert "areal resistance with its unit" in entry["description"]
    assert undescribed == []
