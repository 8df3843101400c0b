"""Writes docs/case_reference.md from the schema; `make docs` runs it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ecmcell.case.export import model_schema
from ecmcell.case.materials import Material
from ecmcell.case.schema import Case
from ecmcell.microstructure.recipes import RECIPES
from ecmcell.study.schema import Study

TARGET = Path(__file__).with_name("case_reference.md")
LARGEST = 1e6  # a bound beyond it is one of the computer
SOURCED = "SourcedValue"
ORIGIN = ("source", "assumed", "note")
INTERNAL = "set_by"
Schema = Mapping[str, Any]

INTRODUCTION = """\
# Reference of the files a user writes

Made from the schema by `make docs`; do not edit. `ecmcell schema` prints the same for editors as a
JSON schema, `ecmcell schema RECIPE` that of a recipe.

Keys in **bold** must be given. A quantity is a text with its unit, such as `"0.5 mA/cm^2"`; any
unit of the same dimension does. Where a key is marked with °, the value may also be a table that
says where it comes from: `{ value = "50 MPa", assumed = "not measured" }`, or `source = "DOI"` in
place of `assumed`. An unknown key or a wrong dimension ends with one message and exit code 2.

[case.toml](#casetoml) · [study.toml](#studytoml) · [materials](#files-of-materials) ·
[recipes](#files-of-recipes)
"""
PROTOCOL = """\
## protocol

A list of steps, run in order. A step is a sentence, a loop or a drive cycle:

```toml
protocol = [
    "Charge at C/5 until 4.2 V",                 # C-rate of the nominal capacity
    "Hold at 4.2 V until C/50",                  # a current, or "for 30 minutes"
    "Rest for 1 hour",
    "Discharge at 0.5 mA/cm2 for 30 minutes or until 2.8 V",
    "Discharge at 2 mW/cm2 until 2.8 V",         # constant power on the footprint
    { repeat = 10, steps = ["Charge at 1C until 4.2 V", "Discharge at 1C until 2.8 V"] },
    "Run drive.csv (mA/cm2)",                    # two columns: time in s, value in that unit
]
```

Cut-offs are hit exactly, by shortening the time step. Discharge currents are positive.
"""
ORIENTATIONS = """\
### Orientations from a file

`orientation = "grains.csv"`, relative to the case file, gives each grain its own crystal axis, for
instance from EBSD. The first line names the columns; their order is free, others are ignored, and
so is what follows a `#`:

```
grain, phi1, Phi, phi2          x, y, phi1, Phi, phi2
0, 12.5, 87.0, 30.1             3.2, 1.7, 12.5, 87.0, 30.1
1, 204.8, 35.2, 11.9            7.9, 2.4, 204.8, 35.2, 11.9
```

- `phi1`, `Phi`, `phi2`: Euler angles of Bunge in **degrees**
  ([theory](theory.md#mechanics)) in the axes x, y, z of the results: x along the stack, z out of
  a section. Rotate EBSD data into these axes first, coordinates and angles alike; on many maps y
  points down. Only the chemical strain depends on the orientation, and it is the same all around
  c, so that `phi2` has no effect.
- `grain`: number of the grain in the mesh, from 0; grains of all phases are numbered together. In
  Python, `Case.load(...).microstructure().grains` is a table of the grains with their centroids,
  and `grid()["Grain"]` shows where they are. Every grain of the phase needs a row; rows of other
  phases are ignored. Numbers are those of one mesh: they change with the recipe and its seed.
- `x`, `y` and, in 3D, `z` in um instead of `grain`: each grain takes the row nearest to its
  centroid. The rows may be the points of a map or the centroids of grains. No two grains may take
  the same row, as they would where a grain has none or coordinates are in other units.

A grain is a crystal of a recipe, or a connected part of a phase. In a mesh from a file, crystals of
one phase that touch need a group each, `mesh.groups = { active = ["crystal 1", "crystal 2"] }`; in
an image they are one grain. In a section c may point out of the plane, as with `"random"`: its
strain is taken in all three dimensions, and `cell.section` says what holds it.
"""
CASE_TABLES = (
    ("mesh", "Mesh"),
    ("phases.NAME", "Phase"),
    ("phases.NAME.cracking", "Cracking"),
    ("flaws of phases.NAME.cracking", "Flaw"),
    ("penny_cracks of phases.NAME.cracking", "PennyCrack"),
    ("random_flaws of phases.NAME.cracking", "RandomFlaws"),
    ('interfaces."a|b"', "ReactingInterface"),
    ('interfaces."a|b".cohesion', "Cohesion"),
    ("coating of an interface or a lithium electrode", "Coating"),
    ('interphase, growth = "parabolic"', "ParabolicGrowth"),
    ('interphase, growth = "self-limiting"', "LimitedGrowth"),
    ('interfaces."a|a", or of two phases of the same kind', "GrainBoundary"),
    ('interfaces."a|b", bonded', "PerfectBond"),
    ('voids of interfaces."a|b" beside meshed lithium', "Voids"),
    ("boundaries", "Boundaries"),
    ("boundaries.anode, or boundaries.collector of a symmetric cell", "LithiumElectrode"),
    ('contact of a lithium electrode, map = "patches"', "Patches"),
    ('contact of a lithium electrode, map = "random"', "RandomContact"),
    ('contact of a lithium electrode, map = "image"', "PicturedContact"),
    ("boundaries.anode.filled_cracks", "FilledCracks"),
    ("inventory of a lithium electrode", "Inventory"),
    ("void_growth of a lithium electrode", "VoidGrowth"),
    ("boundaries.collector", "ElectronCollector"),
    ("cell", "Cell"),
    ("cell.heat", "Heat"),
    ("physics", "Physics"),
    ("time", "Time"),
    ("solver", "Solver"),
    ("output", "Output"),
)
AFTER = {"Phase": ORIENTATIONS}
"""What follows some of these tables."""

STUDY = """\
Beside a `case.toml`: its variations, every combination of what is varied, each a run of its own.
`ecmcell study CASE` runs them.

```toml
[always]                                    # for all runs of the study
time.max_step = "600 s"

[vary]
"cell.stack_pressure" = ["2 MPa", "20 MPa"] # a key of the case with its values

[vary.binder.weak]                          # or named choices; this one changes nothing

[vary.binder.strong.interfaces."active|catholyte"]
strength = { value = "20 MPa", assumed = "chains that cannot slip" }
```

These are four runs: `2-MPa_weak`, `2-MPa_strong`, `20-MPa_weak` and `20-MPa_strong`. Tables are
laid over those of the case; a value with its origin and a list are replaced as a whole.

A key may also have a range, from which `[sample]` draws; [Studies](studies.md) shows how, with
what comes out.
"""
STUDY_TABLES = (
    ("A range in vary", "Range"),
    ("A normal distribution in vary", "Normal"),
    ("sample", "Sample"),
    ("replicas", "Replicas"),
)
MATERIAL_TABLES = (
    ("A property", "PropertyTable"),
    ("A curve", "Curve"),
    ("A formula instead of a curve", "Expression"),
    ("A curve over the concentration of salt", "SaltCurve"),
    ("A window", "Window"),
)
MATERIAL = """\
The file of a material of your own, or what a phase has instead of a name. Every property is a
table of its own that says where the value comes from; what a case does not need may be absent.
"""


def case_reference() -> str:
    """The whole page."""
    case, material = _schema(Case), _schema(Material)
    parts = [INTRODUCTION, "# case.toml\n", _table("The file", case), PROTOCOL]
    for title, name in CASE_TABLES:
        parts += [_table(title, case["$defs"][name]), *([AFTER[name]] if name in AFTER else [])]
    study = _schema(Study)
    parts += ["# study.toml\n", STUDY, _rows(study)]
    parts += [_table(title, study["$defs"][name]) for title, name in STUDY_TABLES]
    parts += ["# Files of materials\n", MATERIAL, _rows(material)]
    parts += [_table(title, material["$defs"][name]) for title, name in MATERIAL_TABLES]
    parts.append("# Files of recipes\n")
    for name, model in sorted(RECIPES.items()):
        recipe = _schema(model)
        parts.append(_table(f'recipe = "{name}"', recipe))
        for key, table in _tables_of(recipe, recipe["$defs"]):
            parts.append(_table(f"{key} of {name}", table, level=3))
    return "\n".join(parts)


def _schema(model: type[BaseModel]) -> Schema:
    """The schema of a model, every table in it under `$defs` whatever Pydantic's version."""
    made = model_schema(model)
    tables = made.pop("$defs", {})

    def outside(value: Any) -> Any:
        if isinstance(value, list):
            return [outside(entry) for entry in value]
        if not isinstance(value, dict):
            return value
        entries = {key: outside(entry) for key, entry in value.items()}
        if "title" in value and "properties" in value:
            tables[value["title"]] = entries
            return {"$ref": f"#/$defs/{value['title']}"}
        return entries

    root = {key: outside(entry) for key, entry in made.items()}
    for name, table in list(tables.items()):
        tables[name] = {key: outside(entry) for key, entry in table.items()}
    return root | {"$defs": tables}


def _table(title: str, schema: Schema, level: int = 2) -> str:
    """A heading, what the table is, and its keys."""
    return "\n".join(["#" * level + f" {title}", "", schema["description"], "", _rows(schema)])


def _rows(schema: Schema) -> str:
    """A row for each key; where a value comes from is told once."""
    needed = schema.get("required", ())
    lines = ["| key | value | default | meaning |", "|---|---|---|---|"]
    entries = {key: entry for key, entry in schema["properties"].items() if key != INTERNAL}
    if schema.get("title") != "PropertyTable" and set(ORIGIN) <= entries.keys():
        entries = {key: entry for key, entry in entries.items() if key not in ORIGIN}
        about = {"description": "Where it comes from, as of a property."}
        entries |= {", ".join(ORIGIN): {"type": "string"} | about}
    for key, entry in entries.items():
        name = f"**`{key}`**" if key in needed else f"`{key}`"
        mark = " °" if _may_be_sourced(entry) else ""
        row = (name + mark, _value(entry), _default(entry), entry.get("description", ""))
        lines.append("| " + " | ".join(_cell(text) for text in row) + " |")
    return "\n".join(lines) + "\n"


def _default(entry: Schema) -> str:
    match entry.get("default"):
        case None | dict():  # the keys of a table have defaults of their own
            return ""
        case value:
            return f"`{_toml(value)}`"


def _tables_of(schema: Schema, known: Schema, before: str = "") -> Iterator[tuple[str, Schema]]:
    """The keys of a recipe that hold tables, with these; dotted where one is in another."""
    for key, entry in schema["properties"].items():
        for title, table in known.items():
            if f"/{title}'" in str(entry):
                yield f"{before}{key}", table
                yield from _tables_of(table, known, f"{before}{key}.")


def _may_be_sourced(entry: Schema) -> bool:
    return any(part.get("$ref", "").endswith(f"/{SOURCED}") for part in entry.get("anyOf", ()))


def _value(entry: Schema) -> str:
    """What may stand there, in words."""
    if "examples" in entry:
        return f"e.g. `{_toml(entry['examples'][0])}`"
    choices = [part for part in entry.get("anyOf", ()) if not _is_sourced(part)]
    if choices:
        return " or ".join(dict.fromkeys(_value(part) for part in choices))
    if "allOf" in entry:  # a property of a material: its origin, and what its value is
        example = entry["allOf"][-1]["properties"]["value"]
        return f"table, value {_value(example)}"
    if "$ref" in entry:
        return "table"
    if "enum" in entry:
        return ", ".join(f"`{_toml(choice)}`" for choice in entry["enum"])
    if "const" in entry:
        return f"`{_toml(entry['const'])}`"
    match entry.get("type"):
        case "string":
            return "text"
        case "boolean":
            return "`true`, `false`"
        case "integer" | "number" as kind:
            return " ".join(filter(None, (kind, *_range(entry))))
        case "array" if "prefixItems" in entry:
            return f"list of {len(entry['prefixItems'])} {entry['prefixItems'][0]['type']}s"
        case "array":
            word, *rest = _value(entry["items"]).split(" ", 1)
            several = f"{word}s" if word in ("number", "integer", "table", "text") else word
            return " ".join(["list of", several, *rest])
        case "object":
            return "table"
    return "any"


def _is_sourced(part: Schema) -> bool:
    return part.get("$ref", "").endswith(f"/{SOURCED}")


def _range(entry: Schema) -> Iterator[str]:
    words = {
        "minimum": "from {}",
        "exclusiveMinimum": "above {}",
        "maximum": "to {}",
        "exclusiveMaximum": "below {}",
    }
    for key, text in words.items():
        if key in entry and abs(entry[key]) < LARGEST:
            yield text.format(f"{entry[key]:g}")


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case list():
            return f"[{', '.join(map(_toml, value))}]"
    return str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(case_reference(), encoding="utf-8")
    print(TARGET)
