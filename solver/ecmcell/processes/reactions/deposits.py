"""Lithium that is deposited inside an electrolyte, in its cracks and pores."""

from dataclasses import dataclass
from typing import Any

from ecmcell.domain.plan import Part
from ecmcell.processes.reactions.reactions import Reaction


@dataclass(frozen=True)
class Deposit:
    """Lithium that leaves a filament for the electrolyte.

    Attributes:
        part: The electrolyte.
        side: Of a contact that this is; None elsewhere.
        reaction: How.
    """

    part: Part
    side: str | None
    reaction: Reaction

    @property
    def body(self) -> str:
        """Body of the electrolyte."""
        return self.part.body

    def here(self, value: Any) -> Any:
        """A function of the electrolyte on these facets."""
        return value if self.side is None else value(self.side)
