"""What came out of a study: a row for each variation, means over replicas, Sobol' indices."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecmcell.columns.run import VOLTAGE
from ecmcell.errors import InputError
from ecmcell.output import StoredRun
from ecmcell.report.sections.half_cycles import branches, mean_over
from ecmcell.runs.existing import State, state_of
from ecmcell.study.factors import axis_keys, factors_of
from ecmcell.study.plan import Plan, Variation
from ecmcell.study.schema import SALTELLI
from ecmcell.study.sensitivity import Indices, indices_of
from ecmcell.study.state import ending

if TYPE_CHECKING:
    import pandas as pd

NAME, STATUS, REASON = "Variation", "status", "reason"
DONE, FAILED, INTERRUPTED, MISSING = "done", "failed", "interrupted", "missing"
END, EXTREMES = "end: ", "extremes: "
SPREAD = " (standard deviation)"
REPLICAS = "Replicas"
_ENDED = {"gave up": FAILED, "stopped": INTERRUPTED}
_CUT = "it did not come to its end, or still runs"


def study_frame(plan: Plan, directory: Path) -> "pd.DataFrame":
    """Every variation with what it chooses, how it ended, why, and the numbers of its run.

    Args:
        plan: The study.
        directory: Where its run directories are.

    Returns:
        The index is the name. Columns: what is varied, with units; `status`, which is `done`,
        `failed`, `interrupted` or `missing`; `reason`; the numbers of the summary, of the first
        half cycles and of the last row of the series. What a run has not is NaN.
    """
    import pandas as pd

    chosen = {factor.column: factor.values for factor in factors_of(plan)}
    frame = pd.DataFrame({NAME: [v.name for v in plan.variations], **chosen})
    found = pd.DataFrame([_outcome(v, directory / v.name) for v in plan.variations])
    return pd.concat([frame, found], axis=1).set_index(NAME)


def mean_frame(plan: Plan, frame: "pd.DataFrame") -> "pd.DataFrame":
    """Means of all numbers over the replicas that are done, each with its standard deviation.

    Args:
        plan: The study.
        frame: Its table.

    Returns:
        A row for each point, with the number of its replicas that are done and that failed.
    """
    import pandas as pd

    seeds = plan.study.replicas.keys if plan.study.replicas else ()
    kept = [factor.column for factor in factors_of(plan) if factor.key not in seeds]
    rows = []
    for choices, group in frame.groupby(kept, sort=False):
        done = group[group[STATUS] == DONE]
        counts = {REPLICAS: len(done), "Failed": int((group[STATUS] == FAILED).sum())}
        numbers = done[result_columns(frame)]
        means, spreads = numbers.mean(), numbers.std(ddof=1)
        both = {
            name: value
            for column in numbers
            for name, value in ((column, means[column]), (column + SPREAD, spreads[column]))
        }
        rows.append(dict(zip(kept, choices, strict=True)) | counts | both)
    return pd.DataFrame(rows)


def index_frame(plan: Plan, frame: "pd.DataFrame", responses: list[str]) -> "pd.DataFrame":
    """Sobol' indices of responses to what is drawn, for each combination of what is listed.

    Args:
        plan: The study, drawn by Saltelli's method; else there are none.
        frame: Its table.
        responses: Columns of the table.

    Returns:
        A row for each response and factor; failed runs take their base points out.
    """
    import pandas as pd

    study = plan.study
    if study.sample is None or study.sample.method != SALTELLI:
        return pd.DataFrame()
    columns = {factor.key: factor.column for factor in factors_of(plan)}
    seeds = study.replicas.keys if study.replicas else ()
    listed = [columns[key] for key in columns if key not in study.ranges and key not in seeds]
    width = len(study.ranges) + 2
    points, replicas = study.sample.count, study.replicas.count if study.replicas else 1
    drawn = [columns[key] for key in study.ranges]
    rows: list[dict[str, object]] = []
    for response in responses:
        values = frame[response].where(frame[STATUS] == DONE).to_numpy(dtype=float)
        blocks = _mean(values.reshape(-1, replicas)).reshape(-1, points, width)
        for number, block in enumerate(blocks):
            found = indices_of(block)
            at = frame.iloc[number * points * width * replicas]
            head = {"Response": response, **{name: at[name] for name in listed}}
            rows += [head | row for row in _index_rows(drawn, found)] if found else []
    return pd.DataFrame(rows)


def _index_rows(factors: Sequence[str], found: Indices) -> Iterator[dict[str, object]]:
    """The indices of one response, a row for each factor."""
    for k, factor in enumerate(factors):
        yield {
            "Factor": factor,
            "First order": found.first[k],
            "First low": found.first_interval[k][0],
            "First high": found.first_interval[k][1],
            "Total": found.total[k],
            "Total low": found.total_interval[k][0],
            "Total high": found.total_interval[k][1],
            "Base points": found.count,
        }


def result_columns(frame: "pd.DataFrame") -> list[str]:
    """The columns that hold numbers that came out."""
    after = list(frame.columns).index(REASON) + 1
    return [name for name in frame.columns[after:] if frame[name].dtype.kind in "fiu"]


def idle(plan: Plan, frame: "pd.DataFrame") -> list[str]:
    """What is listed or repeated and changes nothing that came out, as far as it has run."""
    columns = {factor.key: factor.column for factor in factors_of(plan)}
    done = frame[frame[STATUS] == DONE]
    judged = [name for name in result_columns(frame) if name.startswith((END, EXTREMES))]
    found = []
    for keys in axis_keys(plan):
        others = [column for key, column in columns.items() if key not in keys]
        groups = [g for _, g in done.groupby(others, sort=False)] if others else [done]
        groups = [group for group in groups if len(group) > 1]
        same = all((group[judged].nunique(dropna=False) <= 1).all() for group in groups)
        if groups and judged and same:
            found.append(keys[0])
    return found


def numbers(summary: Mapping[str, object]) -> dict[str, float]:
    """Numbers of a summary; those in a table with its name before theirs."""
    found: dict[str, float] = {}
    for key, value in summary.items():
        table = value if isinstance(value, Mapping) else {"": value}
        for name, entry in table.items():
            if isinstance(entry, int | float):
                full = f"{key}: {name}" if name else key
                found[full] = int(entry) if isinstance(entry, bool) else entry
    return found


def _outcome(variation: Variation, place: Path) -> dict[str, object]:
    """Status, reason and numbers of the run of a variation."""
    match state_of(place, variation.case):
        case State.EMPTY:
            return {STATUS: MISSING, REASON: ""}
        case State.DONE:
            return {STATUS: DONE, REASON: ""} | _numbers_of(place)
        case State.BROKEN | State.UNFINISHED:
            status, reason = ending(place)
            status = _ENDED.get(status, INTERRUPTED)
            return {STATUS: status, REASON: reason or _CUT} | _numbers_of(place)
        case other:
            return {STATUS: MISSING, REASON: f"its directory holds {other.value}"}


def _numbers_of(place: Path) -> dict[str, object]:
    """What a run has to give, ended or not."""
    try:
        run = StoredRun(place)
        series = run.series
    except InputError:  # it has hardly begun
        return {}
    last = {f"{END}{name}": values[-1] for name, values in series.items() if _is_float(values)}
    return numbers(run.summary) | dict(_half_cycles(series)) | last


def _half_cycles(series: dict[str, np.ndarray]) -> Iterator[tuple[str, float]]:
    """Capacity and mean voltage of the first charge and the first discharge."""
    halves = branches(series)
    for kind in ("Charge", "Discharge"):
        half = next((half for half in halves if half.kind == kind), None)
        if half is not None and half.capacity[-1] > 0.0:
            yield f"First {kind.lower()} capacity [mA.h.g-1]", float(half.capacity[-1])
            name = f"Mean voltage of first {kind.lower()} [V]"
            yield name, mean_over(half, series[VOLTAGE.header])


def _is_float(values: np.ndarray) -> bool:
    return values.dtype.kind == "f" and len(values) > 0


def _mean(values: np.ndarray) -> np.ndarray:
    """Means of rows over what is finite; NaN where nothing is."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        mean: np.ndarray = np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1)
    return mean
