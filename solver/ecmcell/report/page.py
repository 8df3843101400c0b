"""The HTML pages."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import jinja2

from ecmcell.output import StoredRun
from ecmcell.report.drawing.animation import Animation
from ecmcell.report.drawing.style import PAGE, Plate
from ecmcell.report.sections import tables

LARGEST_SIZE = 5_000_000  # bytes of a page
_RESOLUTIONS = (200, 150, 110, 75, 50)  # dots per inch, until the page is small enough
_LARGEST_DRAWING = 250_000  # bytes of lines; a larger one is shown as a picture
_LARGEST_TEXT = 500_000  # characters of a case
TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("ecmcell.report"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Section:
    """A heading with its figures; `absent` says why there are none.

    Attributes:
        key: Anchor in the page.
        title: Heading.
        plates: Figures in order.
        absent: Said when there are no figures.
        table: Shown above the figures; may be empty.
        animation: An animation below the figures, if any.
        details: A table below them that is folded in; may be empty.
    """

    key: str
    title: str
    plates: Sequence[Plate]
    absent: str
    table: tables.Table = tables.NOTHING
    animation: Animation | None = None
    details: tables.Table = tables.NOTHING


def page_text(run: StoredRun, sections: Sequence[Section], view: str = "") -> str:
    """The page of one run as text, below `LARGEST_SIZE` bytes and what a view takes."""
    return light_page(
        "page.html.j2",
        sections,
        view,
        title=tables.case_title(run),
        name=run.directory.resolve().name,
        made=tables.date(run),
        reason=run.summary.get("reason") or "",
        has_summary=bool(run.summary),
        highlights=tables.highlights(run.summary),
        protocol=tables.protocol_table(run),
        summary=tables.summary_tables(run.summary),
        inputs=tables.input_tables(run),
        has_case=bool(run.case_text),
        case_text=run.case_text if len(run.case_text) < _LARGEST_TEXT else "",
        provenance=tables.provenance_rows(run),
    )


def light_page(
    template: str, sections: Sequence[Section], view: str = "", **content: object
) -> str:
    """A page as text, its pictures as fine as `LARGEST_SIZE` bytes beside a view allow."""
    largest = LARGEST_SIZE + len(view.encode())
    text = ""
    for dots in _RESOLUTIONS:
        text = TEMPLATES.get_template(template).render(
            sections=sections,
            view=view,
            image=lambda plate, dots=dots: _image(plate, dots),
            moving=lambda animation: _data("gif", animation.gif),
            fraction=lambda plate: round(100 * plate.figure.get_figwidth() / PAGE),
            **content,
        )
        if len(text.encode()) < largest:
            break
    return text


def _image(plate: Plate, dots: int) -> str:
    as_lines = not plate.is_picture and len(plate.svg) < _LARGEST_DRAWING
    kind, content = ("svg+xml", plate.svg) if as_lines else ("png", plate.png(dots))
    return _data(kind, content)


def _data(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
