"""What processes are made from, and those that are made."""

from collections.abc import Sequence
from typing import Any, Protocol, Self, TypeVar

from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.processes.carriers.lithium import active_bodies
from ecmcell.processes.properties import Properties
from ecmcell.processes.state import State
from ecmcell.processes.user_functions import NO_FUNCTIONS, UserFunctions


class Made(Protocol):
    """A process, or what several of them share: its class knows whether a case asks for it."""

    @classmethod
    def of(cls, context: "Context") -> Sequence[Self]:
        """Those that the case asks for."""


M = TypeVar("M", bound=Made)


class Context:
    """A cell while its processes are made.

    Args:
        case: What to solve.
        domain: Where.
        functions: What stands in the place of numbers of the case.

    Attributes:
        case: As given.
        domain: As given.
        functions: As given.
        state: The unknowns.
        properties: Those of all parts.
        active: Bodies of active material.
        step: Length of the time step, s, in forms.
    """

    def __init__(self, case: Case, domain: Domain, functions: UserFunctions = NO_FUNCTIONS):
        self.case, self.domain, self.functions = case, domain, functions
        self.state = State(case, domain)
        self.properties = Properties(case, domain, self.state, functions)
        self.active = active_bodies(case, domain, self.state, self.properties)
        self.step = domain.constant(1.0)
        self._made: dict[type, Sequence[Any]] = {}

    def all(self, kind: type[M]) -> Sequence[M]:
        """All of a kind; who needs another process asks here, and it is made if it is not yet."""
        if kind not in self._made:
            self._made[kind] = kind.of(self)
        return self._made[kind]

    def the(self, kind: type[M]) -> M:
        """The only one of a kind.

        Raises:
            ValueError: If there is none, or more than one.
        """
        (found,) = self.all(kind)
        return found
