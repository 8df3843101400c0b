"""What the page of a study is made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Axis:
    """Something that was varied, as an axis of figures.

    Attributes:
        column: Its column in the tables.
        is_number: Whether it has numbers, and not names of choices.
        is_drawn: Whether its values were drawn at random.
        is_log: Whether its scale is logarithmic.
    """

    column: str
    is_number: bool
    is_drawn: bool = False
    is_log: bool = False


@dataclass(frozen=True)
class StudyContent:
    """What the page of a study shows.

    Attributes:
        title: Title of the case.
        design: What was asked, as a sentence.
        runs: A row for each variation, with the columns `status` and `reason`; its index is the
            name.
        points: A row for each point that is done: means over replicas where there are some.
        axes: What was varied; of what goes together the first.
        responses: Columns that are shown.
        spread: Ending of the columns of `points` with standard deviations; empty without.
        indices: A row for each response and factor; may be empty.
        remarks: Sentences on what a reader should know.
    """

    title: str
    design: str
    runs: "pd.DataFrame"
    points: "pd.DataFrame"
    axes: Sequence[Axis]
    responses: Sequence[str]
    spread: str
    indices: "pd.DataFrame"
    remarks: Sequence[str] = ()
