"""What columns of a study are called in figures."""

import re
import textwrap
from collections import Counter
from collections.abc import Sequence

from ecmcell.report.drawing.labels import axis_label, capital

_KINDS = {"end: ": " at the end", "extremes: ": ""}


def response_label(column: str) -> str:
    """A column of results, with its unit in brackets."""
    for kind, words in _KINDS.items():
        if column.startswith(kind):
            name, bracket, unit = column.removeprefix(kind).partition(" [")
            return axis_label(f"{name}{words}{bracket}{unit}")
    return axis_label(column)


def factor_labels(columns: Sequence[str]) -> dict[str, str]:
    """Keys with units as people say them: as few of their last parts as tell them apart."""
    labels = {column: _last(column, 1) for column in columns}
    for count in range(2, 10):
        alike = Counter(labels.values())
        labels = {c: _last(c, count) if alike[text] > 1 else text for c, text in labels.items()}
    return labels


def wrapped(text: str, width: int = 26) -> str:
    """Lines of a label; its unit stays whole."""
    whole = re.sub(r"\([^()]*\)$", lambda unit: unit[0].replace(" ", "\0"), text)
    lines = textwrap.wrap(whole, max(width, 12), break_long_words=False)
    return "\n".join(lines).replace("\0", " ")


def _last(column: str, count: int) -> str:
    """The last parts of a dotted key, with the unit."""
    key, bracket, unit = column.partition(" [")
    parts = re.findall(r'"[^"]*"|[^."]+', key)[-count:]
    words = " ".join(part.strip('"').replace("_", " ") for part in parts)
    return axis_label(capital(words) + bracket + unit)
