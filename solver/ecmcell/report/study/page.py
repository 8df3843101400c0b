"""The page of a study."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from ecmcell.report.drawing.labels import number, plain_label
from ecmcell.report.page import Section, light_page
from ecmcell.report.sections.tables import Table
from ecmcell.report.study.content import StudyContent
from ecmcell.report.study.indices import index_plate
from ecmcell.report.study.responses import response_plate

if TYPE_CHECKING:
    import pandas as pd

_DONE = "done"


def study_sections(content: StudyContent) -> list[Section]:
    """The figures of the page."""
    responses, indices = response_plate(content), index_plate(content.indices)
    sections = [
        Section(
            "responses",
            "Responses",
            [responses] if responses else [],
            "No run is done, or nothing that came out differs.",
        )
    ]
    if indices:
        table = _table(content.indices, content.indices.columns, "All indices")
        sections.append(Section("indices", "Sobol' indices", [indices], "", details=table))
    return sections


def study_text(content: StudyContent, sections: Iterable[Section]) -> str:
    """The page as text."""
    runs = content.runs
    ended = runs["status"].value_counts()
    left = runs[runs["status"] != _DONE]
    shown = [axis.column for axis in content.axes]
    table = runs.reset_index()
    return light_page(
        "study.html.j2",
        list(sections),
        title=content.title,
        design=content.design,
        counts=", ".join(f"{count} {status}" for status, count in ended.items()),
        remarks=content.remarks,
        failures=_table(left.reset_index(), (left.index.name, *shown, "status", "reason")),
        runs=_table(table, (table.columns[0], *shown, "status", *content.responses)),
    )


def _table(frame: "pd.DataFrame", columns: Iterable[str], title: str = "") -> Table:
    columns = list(columns)
    rows = (tuple(map(_cell, row)) for row in frame[columns].itertuples(index=False))
    return Table(title, tuple(map(plain_label, columns)), tuple(rows))


def _cell(value: object) -> str:
    return number(float(value) if isinstance(value, np.generic) else value)
