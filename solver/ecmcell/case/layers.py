"""Lithium on a boundary as a layer: how much there is, and the voids that stripping leaves."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from ecmcell.case import units
from ecmcell.case.contact import ContactMap, read_contact
from ecmcell.case.origin import Given


class Inventory(Given):
    """How much lithium there is on a boundary; without it there is always enough.

    Attributes:
        thickness: Of the metal at the start; zero is a bare collector.
        island_height: Less lithium lies in islands of this height, and covers as much less of the
            collector.
        nucleation_overpotential: What plating on bare collector takes beyond that on lithium.
        nucleation_sites: Where it takes nothing more; nowhere if not given.
    """

    thickness: units.Thickness
    island_height: units.Length
    nucleation_overpotential: units.Overpotential = 0.0
    nucleation_sites: Annotated[ContactMap | None, BeforeValidator(read_contact)] = None


class VoidGrowth(Given):
    """Voids between lithium and electrolyte that stripping feeds and creep closes.

    Attributes:
        contact_gap: Volume of voids an area at which nothing touches any more.
        share: Of the volume that is stripped, what becomes voids; over the rest the metal moves up.
        least_contact: Share of the contact of the start below which it counts as lost, which ends
            the step of the protocol.
    """

    contact_gap: units.Length
    share: Annotated[float, Field(strict=True, gt=0, le=1)] = 1.0
    least_contact: Annotated[float, Field(strict=True, gt=0, lt=1)] = 0.01
