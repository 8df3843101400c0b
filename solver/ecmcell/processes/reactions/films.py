"""Films of a case: coatings and interphases in series, as constants of the forms."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Self

import numpy as np
from dolfinx import fem

from ecmcell.case.interfaces import FilmCovered
from ecmcell.case.schema import Case
from ecmcell.numerics.system.layout import Array
from ecmcell.processes.closed_form import film_resistance
from ecmcell.processes.context import Context
from ecmcell.processes.process import Process
from ecmcell.processes.state import State


class Films(Process):
    """The resistances of all films; those that grow follow from the time alone.

    A time step thus needs nothing of the one before, and one that is taken again takes the film
    with it.

    Args:
        case: Whose interfaces and lithium electrodes have films.
        state: Its time and temperature.
    """

    def __init__(self, case: Case, state: State):
        self._state, self._temperature, self._time = state, state.temperature, 0.0
        named = [*case.interfaces.items(), *case.boundaries]
        self._laws = {name: law for name, law in named if isinstance(law, FilmCovered)}
        self._constants = {
            name: state.temperature.constant(f"films on {name}", partial(self._resistance, name))
            for name, law in self._laws.items()
            if law.film_resistance > 0.0 or law.coating or law.interphase
        }

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In any cell."""
        return [cls(context.case, context.state)]

    def on(self, law: FilmCovered) -> fem.Constant | None:
        """Areal resistance in V um2/pA at the end of the time step; None where there is no film."""
        name = next(name for name, other in self._laws.items() if other is law)
        return self._constants.get(name)

    def begin_iterations(self, step: float) -> None:
        """Bring all films to the end of a time step of some s."""
        self.grow(self._state.accumulators["time"] + step)

    def grow(self, time: float) -> None:
        """Bring all films to a time in s since the start of the protocol."""
        self._time = time
        for name, constant in self._constants.items():
            constant.value = self.resistance(name, time)

    def memory(self) -> dict[str, Array]:
        """The time that they are at."""
        return {"time": np.array(self._time)}

    def recall(self, memory: Mapping[str, Array]) -> None:
        """Grow to that time."""
        self.grow(float(memory["time"]))

    @property
    def growing(self) -> tuple[str, ...]:
        """The interfaces and electrodes whose films grow, by their names in the case."""
        return tuple(name for name, law in self._laws.items() if law.interphase is not None)

    def resistance(self, name: str, time: float) -> float:
        """Areal resistance in V um2/pA of all films on an interface or electrode together."""
        return film_resistance(self._laws[name], self._temperature.kelvin, time)

    def _resistance(self, name: str, _: float) -> float:
        """The same at the present time and temperature."""
        return self.resistance(name, self._time)
