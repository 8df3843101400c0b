"""Lithium on a boundary as a layer: how much there is, and the voids that stripping leaves."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from ecmcell.case import units
from ecmcell.case.contact import ContactMap, read_contact
from ecmcell.case.files.provenance import Given


class Inventory(Given):
    """Amount of lithium on a boundary; unlimited where this table is missing.

    Attributes:
        thickness: Thickness of the metal at the start; zero is a bare collector.
        island_height: Height of lithium islands: a layer thinner than this is islands, which cover
            only a part of the collector.
        nucleation_overpotential: Overpotential for plating on bare collector beyond that for
            plating on lithium.
        nucleation_sites: Map of where nucleation takes no overpotential; nowhere if not given.
    """

    thickness: units.Thickness
    island_height: units.Length
    nucleation_overpotential: units.Overpotential = 0.0
    nucleation_sites: Annotated[ContactMap | None, BeforeValidator(read_contact)] = None


class VoidGrowth(Given):
    """Voids between lithium and electrolyte that stripping feeds and creep closes.

    Attributes:
        contact_gap: Volume of voids per unit area at which all contact is lost.
        fraction: Fraction of the stripped volume that becomes voids; the metal moves up for the
            rest.
        min_contact: Fraction of the initial contact below which contact counts as lost, which
            ends the step of the protocol.
    """

    contact_gap: units.Length
    fraction: Annotated[float, Field(strict=True, gt=0, le=1)] = 1.0
    min_contact: Annotated[float, Field(strict=True, gt=0, lt=1)] = 0.01
