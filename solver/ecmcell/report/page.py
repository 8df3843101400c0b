"""The HTML page."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import jinja2

from ecmcell.output import StoredRun
from ecmcell.report import tables
from ecmcell.report.style import PAGE, Plate

LARGEST_SIZE = 5_000_000  # bytes of the page
_RESOLUTIONS = (200, 150, 110, 75)  # dots per inch of the maps, until the page is small enough


@dataclass(frozen=True)
class Section:
    """A heading with its figures; `absent` says why there are none.

    Attributes:
        key: Anchor in the page.
        title: Heading.
        plates: Figures in order.
        absent: Said when there are no figures.
        table: Shown above the figures; may be empty.
    """

    key: str
    title: str
    plates: Sequence[Plate]
    absent: str
    table: tables.Table = tables.NOTHING


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
    return environment.get_template("page.html.j2").render(
        title=tables.case_title(run),
        name=run.directory.resolve().name,
        made=str(run.provenance.get("date", "")).replace("T", " ").replace("+00:00", " UTC"),
        reason=run.summary.get("reason") or "",
        has_summary=bool(run.summary),
        highlights=tables.highlights(run.summary),
        protocol=tables.protocol_table(run),
        summary=tables.summary_tables(run.summary),
        sections=sections,
        image=lambda plate: _image(plate, dots),
        share=lambda plate: round(100 * plate.figure.get_figwidth() / PAGE),
        inputs=tables.input_tables(run),
        case_text=run.case_text,
        provenance=tables.provenance_rows(run),
    )


def _image(plate: Plate, dots: int) -> str:
    kind, content = ("png", plate.png(dots)) if plate.is_picture else ("svg+xml", plate.svg)
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
