"""A study as its page shows it."""

from typing import TYPE_CHECKING

from ecmcell.case.faults import suggest, toml
from ecmcell.errors import InputError
from ecmcell.report.study.content import Axis, StudyContent
from ecmcell.study.factors import Factor, axis_keys, factors_of
from ecmcell.study.plan import Plan
from ecmcell.study.ranges import Distribution
from ecmcell.study.results import (
    DONE,
    END,
    EXTREMES,
    SPREAD,
    STATUS,
    idle,
    index_frame,
    mean_frame,
    result_columns,
)

if TYPE_CHECKING:
    import pandas as pd

_MOST_RESPONSES = 6
_WIDE = 20.0  # ratio of the ends of a list from which its scale is logarithmic
_METHODS = {
    "latin hypercube": "points of a Latin hypercube",
    "sobol": "points of a Sobol' sequence",
    "saltelli": "base points by Saltelli's method",
}
_FIRST = ("First ", "Mean voltage ", EXTREMES, END + "Voltage")
_NOISE = "balance error"  # what the arithmetic leaves, not what the cell does


def content_of(plan: Plan, frame: "pd.DataFrame") -> StudyContent:
    """What the page of a study shows.

    Args:
        plan: The study.
        frame: Its table.

    Raises:
        InputError: If it is to show what is no column of the table.
    """
    responses = responses_of(plan, frame)
    repeated = plan.study.replicas is not None
    done = frame[frame[STATUS] == DONE]
    points = mean_frame(plan, done) if repeated else done
    return StudyContent(
        title=plan.variations[0].case.title,
        design=_design(plan),
        runs=frame,
        points=points,
        axes=_axes(plan),
        responses=responses,
        spread=SPREAD if repeated and len(points) else "",
        indices=index_frame(plan, frame, responses),
        remarks=_remarks(plan, frame),
    )


def responses_of(plan: Plan, frame: "pd.DataFrame") -> list[str]:
    """The columns that the page shows: those asked for, else a few that differ between runs.

    Args:
        plan: The study.
        frame: Its table.

    Raises:
        InputError: If one that is asked for is not in the table of runs that are done.
    """
    done = frame[frame[STATUS] == DONE]
    known = result_columns(frame)
    if plan.study.responses:
        for name in plan.study.responses if len(done) else ():
            if name not in known:
                given = f"{toml(name)} is no column of numbers in study.csv"
                raise InputError(plan.path, "responses", given, suggest(name, known, "columns"))
        return [name for name in plan.study.responses if name in known]
    differing = [name for name in known if done[name].nunique() > 1 and _NOISE not in name]
    ranked = [name for first in _FIRST for name in differing if name.startswith(first)]
    return ranked[:_MOST_RESPONSES]


def _axes(plan: Plan) -> list[Axis]:
    """What was varied; of what goes together the first."""
    study = plan.study
    drawn, seeds = tuple(study.ranges), study.replicas.keys if study.replicas else ()
    shown = [
        key for keys in axis_keys(plan) if keys != seeds for key in keys[: _count(keys, drawn)]
    ]
    factors = {factor.key: factor for factor in factors_of(plan)}
    return [
        Axis(factor.column, factor.is_number, key in drawn, _is_log(study.vary.get(key), factor))
        for key in shown
        for factor in (factors[key],)
    ]


def _is_log(given: object, factor: Factor) -> bool:
    """Whether a scale is logarithmic: as a range says, else where a list is wide."""
    if isinstance(given, Distribution):
        return getattr(given, "scale", "") == "log"
    values = [value for value in factor.values if isinstance(value, float)]
    least = min(values, default=0.0)
    return factor.is_number and least > 0.0 and max(values) >= _WIDE * least


def _count(keys: tuple[str, ...], drawn: tuple[str, ...]) -> int:
    return len(keys) if keys == drawn else 1


def _design(plan: Plan) -> str:
    """What was asked, in a sentence."""
    study, parts = plan.study, []
    listed = [" with ".join(keys) for keys in axis_keys(plan) if keys[0] not in study.ranges]
    seeds = study.replicas.keys if study.replicas else ()
    if named := [text for text in listed if text != " with ".join(seeds)]:
        parts.append(f"every combination of {', '.join(named)}")
    if study.sample is not None:
        how = f"{study.sample.count} {_METHODS[study.sample.method]}"
        drawn = ", ".join(study.ranges)
        parts.append(f"{how} (seed {study.sample.seed}) for {drawn}")
    if study.replicas is not None:
        parts.append(f"{study.replicas.count} replicas of each by {', '.join(seeds)}")
    text = "; ".join(parts)
    return f"{len(plan.variations)} runs: {text}."


def _remarks(plan: Plan, frame: "pd.DataFrame") -> list[str]:
    remarks = [
        f"{key} changes nothing that came out of the runs that are done."
        for key in idle(plan, frame)
    ]
    left = int((frame[STATUS] != DONE).sum())
    if left and plan.study.sample is not None:
        told = f"{left} of {len(frame)} runs are not done: what is drawn is spread less evenly"
        remarks.append(f"{told} and indices and means may be biased.")
    return remarks
