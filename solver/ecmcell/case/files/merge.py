"""Values laid over those of a case file."""

import tomllib
from collections.abc import Mapping
from typing import Any

from ecmcell.case.faults import Fault, toml


def merged(first: Mapping[str, Any], *others: Mapping[str, Any]) -> dict[str, Any]:
    """Tables laid over one another; a value with its origin is replaced as a whole."""
    result = dict(first)
    for other in others:
        for key, value in other.items():
            old = result.get(key)
            both = isinstance(old, Mapping) and isinstance(value, Mapping)
            whole = not both or "value" in value or "value" in (old or {})
            result[key] = value if whole else merged(old or {}, value)
    return result


def nested(key: str, value: Any) -> dict[str, Any]:
    """The tables that a dotted key stands for, `"cell.stack_pressure"` as `{"cell": {...}}`.

    Raises:
        Fault: If it is not a key.
    """
    for part in reversed(parts(key)):
        value = {part: value}
    return value


def parts(key: str) -> list[str]:
    """The keys that a dotted key is made of.

    Raises:
        Fault: If it is not a key.
    """
    try:
        found: Any = tomllib.loads(f"{key} = 0") if "\n" not in key else {}
    except tomllib.TOMLDecodeError:
        found = {}
    names = []
    while isinstance(found, dict) and len(found) == 1:
        ((name, found),) = found.items()
        names.append(name)
    if found != 0:
        raise Fault(
            f"{toml(key)} is not a key", 'Write it as in case.toml, e.g. "cell.stack_pressure".'
        )
    return names
