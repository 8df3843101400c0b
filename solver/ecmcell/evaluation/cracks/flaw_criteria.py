"""What the closed form says of the flaws at the anode, beside what is resolved."""

from collections.abc import Mapping
from math import nan
from typing import Any, Self

from ecmcell.case.materials import needed
from ecmcell.columns import cracks as columns
from ecmcell.columns.units import CURRENT_DENSITY, TOUGHNESS
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.physics.closed_form.flaws import FlawCriterion
from ecmcell.physics.closed_form.fracture import failure_probability
from ecmcell.processes.closed_form import flaw_criteria, shear_ratio
from ecmcell.processes.reactions.reactions import LithiumElectrodes
from ecmcell.simulation.cell import Cell


class FlawCriteria(Subject):
    """Evaluates the criterion for the flaws of a case at the present overpotential of the anode.

    Args:
        cell: The cell.

    Attributes:
        flaws: One criterion for each flaw that touches the anode.
        reached: When the closed form first had one of them grow, s.
    """

    def __init__(self, cell: Cell):
        domain = cell.domain
        low = float(domain.bounds[0, 0])
        self._cell, self.flaws = cell, flaw_criteria(cell.case, low)
        self._touching, self._driving, self._current = [], [], []
        for lithium, reaction in cell.the(LithiumElectrodes).reactions.items():
            if lithium.tag != "anode":
                continue
            touching = cell.state.contact_factor(lithium.face)
            self._touching.append(domain.integral(touching * reaction.measure))
            self._driving.append(
                domain.integral(-touching * reaction.overpotential * reaction.measure)
            )
            self._current.append(domain.integral(-reaction.current * reaction.measure))
        self._contact = 1.0
        self.reached: float | None = None

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where a flaw touches the anode."""
        criteria = cls(cell)
        return criteria if criteria.flaws else None

    def row(self) -> dict[str, float]:
        """The most driven flaw; nan where nothing touches."""
        area = sum(integral.value for integral in self._touching)
        self._contact = area / self._cell.area
        driving = current = nan
        if area > 0.0:
            driving = sum(integral.value for integral in self._driving) / area
            current = sum(integral.value for integral in self._current) / area
        ratios = [flaw.ratio(driving, current) for flaw in self.flaws]
        if self.reached is None and max(ratios) >= 1.0:
            self.reached = float(self._cell.state.accumulators["time"])
        chances = [
            failure_probability(ratio, modulus)
            for flaw, ratio in zip(self.flaws, ratios, strict=True)
            if (modulus := flaw.electrolyte.weibull_modulus) is not None
        ]
        row = {columns.INTENSITY.header: max(ratios)}
        return row | ({columns.PROBABILITY.header: max(chances)} if chances else {})

    def memory(self) -> dict[str, Any]:
        """The last contact, and when the closed form first had a flaw grow."""
        return {"contact": self._contact, "reached": self.reached}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._contact, self.reached = memory["contact"], memory["reached"]

    def summary(self) -> dict[str, object]:
        """What it takes for each flaw to grow, with the last known contact, and when one did."""
        flaws = [self._about(flaw) for flaw in self.flaws]
        return {"flaws": flaws, "flaw criterion reached [s]": self.reached}

    def _about(self, flaw: FlawCriterion) -> dict[str, object]:
        case, phase = self._cell.case, flaw.electrolyte.phase
        critical = CURRENT_DENSITY * flaw.current
        metal = needed(case.lithium_anode).metal
        return {
            "phase": phase,
            "depth [um]": flaw.depth,
            "fracture toughness [MPa.m0.5]": TOUGHNESS * flaw.electrolyte.toughness,
            "critical pressure [MPa]": flaw.pressure,
            "critical overpotential [V]": flaw.overpotential,
            "critical current density of real contact [mA.cm-2]": critical,
            "critical current density [mA.cm-2]": critical * self._contact,
            "Wagner number": flaw.wagner,
            "shear modulus ratio": shear_ratio(case.phases[phase].material, metal),
        }
