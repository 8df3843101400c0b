"""The critical current of a case: its protocol at one current density after the other."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from ecmcell.case.files.merge import merged
from ecmcell.case.load import load_case
from ecmcell.case.materials import needed
from ecmcell.case.protocol.parser import parse_step
from ecmcell.case.schema import Case
from ecmcell.case.units import HOUR
from ecmcell.columns.units import CURRENT_DENSITY
from ecmcell.errors import InputError
from ecmcell.output import StoredRun
from ecmcell.study.failures import ContactLoss, Failure, Penetration
from ecmcell.study.plan import Variation

_GROWTH = 2.0  # regularisation lengths
_AT = re.compile(r"(?i)(\sat\s+).+?(\s+(?:for|until)\s)")
TIME, CURRENT = "Time [s]", "Current density [mA.cm-2]"


@dataclass(frozen=True)
class Question:
    """Whose critical current is looked for.

    Attributes:
        asked: The case as it is.
        failure: What begins there.
    """

    asked: Variation
    failure: Failure

    @property
    def case(self) -> Case:
        """The case as it is."""
        return self.asked.case

    @property
    def own_current(self) -> float:
        """The largest current density with which the case leads to the failure, mA/cm2."""
        return CURRENT_DENSITY * needed(self.case.max_current(self.failure.kind))

    @property
    def closed_form(self) -> float | None:
        """Current density of the footprint at which a formula expects it, mA/cm2."""
        return self.failure.closed_form(self.case)

    def variation(self, current: float) -> Variation:
        """The case at another current density in mA/cm2, its other currents in proportion."""
        factor = current / self.own_current
        changes = {"protocol": _scaled(self.case.protocol.written, factor)} | self.failure.changes
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
        failure: What was looked for.
        onset: When it began, s; None if it did not.
        short: When the cell was short-circuited, s; None if it was not.
        end: When the run ended, s.
        charge: Charge that had passed at the onset, or at the end, mA h/cm2.
    """

    current: float
    ended_by: str
    failure: str
    onset: float | None
    short: float | None
    end: float
    charge: float

    @property
    def fails(self) -> bool:
        """Whether it began."""
        return self.onset is not None

    def row(self) -> dict[str, object]:
        """A line of `ccd.csv`."""
        return {
            "Current density [mA.cm-2]": self.current,
            self.failure.capitalize(): "yes" if self.fails else "no",
            "Ended by": self.ended_by,
            "Onset [s]": self.onset,
            "Short circuit [s]": self.short,
            "End [s]": self.end,
            "Charge [mA.h.cm-2]": self.charge,
        }


def question(asked: Variation, growth: float | None, until_short: bool) -> Question:
    """Whose critical current is looked for: of penetration if lithium may fill cracks.

    Args:
        asked: The case.
        growth: Growth of a filled crack that counts, um; twice the regularisation length if None.
        until_short: Whether runs go on to the short circuit.

    Raises:
        InputError: If nothing in the case can fail, or no current density would lead to it.
    """
    case, anode = asked.case, asked.case.lithium_anode
    voids = anode.void_growth if anode is not None else None
    failure: Failure
    if case.filled_crack_count:
        lengths = [
            needed(case.phases[name].cracking).regularisation_length
            for name in case.cracking_phases
        ]
        failure = Penetration(growth or _GROWTH * max(lengths), until_short)
    elif voids is not None:
        failure = ContactLoss(voids.min_contact)
    else:
        remedy = (
            "Add an empty table [boundaries.anode.filled_cracks], and let an electrolyte crack."
        )
        remedy += " Or give voids of stripping, [boundaries.anode.void_growth]."
        raise InputError(
            case.path, "boundaries.anode.filled_cracks", "no lithium in cracks", remedy
        )
    if case.max_current(failure.kind) is None:
        example = f"{failure.kind.capitalize()} at 0.5 mA/cm2 for 1 hour"
        remedy = f'{failure.kind.capitalize()} with one, e.g. "{example}".'
        given = f"no {failure.kind} at a current density"
        raise InputError(case.path, "protocol", given, remedy)
    return Question(asked, failure)


def outcome(run: StoredRun, current: float, failure: Failure) -> Outcome:
    """What came of a run, finished or not.

    Args:
        run: The run.
        current: Its current density, mA/cm2.
        failure: What was looked for.
    """
    series, summary = run.series, run.summary
    time, begun = series[TIME], failure.onset(run)
    short: Any = summary.get("short circuit") or {}
    first = len(time) - 1 if begun is None else begun
    passed = np.abs(np.cumsum(series[CURRENT] * np.diff(time, prepend=time[0])))[first]
    steps: Any = summary.get("protocol") or [{"ended by": summary.get("reason", "")}]
    shorted = short.get(TIME)
    return Outcome(
        current=current,
        ended_by=str(steps[-1]["ended by"]),
        failure=failure.name,
        onset=shorted if begun is None else float(time[first]),
        short=shorted,
        end=float(time[-1]),
        charge=float(passed) / HOUR,
    )


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
