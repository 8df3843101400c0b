"""What each cycle of a protocol passed and left: one row when it is over."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ecmcell.case.protocol.step import Step
from ecmcell.columns import cycles as columns
from ecmcell.columns import interfaces, run

CHARGE, DISCHARGE = "charge", "discharge"
_CAPACITY, _CONTACT = run.CAPACITY.header, interfaces.CONTACT.header
_AT_THE_END = tuple(column.header for column in columns.AT_THE_END)
_UNKNOWN = float("nan")
_ROUNDING = 1e-6


def cycle_numbers(protocol: Sequence[Step]) -> list[int]:
    """The cycle, from 1, that each step belongs to: one begins with each charge after a discharge.

    Empty for a protocol that does not both charge and discharge.
    """
    kinds = [step.kind for step in protocol]
    if not {CHARGE, DISCHARGE} <= set(kinds):
        return []
    numbers, number, has_discharged = [], 1, False
    for kind in kinds:
        if kind == CHARGE and has_discharged:
            number, has_discharged = number + 1, False
        has_discharged = has_discharged or kind == DISCHARGE
        numbers.append(number)
    return numbers


class Cycles:
    """Adds up charge and energy of a cycle, exact for implicit Euler steps.

    What counts as charge or discharge is the direction of the current, so that holds belong to
    the half that they end. A cycle that was cut off has no row.

    Args:
        protocol: All steps.
    """

    def __init__(self, protocol: Sequence[Step]):
        numbers = cycle_numbers(protocol)
        pairs = enumerate(pairwise([*numbers, 0]), 1)
        self._ends = {step: number for step, (number, after) in pairs if after != number}
        self._rests = {n for n, step in enumerate(protocol, 1) if step.kind == "rest"}
        self._capacity, self._min_contact = 0.0, 1.0
        self._last: Mapping[str, float] = {}
        self._forget()

    def add(self, row: Mapping[str, float]) -> None:
        """Count an accepted step, a row of the series; without a capacity there is nothing to."""
        if _CAPACITY not in row:
            return
        self._last = row
        self._min_contact = min(self._min_contact, row.get(_CONTACT, 1.0))
        passed = row[_CAPACITY] - self._capacity
        self._capacity = row[_CAPACITY]
        if row[run.STEP.header] in self._rests or not passed:  # round-off is no current
            return
        way = DISCHARGE if passed > 0.0 else CHARGE
        self._passed[way] += abs(passed)
        self._energy[way] += abs(passed) * row[run.VOLTAGE.header]

    def memory(self) -> dict[str, Any]:
        """What has been added up so far, as JSON has it."""
        return {
            "capacity": self._capacity,
            "contact": self._min_contact,
            "passed": self._passed,
            "energy": self._energy,
            "last": dict(self._last),
        }

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._capacity, self._min_contact = memory["capacity"], memory["contact"]
        self._passed, self._energy = dict(memory["passed"]), dict(memory["energy"])
        self._last = memory["last"]

    def ended(self) -> dict[str, float | int] | None:
        """The row of the cycle that ends with the protocol step that has just ended, if one does.

        What the cycle has not is nan: a half cycle has no efficiency, nor has one that ends beyond
        where it began.
        """
        number = self._ends.get(int(self._last[run.STEP.header])) if self._last else None
        if number is None:
            return None
        charge, discharge = self._passed[CHARGE], self._passed[DISCHARGE]
        mean = {way: _ratio(self._energy[way], self._passed[way]) for way in self._passed}
        # A discharge beyond where the cycle began brings what no charge of it had stored.
        is_closed = charge > 0.0 and 0.0 < discharge <= charge * (1.0 + _ROUNDING)
        row = {
            columns.NUMBER.header: number,
            columns.CHARGE.header: charge,
            columns.DISCHARGE.header: discharge,
            columns.COULOMBIC.header: discharge / charge if is_closed else _UNKNOWN,
            columns.CHARGE_VOLTAGE.header: mean[CHARGE],
            columns.DISCHARGE_VOLTAGE.header: mean[DISCHARGE],
            columns.POLARISATION.header: mean[CHARGE] - mean[DISCHARGE],
            columns.ENERGY.header: self._energy[DISCHARGE] / self._energy[CHARGE]
            if is_closed
            else _UNKNOWN,
        }
        row |= {name: self._last[name] for name in _AT_THE_END if name in self._last}
        if _CONTACT in row:
            row[columns.MIN_CONTACT.header] = self._min_contact
        self._forget()
        return row

    def _forget(self) -> None:
        self._passed = {CHARGE: 0.0, DISCHARGE: 0.0}
        self._energy = {CHARGE: 0.0, DISCHARGE: 0.0}
        self._last = {}
        self._min_contact = 1.0


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else _UNKNOWN
