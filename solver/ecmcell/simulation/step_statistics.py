"""What the solution of a cell took."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from ecmcell.numerics.newton import SolverStatistics


@dataclass
class StepStatistics:
    """Work done, by what was solved.

    Attributes:
        electrochemistry: For lithium and potentials.
        mechanics: For displacements, and for the damage of cracks, whose linear solves count but
            are not among the longest.
        iterations: Fixed-point iterations after which each coupling did not agree yet, by name.
    """

    electrochemistry: SolverStatistics = field(default_factory=SolverStatistics)
    mechanics: SolverStatistics = field(default_factory=SolverStatistics)
    iterations: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "StepStatistics") -> "StepStatistics":
        """Sum of two amounts of work."""
        return StepStatistics(
            self.electrochemistry + other.electrochemistry,
            self.mechanics + other.mechanics,
            self.iterations + other.iterations,
        )

    @classmethod
    def of(cls, memory: Mapping[str, Any]) -> Self:
        """From what `memory` gave."""
        return cls(
            SolverStatistics(**memory["electrochemistry"]),
            SolverStatistics(**memory["mechanics"]),
            Counter(memory["iterations"]),
        )

    def memory(self) -> dict[str, Any]:
        """All of it, as JSON has it."""
        return {
            "electrochemistry": asdict(self.electrochemistry),
            "mechanics": asdict(self.mechanics),
            "iterations": dict(self.iterations),
        }

    @property
    def total(self) -> SolverStatistics:
        """All of it."""
        return self.electrochemistry + self.mechanics

    def longest(self) -> dict[str, int]:
        """Krylov iterations of the linear solves that took most of them, by what was solved."""
        return {
            "electrochemistry": self.electrochemistry.longest,
            "mechanics": self.mechanics.longest,
        }
