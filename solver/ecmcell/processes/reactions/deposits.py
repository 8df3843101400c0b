"""Lithium that is deposited inside an electrolyte, in its cracks and pores."""

from dataclasses import dataclass
from typing import Any

from ecmcell.domain.plan import Subdomain
from ecmcell.processes.reactions.reactions import Reaction


@dataclass(frozen=True)
class Deposit:
    """Lithium that leaves a filled crack for the electrolyte.

    Attributes:
        subdomain: The electrolyte.
        side: Of a contact that this is; None elsewhere.
        reaction: How.
    """

    subdomain: Subdomain
    side: str | None
    reaction: Reaction

    @property
    def body(self) -> str:
        """Body of the electrolyte."""
        return self.subdomain.body

    def here(self, value: Any) -> Any:
        """A function of the electrolyte on these facets."""
        return value if self.side is None else value(self.side)
