"""Where the voltage goes: the dissipation of each process over the current.

With each equation tested by its own potential, the power that the cell could give at the mean
stoichiometry less what it gives is the sum of what its processes dissipate (Rao and Newman 1997,
doi:10.1149/1.1837884, for the principle); the discrete solution obeys the same sum.
"""

from collections.abc import Mapping
from typing import Self

import ufl
from ufl.constantvalue import Zero
from ufl.core.expr import Expr

from ecmcell.columns import losses as columns
from ecmcell.columns.column import Column
from ecmcell.domain.domain import Integral
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.simulation.cell import Cell


class Losses(Subject):
    """Splits what lies between the voltage and that of the open circuit at the mean stoichiometry.

    Losses are positive on discharge and negative on charge: the open-circuit voltage less all of
    them is the voltage. At rest all of it counts as solid diffusion.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        self._cell = cell
        self._power: dict[Column, list[Integral]] = {}
        for process in cell.processes:
            for loss, power, measure in process.losses():
                self._add(loss, power, measure)
        self._power = {c: self._power[c] for c in columns.SERIES if c in self._power}
        self._filling = [
            (body, cell.domain.integral(body.x * cell.domain.dx(body.subdomain)))
            for body in cell.active.values()
        ]

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self:
        """Every cell has them."""
        return cls(cell)

    def row(self) -> dict[str, float]:
        """The mean open-circuit voltage and every loss, in V."""
        state = self._cell.state
        mean, current = self._mean_open_circuit(), state.current.value
        losses = dict.fromkeys(self._power, 0.0)
        if not self._cell.at_rest:
            for name, integrals in self._power.items():
                losses[name] = sum(integral.value for integral in integrals) / current
            if columns.DIFFUSION in losses:
                losses[columns.DIFFUSION] += mean
            if columns.LEAKAGE in losses:
                losses |= self._leakage(losses, mean)
        elif columns.DIFFUSION in losses:
            losses[columns.DIFFUSION] = mean - state.voltage.value
        found = ({columns.OPEN_CIRCUIT: mean} if self._filling else {}) | losses
        return {column.header: value for column, value in found.items()}

    def _leakage(self, losses: Mapping[Column, float], mean: float) -> dict[Column, float]:
        """The losses that leakage changes: what reacts is then more than what flows outside.

        Electrons that leak fall by the voltage of the cell on their way, for which the reactions
        give the open-circuit voltage: the difference is their own, theory.md (62).
        """
        state = self._cell.state
        fraction = self._cell.leaking / state.current.value
        changed = {columns.LEAKAGE: (state.voltage.value - mean) * fraction}
        changed[columns.ELECTRONIC] = losses[columns.ELECTRONIC] - state.voltage.value * fraction
        if columns.DIFFUSION in losses:
            changed[columns.DIFFUSION] = losses[columns.DIFFUSION] + mean * fraction
        return changed

    def _mean_open_circuit(self) -> float:
        """Open-circuit voltage of each body at its mean stoichiometry, weighted with its sites."""
        total, sites = 0.0, 0.0
        for body, filling in self._filling:
            volume = self._cell.domain.subdomain_volume(body.subdomain)
            weight = body.material.site_charge * volume
            total += weight * body.rest_voltage(filling.value / volume)
            sites += weight
        return total / sites if sites else 0.0

    def _add(self, loss: Column, power: Expr, measure: ufl.Measure) -> None:
        """Count the integral of a power density; one that vanishes identically only by its name."""
        integrals = self._power.setdefault(loss, [])
        if not isinstance(ufl.as_ufl(power), Zero):
            integrals.append(self._cell.domain.integral(power * measure))
