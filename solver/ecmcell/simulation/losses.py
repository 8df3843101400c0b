"""Where the voltage goes: the dissipation of each process over the current.

With each equation tested by its own potential, the power that the cell could give at the mean
stoichiometry less what it gives is the sum of what its processes dissipate (Rao and Newman 1997,
doi:10.1149/1.1837884, for the principle); the discrete solution obeys the same sum.
"""

from collections.abc import Mapping

import ufl
from ufl.constantvalue import Zero
from ufl.core.expr import Expr

from ecmcell.domain.domain import Integral
from ecmcell.domain.plan import Part
from ecmcell.output.columns import Column
from ecmcell.physics import charge
from ecmcell.simulation import crossings
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.columns import losses as columns
from ecmcell.simulation.reactions import Reaction


class Losses:
    """Splits what lies between the voltage and that of the open circuit at the mean stoichiometry.

    Losses are positive on discharge and negative on charge: the open-circuit voltage less all of
    them is the voltage. At rest all of it counts as solid diffusion.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        self._cell = cell
        self._power: dict[Column, list[Integral]] = {}
        self._ohmic()
        chemistry = cell.electrochemistry
        for reaction in chemistry.insertions.values():
            self._reaction(reaction, columns.TRANSFER, columns.FILM)
            self._add(columns.DIFFUSION, reaction.current * reaction.equilibrium, reaction.measure)
            self._add(columns.STRESS, reaction.current * reaction.stress_shift, reaction.measure)
        for reaction in chemistry.electrodes.values():
            self._reaction(reaction, columns.LITHIUM, columns.LITHIUM)
            self._add(columns.STRESS, reaction.current * reaction.stress_shift, reaction.measure)
        for reaction in (plating.reaction for plating in chemistry.platings):
            self._reaction(reaction, columns.LITHIUM, columns.LITHIUM)
            self._add(columns.STRESS, reaction.current * reaction.stress_shift, reaction.measure)
        self._filling = [
            (body, cell.domain.integral(body.x * cell.domain.dx(body.part)))
            for body in cell.active.values()
        ]

    def parts(self) -> dict[str, float]:
        """The mean open-circuit voltage and every loss, in V, by header."""
        state = self._cell.state
        mean, current = self._mean_open_circuit(), state.current.value
        losses = dict.fromkeys(self._power, 0.0)
        if not self._cell.at_rest:
            for name, integrals in self._power.items():
                losses[name] = sum(integral.value for integral in integrals) / current
            if columns.DIFFUSION in losses:
                losses[columns.DIFFUSION] += mean
            if self._cell.electrochemistry.leaks:
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
        share = self._cell.electrochemistry.leaking / state.current.value
        changed = {columns.LEAKAGE: (state.voltage.value - mean) * share}
        changed[columns.ELECTRONIC] = losses[columns.ELECTRONIC] - state.voltage.value * share
        if columns.DIFFUSION in losses:
            changed[columns.DIFFUSION] = losses[columns.DIFFUSION] + mean * share
        return changed

    def _mean_open_circuit(self) -> float:
        """Open-circuit voltage of each body at its mean stoichiometry, weighted with its sites."""
        total, sites = 0.0, 0.0
        for body, filling in self._filling:
            volume = self._cell.domain.part_volume(body.part)
            weight = body.material.site_charge * volume
            total += weight * float(body.voltage_table(filling.value / volume))
            sites += weight
        return total / sites if sites else 0.0

    def _ohmic(self) -> None:
        cell, state = self._cell, self._cell.state
        for part in cell.domain.parts:
            if part.body in state.electrode:
                self._electronic(state.electrode[part.body], part)
            if part.body in state.electrolyte:
                self._ionic(part)
            region = state.additive_regions.get(part.body)
            if region is not None and part in region.parts:
                self._electronic(state.electrons(part.body), part)
        chemistry = cell.electrochemistry
        for contact, reaction in chemistry.insertions.items():
            power = chemistry.hop(contact) * chemistry.hop_voltage(contact)
            self._add(columns.ELECTRONIC, power, reaction.measure)
        for crossing in chemistry.crossings:
            if crossing.carrier != crossings.LITHIUM:  # counts as solid diffusion already
                is_ionic = crossing.carrier == crossings.IONS
                loss = columns.BOUNDARY if is_ionic else columns.ELECTRONIC
                self._add(loss, crossing.current * crossing.drop, crossing.measure)
        for power, measure in chemistry.collector_dissipation():
            self._add(columns.ELECTRONIC, power, measure)
        if chemistry.leaks:
            self._power[columns.LEAKAGE] = []  # what others are charged with too much
        for leak in chemistry.leaks:
            self._add(columns.ELECTRONIC, leak.current * leak.drop, leak.measure)

    def _reaction(self, reaction: Reaction, transfer: Column, film: Column) -> None:
        current, over_film = reaction.current, reaction.film_voltage
        left = reaction.overpotential - over_film
        self._add(transfer, current * left, reaction.measure)
        self._add(film, current * over_film, reaction.measure)

    def _ionic(self, part: Part) -> None:
        """What ions lose to the resistance, and to differences in the concentration of salt."""
        ions, dx = self._cell.electrochemistry.electrolytes.parts[part], self._cell.domain.dx(part)
        current = charge.current_density(ions.conductivity, ions.driving)
        self._add(columns.IONIC, -ufl.inner(current, ufl.grad(ions.driving)), dx)
        if ions.salt_potential is not None:
            self._add(columns.SALT, -ufl.inner(current, ufl.grad(ions.salt_potential)), dx)

    def _electronic(self, potential: Expr, part: Part) -> None:
        """What electrons lose to the resistance of a part."""
        conductivity = self._cell.properties.of(part).electronic_conductivity
        current = charge.current_density(conductivity, potential)
        power = -ufl.inner(current, ufl.grad(potential))
        self._add(columns.ELECTRONIC, power, self._cell.domain.dx(part))

    def _add(self, loss: Column, power: Expr, measure: ufl.Measure) -> None:
        """Count the integral of a power density; one that vanishes identically only by its name."""
        integrals = self._power.setdefault(loss, [])
        if not isinstance(ufl.as_ufl(power), Zero):
            integrals.append(self._cell.domain.integral(power * measure))
