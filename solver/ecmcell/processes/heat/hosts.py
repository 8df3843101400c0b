"""What lithium has brought into active material: its free energy and entropy."""

from collections.abc import Iterable

from dolfinx import fem

from ecmcell.domain.domain import Domain
from ecmcell.numerics.system.curves import Table
from ecmcell.processes.carriers.lithium import ActiveBody


class Filling:
    """A table summed over all sites of a body, from empty ones to the present stoichiometry.

    Args:
        domain: Where.
        body: Active material.
        table: Of its stoichiometry.
    """

    def __init__(self, domain: Domain, body: ActiveBody, table: Table):
        self._x, self._table = body.x, table
        self._nodes = fem.Function(body.x.function_space)
        self._sum = domain.integral(body.sites * self._nodes * domain.dx(body.subdomain))

    @property
    def value(self) -> float:
        """In pC times what the table gives."""
        self._nodes.x.array[:] = self._table.integral(self._x.x.array)
        return self._sum.value


class Hosts:
    """All active material of a cell.

    Both are functions of the state alone: over a closed cycle nothing is left of their changes.

    Args:
        domain: Where.
        active: Bodies of active material.
    """

    def __init__(self, domain: Domain, active: Iterable[ActiveBody]):
        bodies = list(active)
        self._voltage = [Filling(domain, body, body.voltage_table) for body in bodies]
        self._entropy = [Filling(domain, body, body.entropic_table) for body in bodies]

    @property
    def free_energy(self) -> float:
        """What lithium gave for its places at the first temperature, the integral of U, pJ."""
        return sum(filling.value for filling in self._voltage)

    @property
    def entropy(self) -> float:
        """What of entropy it has brought, the integral of dU/dT, pJ/K."""
        return sum(filling.value for filling in self._entropy)
