"""Laws given as functions from Python, where the case has numbers."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ecmcell.case.faults import suggest
from ecmcell.case.files.merge import parts
from ecmcell.case.interfaces import LithiumElectrode, ReactingInterface
from ecmcell.case.materials import ActiveMaterial, IonConductor
from ecmcell.case.schema import Case
from ecmcell.errors import InputError

Function = Callable[..., Any]
Place = tuple[str, ...]
EXCHANGE = "exchange_current_density"
OPEN_CIRCUIT = "open_circuit_voltage"
SIEMENS = 1e6
"""Of a meter, in pA/(V um)."""
SQUARE_METER = 1e12
"""Per second, in um2/s."""


class UserFunctions:
    """What a user gives as functions, by the key of the case that each stands for.

    A function takes what it needs of what is known there, by the names of its parameters.

    Args:
        given: Functions by dotted keys of the case, as `phases.active.diffusivity`.
    """

    def __init__(self, given: Mapping[str, Function] = MappingProxyType({})):
        self._given = {tuple(parts(key)): function for key, function in given.items()}

    def __iter__(self) -> Iterator[tuple[str, Function]]:
        """Keys and functions."""
        return ((".".join(place), function) for place, function in self._given.items())

    def check(self, case: Case) -> None:
        """See that each can be used.

        Raises:
            InputError: If a key is none of the case, or a function needs what is not known there.
        """
        known = dict(_places(case))
        names = [".".join(place) for place in known]
        for place, function in self._given.items():
            key = ".".join(place)
            if place not in known:
                given = "no function can be given there"
                raise InputError("functions", key, given, suggest(key, names, "places"))
            odd = [name for name in _parameters(function) if name not in known[place]]
            if odd:
                given = f"the function needs {', '.join(odd)}"
                remedy = f"Its parameters may be {', '.join(known[place])}."
                raise InputError("functions", key, given, remedy)

    def at(self, *place: str) -> Function | None:
        """The function for a key of the case, which takes all that is known; None if none is given.

        Args:
            place: The parts of the key.
        """
        function = self._given.get(place)
        if function is None:
            return None
        taken = _parameters(function)
        return lambda **known: function(**{name: known[name] for name in taken})


NO_FUNCTIONS = UserFunctions()
"""Of a case that stands for itself."""


def _parameters(function: Function) -> list[str]:
    """Names of what a function has to be called with."""
    return [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]


def _places(case: Case) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """What functions can be given for, and what is known there."""
    for name, phase in case.phases.items():
        material = phase.material
        if isinstance(material, ActiveMaterial):
            yield ("phases", name, OPEN_CIRCUIT), ("stoichiometry",)
            yield ("phases", name, "diffusivity"), ("temperature",)
        if isinstance(material, IonConductor):
            yield ("phases", name, "ionic_conductivity"), ("temperature",)
        if case.conducts_electrons(name):
            yield ("phases", name, "electronic_conductivity"), ("temperature",)
    for name, law in case.interfaces.items():
        if isinstance(law, ReactingInterface):
            known = ("stoichiometry", "temperature", "reference")
            yield ("interfaces", name, EXCHANGE), known
    for name, law in case.boundaries:
        if isinstance(law, LithiumElectrode):
            yield ("boundaries", name, EXCHANGE), ("temperature",)
