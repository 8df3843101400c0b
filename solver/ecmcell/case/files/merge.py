"""Values laid over those of a case file."""

from collections.abc import Mapping
from typing import Any


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
