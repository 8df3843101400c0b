"""The critical current of a case: its protocol at one current density after the other.

Penetration has begun when a filament is deeper than it was at the start by more than a given
length, or the cell is short-circuited.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from ecmcell.case import criteria
from ecmcell.case.load import load_case
from ecmcell.case.materials import needed
from ecmcell.case.overlay import merged
from ecmcell.case.schema import Case
from ecmcell.case.sentences import parse_step
from ecmcell.errors import InputError
from ecmcell.output import StoredRun
from ecmcell.output.units import CURRENT_DENSITY
from ecmcell.study.plan import Variation

_GROWTH = 2.0  # lengths of the phase field
_AT = re.compile(r"(?i)(\sat\s+).+?(\s+(?:for|until)\s)")
_DEPTH = re.compile(r"Filament \d+ depth \[um\]")
TIME, CURRENT = "Time [s]", "Current density [mA.cm-2]"


@dataclass(frozen=True)
class Question:
    """Whose critical current is looked for.

    Attributes:
        asked: The case as it is.
        growth: Growth of a filament that counts as penetration, um.
        until_short: Whether runs go on from there to the short circuit.
    """

    asked: Variation
    growth: float
    until_short: bool

    @property
    def case(self) -> Case:
        """The case as it is."""
        return self.asked.case

    @property
    def own_current(self) -> float:
        """The largest current density that the case charges with, mA/cm2."""
        return CURRENT_DENSITY * needed(criteria.largest_plating(self.case))

    @property
    def closed_form(self) -> float | None:
        """Lowest current density of the footprint at which a flaw grows by the closed form."""
        touching = criteria.coverage(needed(self.case.lithium_anode))
        flaws = criteria.flaw_criteria(self.case)
        found = (CURRENT_DENSITY * touching * flaw.current for flaw in flaws)
        return min(found, default=None)

    def variation(self, current: float) -> Variation:
        """The case at another current density in mA/cm2, its other currents in proportion."""
        factor = current / self.own_current
        changes: dict[str, Any] = {"protocol": _scaled(self.case.protocol.written, factor)}
        if not self.until_short:
            filaments = {"largest_growth": f"{self.growth!r} um"}
            changes["boundaries"] = {"anode": {"filaments": filaments}}
        name = f"{current:g}-mA-cm-2"
        changes = merged(self.asked.changes, changes)
        case = load_case(self.case.path, changes, f"{self.case.path} ({name})")
        return Variation(name, {CURRENT: f"{current:g}"}, case, changes)


@dataclass(frozen=True)
class Outcome:
    """What came of one current density.

    Attributes:
        current: In mA/cm2.
        ended_by: How the run ended.
        onset: When penetration began, s; None if it did not.
        short: When the cell was short-circuited, s; None if it was not.
        end: When the run ended, s.
        charge: Charge that had passed at the onset, or at the end, mA h/cm2.
    """

    current: float
    ended_by: str
    onset: float | None
    short: float | None
    end: float
    charge: float

    @property
    def penetrates(self) -> bool:
        """Whether penetration began."""
        return self.onset is not None

    def row(self) -> dict[str, object]:
        """A line of `ccd.csv`."""
        return {
            "Current density [mA.cm-2]": self.current,
            "Penetration": "yes" if self.penetrates else "no",
            "Ended by": self.ended_by,
            "Onset [s]": self.onset,
            "Short circuit [s]": self.short,
            "End [s]": self.end,
            "Charge [mA.h.cm-2]": self.charge,
        }


def question(asked: Variation, growth: float | None, until_short: bool) -> Question:
    """Whose critical current is looked for.

    Args:
        asked: The case.
        growth: Growth of a filament that counts, um; twice the length of the cracks if None.
        until_short: Whether runs go on to the short circuit.

    Raises:
        InputError: If the case has no filaments, or charges with no current density.
    """
    case = asked.case
    if not case.filament_count:
        remedy = "Add an empty table [boundaries.anode.filaments], and let an electrolyte crack."
        raise InputError(case.path, "boundaries.anode.filaments", "no lithium in cracks", remedy)
    if criteria.largest_plating(case) is None:
        remedy = 'Charge with one, e.g. "Charge at 0.5 mA/cm2 for 1 hour".'
        raise InputError(case.path, "protocol", "no charge at a current density", remedy)
    lengths = [needed(case.phases[name].cracking).length for name in case.cracking_phases]
    return Question(asked, growth or _GROWTH * max(lengths), until_short)


def outcome(run: StoredRun, current: float, growth: float) -> Outcome:
    """What came of a run, finished or not.

    Args:
        run: The run.
        current: Its current density, mA/cm2.
        growth: Growth of a filament that counts, um.
    """
    series, summary = run.series, run.summary
    time = series[TIME]
    grown = [_growth(column) > growth for name, column in series.items() if _DEPTH.fullmatch(name)]
    begun = np.flatnonzero(np.any(grown, axis=0)) if grown else np.zeros(0, dtype=np.intp)
    short: Any = summary.get("short circuit") or {}
    first = int(begun[0]) if len(begun) else len(time) - 1
    passed = np.abs(np.cumsum(series[CURRENT] * np.diff(time, prepend=time[0])))[first]
    steps: Any = summary.get("protocol") or [{"ended by": summary.get("reason", "")}]
    shorted = short.get(TIME)
    return Outcome(
        current=current,
        ended_by=str(steps[-1]["ended by"]),
        onset=float(time[first]) if len(begun) else shorted,
        short=shorted,
        end=float(time[-1]),
        charge=float(passed) / 3600.0,
    )


def _growth(depth: np.ndarray) -> np.ndarray:
    """How much deeper a filament is than when it was first there; 0 before."""
    there = np.flatnonzero(np.isfinite(depth))
    return np.nan_to_num(depth - depth[there[0]]) if len(there) else np.zeros_like(depth)


def _scaled(protocol: list[Any], factor: float) -> list[Any]:
    """A protocol with all current densities of its sentences times a factor."""
    scaled = []
    for entry in protocol:
        if isinstance(entry, str):
            scaled.append(_sentence(entry, factor))
        elif "steps" in entry:
            scaled.append(entry | {"steps": _scaled(entry["steps"], factor)})
        else:  # a drive cycle
            scaled.append(entry)
    return scaled


def _sentence(text: str, factor: float) -> str:
    step = parse_step(text)
    if step.current is None or step.current.of != "area" or step.current.value == 0.0:
        return text
    density = CURRENT_DENSITY * factor * abs(step.current.value)
    return _AT.sub(rf"\g<1>{density:.6g} mA/cm2\g<2>", text, count=1)
