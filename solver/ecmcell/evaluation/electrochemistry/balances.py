"""Whether charge, lithium and anions are conserved: theory.md (32)."""

from typing import Self

from ecmcell.columns import run, salt
from ecmcell.domain.domain import Integral
from ecmcell.evaluation.inventory import Inventory
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.carriers.salt import Electrolytes
from ecmcell.processes.filled_cracks.filled_cracks import FilledCracks
from ecmcell.processes.reactions.reactions import LithiumElectrodes
from ecmcell.simulation.cell import Cell

# Of what there is: charge that errors are relative to where less has passed.
_LEAST = 1e-3


class ChargeBalance(Subject):
    """Currents through anode and collector; that of the collector crosses the cathode's interfaces.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        self._cell, domain = cell, cell.domain
        reactions = [
            reaction
            for lithium, reaction in cell.the(LithiumElectrodes).reactions.items()
            if lithium.tag == "anode"
        ]
        reactions += [d.reaction for one in cell.all(FilledCracks) for d in one.deposits]
        self._anode: list[Integral] = [domain.integral(r.current * r.measure) for r in reactions]

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self:
        """Every cell has one."""
        return cls(cell)

    def row(self) -> dict[str, float]:
        """Difference of both currents over the largest of the protocol."""
        anode = sum(integral.value for integral in self._anode)
        current = self._cell.state.current.value + self._cell.leaking
        return {run.CHARGE_ERROR.header: abs(anode - current) / self._cell.current_scale}


class LithiumBalance(Subject):
    """Lithium in active material against the charge that passed.

    Args:
        cell: The cell, before its first step.
        inventory: The lithium.
    """

    def __init__(self, cell: Cell, inventory: Inventory):
        self._cell, self._inventory = cell, inventory
        self._initial = inventory.charge

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where there is active material that takes part."""
        return cls(cell, probes.inventory) if cell.active else None

    def row(self) -> dict[str, float]:
        """Lithium missing over all charge that has passed."""
        position, inventory = self._cell.state.accumulators, self._inventory
        passed = position["charge"] + position["leaked"]
        error = abs(inventory.charge - self._initial - passed)
        all_passed = max(position["throughput"], _LEAST * inventory.capacity)
        return {run.LITHIUM_ERROR.header: error / all_passed}


class SaltBalance(Subject):
    """Anions, which no face lets pass.

    Args:
        cell: The cell, before its first step.
    """

    def __init__(self, cell: Cell):
        self._state, domain = cell.state, cell.domain
        dissolved = [
            (ions.salt.charge * ions.salt.concentration, domain.dx(subdomain))
            for subdomain, ions in cell.the(Electrolytes).subdomains.items()
            if ions.salt is not None
        ]
        self._anions = [domain.integral(anions * volume) for anions, volume in dissolved]
        self._initial = self._charge()

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where an electrolyte has salt."""
        return cls(cell) if cell.state.salt else None

    def row(self) -> dict[str, float]:
        """Anions missing over all charge that has passed."""
        passed = self._state.accumulators["throughput"]
        error = abs(self._charge() - self._initial) / max(passed, _LEAST * self._initial)
        return {salt.ERROR.header: error}

    def _charge(self) -> float:
        """Charge of all anions in pC."""
        return sum(integral.value for integral in self._anions)
