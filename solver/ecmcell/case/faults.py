"""Faults in what a user gives: said where the file is not known yet, in the words of its file."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence


class Fault(ValueError):
    """A fault in a value, found where the file and often the key are not known.

    Args:
        given: What was given, as a phrase.
        remedy: What would do, as a sentence.
        key: Path of keys below the value under validation.
    """

    def __init__(self, given: str, remedy: str, key: Iterable[str | int] = ()):
        self.given, self.remedy, self.key = given, remedy, tuple(key)
        super().__init__(f"{given}. {remedy}")


def all_missing(found: Sequence[Fault]) -> None:
    """Raise the first of what is missing, which then names the others, if there is any.

    Raises:
        Fault: The first.
    """
    if found:
        first, *others = found
        also = also_missing(fault.key for fault in others)
        raise Fault(first.given, first.remedy + also, first.key)


def suggest(name: str, known: Iterable[str], what: str) -> str:
    """A sentence that names the closest of the known names, or all of them."""
    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f'Did you mean "{close[0]}"?'
    return f"Known {what}: {', '.join(known)}." if known else f"There are no {what} here."


def toml(value: object) -> str:
    """A value as a TOML file would have it, shortened."""
    match value:
        case bool():
            text = str(value).lower()
        case str():
            text = '"' + "".join(c if c.isprintable() else " " for c in value) + '"'
        case Mapping():
            text = "a table"
        case list() | tuple():
            text = "[" + ", ".join(map(toml, value[:4])) + (", ...]" if value[4:] else "]")
        case int() if value.bit_length() > 200:
            text = "a number of very many digits"
        case _:
            text = str(value)
    return text if len(text) <= 80 else text[:76] + " ..."


def dotted(key: Iterable[str | int]) -> str:
    """`("interfaces", "a|b", "strength")` as `interfaces."a|b".strength`."""
    parts = []
    for part in key:
        plain = isinstance(part, int) or re.fullmatch(r"[\w-]+", part)
        parts.append(str(part) if plain else toml(part))
    return ".".join(parts)


def also_missing(keys: Iterable[Iterable[str | int]]) -> str:
    """A sentence that names more keys that are missing, if there are any."""
    named = ", ".join(map(dotted, keys))
    return f" Also missing: {named}." if named else ""
