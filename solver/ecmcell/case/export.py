"""JSON schemas of case files and recipes, for editors; descriptions are those of the docstrings."""

import inspect
import re
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from ecmcell.case.files.toml_reader import keys_of
from ecmcell.case.units import Quantity

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SECTION = re.compile(r"^Attributes:\n((?: {4}.*\n?|\n)*)", re.MULTILINE)
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)
_HEADING = re.compile(r"^(?:Attributes|Args|Raises):$", re.MULTILINE)


def model_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a file that a model reads."""
    made = model.model_json_schema(schema_generator=_Described)
    return {"$schema": _DRAFT} | made


class _Described(GenerateJsonSchema):
    """Takes descriptions from Google docstrings."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The schema of a table, its keys described."""
        made = super().model_schema(schema)
        model = schema["cls"]
        made["description"] = _summary(model)
        texts, fields = _attributes(model), keys_of(model)
        for name, entry in made.get("properties", {}).items():
            _tidy(entry, fields[name])
            words = [texts.get(name, ""), entry.get("description", "")]
            if any(words):
                entry["description"] = " ".join(filter(None, words))
        return made


def _tidy(entry: JsonSchemaValue, field: FieldInfo) -> None:
    """Leave out what a text file does not have, and write defaults as one would in it."""
    entry.pop("title", None)
    choices = [choice for choice in entry.get("anyOf", []) if choice != {"type": "null"}]
    if "anyOf" in entry:
        entry["anyOf"] = choices
    if len(choices) == 1:
        del entry["anyOf"]
        entry.update(choices[0])
    default = entry.pop("default", None)
    if default is not None:
        for quantity in (m for m in field.metadata if isinstance(m, Quantity)):
            default = quantity.write(field.default)
        entry["default"] = default


def _summary(model: type) -> str:
    """The docstring of a class up to its sections, in one line."""
    return " ".join(_HEADING.split(_docstring(model))[0].split())


def _attributes(model: type) -> dict[str, str]:
    """What the docstrings of a class and its bases say of its attributes."""
    texts: dict[str, str] = {}
    for base in reversed(model.__mro__):
        section = _SECTION.search(_docstring(base))
        for name, text in _ATTRIBUTE.findall(section[1] if section else ""):
            texts[name] = " ".join(text.split())
    return texts


def _docstring(model: type) -> str:
    """The docstring of a class itself, without the indentation of the source."""
    return inspect.cleandoc(model.__dict__.get("__doc__") or "")
