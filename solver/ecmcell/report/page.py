"""The HTML page."""

import base64
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jinja2
import numpy as np

from ecmcell.output import StoredRun
from ecmcell.report.curves import CAPACITY, TIME, VOLTAGE
from ecmcell.report.style import Plate
from ecmcell.report.words import axis_label, duration, number

LARGEST_SIZE = 5_000_000  # bytes of the page
_RESOLUTIONS = (200, 150, 110, 75)  # dots per inch of the maps, until the page is small enough


@dataclass(frozen=True)
class Section:
    """A heading with its figures; `absent` says why there are none."""

    key: str
    title: str
    plates: Sequence[Plate]
    absent: str


def page_text(run: StoredRun, sections: Sequence[Section]) -> str:
    """The page as text, below `LARGEST_SIZE` bytes."""
    text = ""
    for dots in _RESOLUTIONS:
        text = _render(run, sections, dots)
        if len(text.encode()) < LARGEST_SIZE:
            break
    return text


def _render(run: StoredRun, sections: Sequence[Section], dots: int) -> str:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ecmcell.report", ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["image"] = lambda plate: _image(plate, dots)
    return environment.get_template("page.html.j2").render(
        title=title(run),
        name=run.directory.resolve().name,
        tables=summary_tables(run.summary),
        reason=_reason(run.summary),
        steps=protocol_table(run.series),
        sections=sections,
        case_text=run.case_text,
        provenance=list(_flat(run.provenance)),
        made=run.provenance.get("date", ""),
    )


def title(run: StoredRun) -> str:
    """Title of the case, or the name of the directory."""
    try:
        given = tomllib.loads(run.case_text).get("title")
    except tomllib.TOMLDecodeError:
        given = None
    return str(given or run.directory.resolve().name)


def summary_tables(summary: Mapping[str, object]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Tables of the summary: one of the plain values, then one for each nested table."""
    plain = [(_words(k), number(v)) for k, v in summary.items() if not _is_nested(v)]
    nested = [
        (_words(key), list(_flat(value)))
        for key, value in summary.items()
        if isinstance(value, Mapping)
    ]
    lists = [
        (_words(key), [(str(n + 1), _joined(item)) for n, item in enumerate(value)])
        for key, value in summary.items()
        if isinstance(value, list)
    ]
    return [(head, rows) for head, rows in [("", plain), *nested, *lists] if rows]


def protocol_table(series: Mapping[str, np.ndarray]) -> tuple[list[str], list[list[str]]]:
    """One row a protocol step: what happened in it. Columns follow from what the series has."""
    if "Step" not in series or TIME not in series:
        return [], []
    measures = {
        "Duration": (TIME, lambda v, before: duration(v[-1] - before)),
        f"{VOLTAGE} at the end": (VOLTAGE, lambda v, _: number(float(v[-1]))),
        CAPACITY: (CAPACITY, lambda v, before: number(abs(float(v[-1] - before)))),
        "Lowest contact fraction": ("Contact fraction", lambda v, _: number(float(v.min()))),
        "Highest hotspot factor": ("Hotspot factor", lambda v, _: number(float(v.max()))),
        "Highest hydrostatic stress [MPa]": (
            "Maximum hydrostatic stress [MPa]",
            lambda v, _: number(float(v.max())),
        ),
        "Time steps": (TIME, lambda v, _: str(len(v))),
    }
    present = {head: rest for head, rest in measures.items() if rest[0] in series}
    rows = []
    for step in np.unique(series["Step"]):
        at = np.flatnonzero(series["Step"] == step)
        row = [number(int(step))]
        for column, measure in present.values():
            before = float(series[column][at[0] - 1]) if at[0] > 0 else 0.0
            row.append(measure(series[column][at], before))
        rows.append(row)
    return ["Step", *map(_plain_unit, present)], rows


def _image(plate: Plate, dots: int) -> str:
    kind, content = ("png", plate.png(dots)) if plate.is_picture else ("svg+xml", plate.svg())
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _reason(summary: Mapping[str, object]) -> str:
    return str(summary.get("reason") or "")


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{prefix}{_words(key)}"
        if isinstance(value, Mapping):
            rows += _flat(value, f"{name}: ")
        else:
            rows.append((name, _joined(value)))
    return rows


def _joined(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_words(k)} {_joined(v)}" for k, v in value.items())
    if isinstance(value, list):
        return " ".join(_joined(item) for item in value)
    return number(value)


def _is_nested(value: object) -> bool:
    return isinstance(value, Mapping | list)


def _words(key: str) -> str:
    return _plain_unit(str(key).replace("_", " "))


def _plain_unit(name: str) -> str:
    """Like an axis label, with raised characters instead of TeX."""
    raised = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    parts = axis_label(name).replace("{", "").replace("}", "").split("$")
    return "".join(
        part.removeprefix("^").translate(raised) if part.startswith("^") else part for part in parts
    )
