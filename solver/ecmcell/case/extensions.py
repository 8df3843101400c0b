"""Tables of a case that belong to other packages."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, SerializeAsAny, ValidationInfo, WithJsonSchema

from ecmcell.case.faults import Fault, suggest, toml
from ecmcell.case.files.provenance import Frozen
from ecmcell.case.files.toml_reader import part
from ecmcell.extensions import KEYS, extensions


def read_extensions(given: Any, info: ValidationInfo) -> Any:
    """The tables `[extensions.NAME]`, each read by the model that its package gives.

    Raises:
        Fault: If no installed package has a table of the name, or something in it is wrong.
    """
    if not isinstance(given, Mapping):
        return given
    known, read = extensions(KEYS), {}
    for name, table in given.items():
        if name not in known:
            remedy = f"{suggest(str(name), known, 'extensions')} Install the package that has it."
            raise Fault(f"{toml(name)} is of no installed package", remedy, [name])
        try:
            read[name] = part(known[name], table, info.context)
        except Fault as fault:
            raise Fault(fault.given, fault.remedy, [name, *fault.key]) from None
    return read


Extensions = Annotated[
    dict[str, SerializeAsAny[Frozen]],
    BeforeValidator(read_extensions),
    WithJsonSchema({"type": "object"}),  # their packages know them
]
