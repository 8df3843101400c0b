"""What a critical current is that of: lithium that penetrates, or stripping that loses contact."""

import re
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ecmcell.case.contact import coverage
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.columns.units import CURRENT_DENSITY
from ecmcell.output import StoredRun
from ecmcell.processes.closed_form import critical_stripping, flaw_criteria

_DEPTH = re.compile(r"Filled crack \d+ depth \[um\]")


class Failure(Protocol):
    """What begins at the critical current.

    Attributes:
        name: In words, without an article.
        kind: Which steps of a protocol lead to it, `charge` or `discharge`.
    """

    @property
    def name(self) -> str:
        """In words."""

    @property
    def kind(self) -> str:
        """Which steps of a protocol lead to it."""

    @property
    def changes(self) -> dict[str, Any]:
        """What runs change in the case beside the current."""

    def closed_form(self, case: Case) -> float | None:
        """Current density of the footprint at which a formula expects it, mA/cm2."""

    def onset(self, run: StoredRun) -> int | None:
        """The row of the series in which it begins; None if it does not."""

    def told(self) -> dict[str, object]:
        """What counts, for `ccd.json`."""


@dataclass(frozen=True)
class Penetration:
    """A filled crack that is deeper than it was at the start by more than a given length.

    Attributes:
        growth: That length, um.
        until_short: Whether runs go on from there to the short circuit.
    """

    growth: float
    until_short: bool
    name = "penetration"
    kind = "charge"

    @property
    def changes(self) -> dict[str, Any]:
        """Runs end with it."""
        if self.until_short:
            return {}
        return {"boundaries": {"anode": {"filled_cracks": {"max_growth": f"{self.growth!r} um"}}}}

    def closed_form(self, case: Case) -> float | None:
        """The lowest at which a flaw grows."""
        touching = coverage(needed(case.lithium_anode).contact)
        flaws = flaw_criteria(case)
        found = (CURRENT_DENSITY * touching * flaw.current for flaw in flaws)
        return min(found, default=None)

    def onset(self, run: StoredRun) -> int | None:
        """The first row in which a filled crack has grown so far."""
        series = run.series.items()
        grown = [_growth(column) > self.growth for name, column in series if _DEPTH.fullmatch(name)]
        begun = np.flatnonzero(np.any(grown, axis=0)) if grown else np.zeros(0, dtype=np.intp)
        return int(begun[0]) if len(begun) else None

    def told(self) -> dict[str, object]:
        """The growth that counts."""
        return {"growth that counts [um]": self.growth}


@dataclass(frozen=True)
class ContactLoss:
    """Voids that leave the lithium of the anode less contact than a given share.

    Attributes:
        least: That share.
    """

    least: float
    name = "contact loss"
    kind = "discharge"

    @property
    def changes(self) -> dict[str, Any]:
        """Nothing: the step ends with it by itself."""
        return {}

    def closed_form(self, case: Case) -> float | None:
        """Where creep closes no more than the current opens."""
        found = critical_stripping(case)
        return None if found is None else CURRENT_DENSITY * found

    def onset(self, run: StoredRun) -> int | None:
        """The first row with so little contact."""
        contact = run.series["Anode contact beside voids"]
        begun = np.flatnonzero(contact <= self.least * (1.0 + 1e-5))
        return int(begun[0]) if len(begun) else None

    def told(self) -> dict[str, object]:
        """The contact that counts."""
        return {"contact that counts": self.least}


def _growth(depth: np.ndarray) -> np.ndarray:
    """How much deeper a filled crack is than when it was first there; 0 before."""
    there = np.flatnonzero(np.isfinite(depth))
    return np.nan_to_num(depth - depth[there[0]]) if len(there) else np.zeros_like(depth)
