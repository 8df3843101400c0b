"""Names by which a case asks for fields."""

from collections.abc import Collection
from typing import Annotated

import pydantic

from ecmcell.case.faults import Fault, suggest, toml
from ecmcell.columns.column import Field
from ecmcell.columns.fields import FIELDS

DEFAULT = "default"
"""Stands for all fields that are written where the case does not choose."""
NAMES = (DEFAULT, *dict.fromkeys(field.key for field in FIELDS))


def is_among(field: Field, names: Collection[str]) -> bool:
    """Whether names of a case ask for a field."""
    return field.key in names or (field.is_default and DEFAULT in names)


def _known(name: str) -> str:
    """The name, if there is such a field."""
    if name not in NAMES:
        raise Fault(f"{toml(name)} is not a field", suggest(name, NAMES, "fields"))
    return name


FieldName = Annotated[
    str,
    pydantic.Field(strict=True),
    pydantic.AfterValidator(_known),
    pydantic.WithJsonSchema({"type": "string", "enum": list(NAMES), "examples": ["stress"]}),
]
