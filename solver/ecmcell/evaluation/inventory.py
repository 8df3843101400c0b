"""The lithium in active material."""

from ecmcell.simulation.cell import Cell


class Inventory:
    """Evaluates the lithium in the active material that takes part.

    Args:
        cell: The cell.

    Attributes:
        sites: Charge of all sites by body, pC.
        capacity: Charge of all sites, pC.
    """

    def __init__(self, cell: Cell):
        domain = cell.domain
        self._integrals = [
            domain.integral(b.sites * b.x * domain.dx(b.subdomain)) for b in cell.active.values()
        ]
        self.sites = {
            name: body.material.site_charge * domain.subdomain_volume(body.subdomain)
            for name, body in cell.active.items()
        }
        self.capacity = float(sum(self.sites.values()))

    @property
    def charge(self) -> float:
        """Charge of all lithium, pC."""
        return sum(integral.value for integral in self._integrals)
