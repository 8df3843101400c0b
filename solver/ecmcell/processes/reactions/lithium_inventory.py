"""The lithium on a boundary in numbers: how thick it is, what touches, and what is left."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import numpy.typing as npt

from ecmcell.columns import lithium as columns
from ecmcell.columns.units import AREAL_CHARGE
from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import ExteriorBoundary
from ecmcell.processes.process import CONTACT_LOST, Limit
from ecmcell.processes.reactions.layer import Layer
from ecmcell.processes.state import GAP, THICKNESS, State

USED_UP = "no lithium left"

_TOUCHING, _COVERED = "touching", "covered"  # of a `Layer`
# Fraction of the collector that the last islands cover: to take them too needs ever more voltage.
_LAST = 1e-4
# Thickness in um that is measured against where nothing has passed.
_TINY = 1e-6


class LithiumInventory:
    """Evaluates the layer of lithium on one boundary.

    Args:
        domain: Where.
        state: The unknowns, before the first step.
        tag: The boundary, `anode` or `collector`.
        members: The layers on its faces.

    Attributes:
        reach: Area that the electrolyte touched at the start, um2.
    """

    def __init__(
        self, domain: Domain, state: State, tag: str, members: Mapping[ExteriorBoundary, Layer]
    ):
        self._domain, self._state = domain, state
        self._tag, self._name = tag, tag.capitalize()
        self._area = domain.boundary_area(tag)
        self._law = next(iter(members.values())).law
        self._molar = self._law.metal.charge_volume
        self._fields = {
            name: Average(
                domain,
                domain.skeleton,
                [(state.layer[name], domain.nodal(boundary), None) for boundary in members],
            )
            for name in (THICKNESS, GAP)
        }
        self._fractions = {
            name: [
                domain.integral(
                    state.contact_factor(boundary) * getattr(layer, name) * domain.nodal(boundary)
                )
                for boundary, layer in members.items()
            ]
            for name in (_TOUCHING, _COVERED)
        }
        self.reach = sum(
            domain.integral(state.contact_factor(boundary) * domain.nodal(boundary)).value
            for boundary in members
        )
        self._start = self._mean(THICKNESS)

    def row(self) -> dict[str, float]:
        """The present layer, by name with unit; collective."""
        of, thickness = {"electrode": self._name}, self._values(THICKNESS)
        mean, position = self._mean(THICKNESS), self._state.accumulators
        row = {
            columns.THICKNESS.of(**of): mean,
            columns.MIN_THICKNESS.of(**of): -self._largest(-thickness),
            columns.MAX_THICKNESS.of(**of): self._largest(thickness),
            columns.DEVIATION.of(**of): self._deviation(THICKNESS),
        }
        if self._law.inventory is not None:
            row[columns.COVERAGE.of(**of)] = self._fraction(_COVERED)
            row[columns.CHARGE.of(**of)] = AREAL_CHARGE * mean / self._molar
        if self._law.void_growth is not None:
            row[columns.VOIDS.of(**of)] = self._mean(GAP)
            row[columns.MAX_VOIDS.of(**of)] = self._largest(self._values(GAP))
            row[columns.BESIDE_VOIDS.of(**of)] = self.contact
        # What ions have passed as a thickness: discharge strips the anode, plates on the collector.
        sign = 1.0 if self._tag == "anode" else -1.0
        charge = position["charge"] + position["leaked"]
        passed = sign * charge * self._molar / self._area
        moved = max(position["throughput"] * self._molar / self._area, _TINY)
        row[columns.LAYER_ERROR.of(**of)] = abs(mean - self._start + passed) / moved
        return row

    @property
    def contact(self) -> float:
        """Fraction of the contact of the start that voids leave."""
        return self._fraction(_TOUCHING)

    def limits(self) -> list[Limit]:
        """Why stripping cannot go on: discharge strips the anode, charge the collector."""
        found, where = [], f"at the {self._tag}"
        sign = 1.0 if self._tag == "anode" else -1.0
        if self._law.void_growth is not None:
            least = self._law.void_growth.min_contact
            beyond = partial(self._below, _TOUCHING, least)
            found.append(Limit(f"{CONTACT_LOST} {where}", sign, beyond))
        if self._law.inventory is not None:
            beyond = partial(self._below, _COVERED, _LAST)
            found.append(Limit(f"{USED_UP} {where}", sign, beyond))
        return found

    def _below(self, name: str, least: float) -> float:
        return least - self._fraction(name)

    def _fraction(self, name: str) -> float:
        """A fraction at present, of what the electrolyte touched at the start."""
        return sum(integral.value for integral in self._fractions[name]) / self.reach

    def _values(self, name: str) -> npt.NDArray[np.float64]:
        average = self._fields[name]
        return average.owned()[average.owned_weight > 0.0]

    def _largest(self, values: npt.NDArray[np.float64]) -> float:
        return self._domain.max(values.max(initial=-np.inf))

    def _mean(self, name: str) -> float:
        average = self._fields[name]
        return self._domain.total(float(average.owned() @ average.owned_weight)) / self._area

    def _deviation(self, name: str) -> float:
        average, mean = self._fields[name], self._mean(name)
        square = float((average.owned() - mean) ** 2 @ average.owned_weight)
        return float(np.sqrt(self._domain.total(square) / self._area))
