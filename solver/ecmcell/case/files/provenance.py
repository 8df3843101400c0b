"""Where a value comes from: a publication, or an assumption with its reason."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from ecmcell.case.faults import Fault, toml
from ecmcell.case.files.toml_reader import part

CASE_FILE = "case file"  # the source of what a case overrides without saying more
BPX_FILE = "BPX file "  # begins the source of what a parameter file gives
_DOI = re.compile(r"10\.\d{4,9}/\S+")
REASON = 'Give either source = "10.1234/doi" or assumed = "why this value".'

Text = Annotated[str, Field(strict=True, min_length=1)]


class Frozen(BaseModel):
    """A table of a file: knows all its keys and never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Origin(Frozen):
    """Origin of a value: a publication, or an assumption.

    Attributes:
        source: DOI of the publication that gives the value.
        assumed: Reason for the value where no publication gives one.
        note: Remark on the value.
        set_by: Mark of a value that the case file sets in place of that of the material.
    """

    source: Text | None = None
    assumed: Text | None = None
    note: Text | None = None
    set_by: Literal["case file"] | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.source is None) == (self.assumed is None):
            raise Fault("neither or both of source and assumed are given", REASON)
        source = str(self.source)
        if self.source is None or source == CASE_FILE or source.startswith(BPX_FILE):
            return self
        if not _DOI.fullmatch(source):
            raise Fault(f"{toml(self.source)} is not a DOI", REASON, ["source"])
        return self


class SourcedValue(Origin):
    """A value with its origin.

    Attributes:
        value: Value, written as a value without a source is.
    """

    value: Any

    def origin(self) -> Origin:
        """The origin alone."""
        return Origin(**{name: getattr(self, name) for name in Origin.model_fields})


class Given(Frozen):
    """A table of a case in which a value may say where it comes from.

    `strength = "50 MPa"` may also be `strength = {value = "50 MPa", assumed = "why"}`, or have a
    `source`, as in the files of materials.
    """

    _origins: dict[str, Origin] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _take_origins(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(data, dict):
            return handler(data)
        plain, origins = dict(data), {}
        for key, given in data.items():
            if isinstance(given, dict) and "value" in given and key in cls.model_fields:
                try:
                    value = part(SourcedValue, given)
                except Fault as fault:
                    raise Fault(fault.given, fault.remedy, [key, *fault.key]) from None
                plain[key], origins[key] = value.value, value.origin()
        made = handler(plain)
        made._origins = origins
        return made

    @model_serializer(mode="wrap")
    def _give_origins(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = handler(self)
        for key, origin in self._origins.items():
            content[key] = {"value": content[key]} | origin.model_dump(exclude_none=True)
        return content

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Every value may be a table with its origin."""
        reference = handler(schema)
        made = handler.resolve_ref_schema(reference)
        sourced = handler(SourcedValue.__pydantic_core_schema__)
        for entry in made["properties"].values():
            if not {"enum", "const"} & entry.keys() and entry.get("type") in (
                "string",
                "number",
                ["string", "number"],
            ):
                kept = {k: entry.pop(k) for k in set(entry) - {"description", "default", "title"}}
                entry["anyOf"] = [kept, sourced]
            elif "anyOf" in entry and {"type": "null"} in entry["anyOf"]:
                entry["anyOf"].insert(-1, sourced)
        return reference

    def assuming(self, key: str, value: object, why: str) -> Self:
        """The same with another value, which is assumed."""
        made = self.model_copy(update={key: value})
        made._origins = self._origins | {key: Origin(assumed=why)}
        return made

    def origins(self) -> Iterator[tuple[str, Origin]]:
        """Every value that says where it comes from."""
        yield from self._origins.items()
