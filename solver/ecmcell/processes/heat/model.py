"""The heat balance of a cell with one temperature: theory.md (71)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import ufl
from ufl.constantvalue import Zero

from ecmcell.case.heat import COLDEST, WARMEST
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.case.validity import without_entropy
from ecmcell.columns import heat as columns
from ecmcell.columns import losses
from ecmcell.domain.domain import Domain, Integral
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.system.layout import Array
from ecmcell.numerics.system.scalars import Scalar
from ecmcell.physics.heat import warming
from ecmcell.processes.carriers.lithium import ActiveBody
from ecmcell.processes.context import Context
from ecmcell.processes.heat.hosts import Hosts
from ecmcell.processes.process import Process
from ecmcell.processes.state import State

# K that weigh as much as a stoichiometry of one: assumed, as properties change by e in some 30 K.
_UNIT = 100.0
# K by which nobody notices: errors of the balance are relative to no less heat.
_UNNOTICED = 1e-3


@dataclass(frozen=True)
class Sources:
    """Heat that the cell generates.

    Attributes:
        dissipated: By all that resists, pW/um2 of the footprint.
        reversible: By the entropy of lithium, pW/um2.
    """

    dissipated: float = 0.0
    reversible: float = 0.0

    @property
    def total(self) -> float:
        """All of it, pW/um2."""
        return self.dissipated + self.reversible


class Heat(Process):
    """One temperature that follows the losses; all else is solved with that of the last iteration.

    Args:
        case: What to solve, with a balance of heat.
        domain: Where.
        state: The unknowns, at the temperature of the start.
        active: Bodies of active material.

    Attributes:
        name: What messages call the temperature as a coupling.
        temperature: That of the cell, K; while a time step is solved, what it is solved with.
        hosts: What lithium has brought into active material.
    """

    name = "temperature"
    accumulators = ("heat", "heat_given_off", "heat_turnover")

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        active: Mapping[str, ActiveBody],
    ):
        law = needed(case.cell.heat)
        self._law, self._state, self._area = law, state, domain.footprint
        self._initial = state.temperature.kelvin
        self._ambient = law.ambient_temperature or self._initial
        self.temperature = Scalar(domain, columns.TEMPERATURE.header, self._initial)
        self.scalars, self.couplings = (self.temperature,), (self,)
        self._domain, self._losses = domain, list[Integral]()
        self._without_entropy = without_entropy(case)
        self.hosts = Hosts(domain, active.values())
        self._step, self._sources = 0.0, Sources()
        self._found, self._given_off = self._initial, 0.0
        self.begin_step()

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where heat is balanced."""
        if context.case.cell.heat is None:
            return []
        return [cls(context.case, context.domain, context.state, context.active)]

    def connect(self, processes: Sequence[Process]) -> None:
        """Take what all others lose for heat."""
        self._losses = _losses(self._domain, processes)

    def warnings(self) -> list[str]:
        """Phases whose entropy is not known."""
        return [
            f"{phase}: no entropic_coefficient is known, its reversible heat is left out"
            for phase in self._without_entropy
        ]

    # In a time step

    def begin_step(self) -> None:
        """Keep the temperature and what is in the hosts."""
        if self._state.accumulators["time"] == 0.0:  # no time passes while the cell comes to rest
            self.temperature.value = self._initial
        self._start, self._step = self.temperature.value, 0.0
        self._free_energy, self._entropy = self.hosts.free_energy, self.hosts.entropy

    def memory(self) -> dict[str, Array]:
        """The temperature that all else was last solved with, K."""
        return {"kelvin": np.array(self._state.temperature.kelvin)}

    def recall(self, memory: Mapping[str, Array]) -> None:
        """Bring the cell there."""
        self._state.temperature.set(float(memory["kelvin"]))

    def begin_iterations(self, step: float) -> None:
        """Bring the cell to the temperature that is guessed for the end of a step of some s."""
        self._step = step
        self._state.temperature.set(self.temperature.value)

    def end_step(self) -> None:
        """Count the heat of the time step, pJ, and keep the temperature that it leads to."""
        position, generated = (
            self._state.accumulators,
            self._sources.total * self._area * self._step,
        )
        self.temperature.value = self._found
        position["heat"] += generated
        position["heat_given_off"] += self._given_off * self._area
        position["heat_turnover"] += abs(generated) + abs(self._given_off) * self._area

    def controlled(self) -> list[Array]:
        """The temperature."""
        return [np.array([self.temperature.value / _UNIT])]

    # As a coupling

    def begin(self) -> None:
        """The temperature is that of the guess."""

    def evaluate(self) -> None:
        """Find the temperature that the present solution leads to."""
        excess = self._start - self._ambient
        self._sources = self._generate() if self._step > 0.0 else Sources()
        capacity, transfer = self._law.capacity, self._law.transfer_coefficient
        rise, self._given_off = warming(self._sources.total, excess, capacity, transfer, self._step)
        self._found = self._start + rise
        if not COLDEST <= self._found <= WARMEST:
            raise NotConverged(f"at {self._found - 273.15:.0f} degC no cell works")

    def residual(self) -> float:
        """How far that is from what the cell was solved at."""
        return abs(self._found - self.temperature.value) / _UNIT

    def transfer(self) -> None:
        """Bring the cell there."""
        self.temperature.value = self._found
        self._state.temperature.set(self._found)

    def _generate(self) -> Sources:
        """What the present solution generates, theory.md (72) and (73).

        Both parts of the hosts count from the start of the step, the temperature is that of the
        forms.
        """
        kelvin = self._state.temperature.kelvin
        entropy = self.hosts.entropy - self._entropy
        free_energy = self.hosts.free_energy - self._free_energy
        free_energy += (kelvin - self._initial) * entropy
        lost = sum(loss.value for loss in self._losses)
        return Sources(
            (lost + free_energy / self._step) / self._area,
            -kelvin * entropy / self._step / self._area,
        )

    # What it tells

    def row(self) -> dict[str, float]:
        """Temperature, sources and balance at the end of the last time step."""
        step = self._step
        return {
            columns.TEMPERATURE.header: self.temperature.value,
            columns.GENERATION.header: self._sources.total,
            columns.REVERSIBLE.header: self._sources.reversible,
            columns.GIVEN_OFF.header: self._given_off / step if step > 0.0 else 0.0,
            columns.ERROR.header: self._error(),
        }

    def _error(self) -> float:
        """What is missing of the heat since the start, relative to all of it, theory.md (74)."""
        position, capacity = self._state.accumulators, self._law.capacity * self._area
        stored = capacity * (self.temperature.value - self._initial)
        missing = position["heat"] - position["heat_given_off"] - stored
        return abs(missing) / max(position["heat_turnover"], capacity * _UNNOTICED)


def _losses(domain: Domain, dissipating: Iterable[Process]) -> list[Integral]:
    """The power of all losses, pW, without the work of stresses: bodies store most of that."""
    return [
        domain.integral(power * measure)
        for process in dissipating
        for loss, power, measure in process.losses()
        if loss is not losses.STRESS and not isinstance(ufl.as_ufl(power), Zero)
    ]
