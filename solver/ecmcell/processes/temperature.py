"""The temperature of a cell, and the numbers in forms that follow it."""

from collections.abc import Callable

from dolfinx import fem

from ecmcell.case.units import GAS_CONSTANT, thermal_voltage
from ecmcell.domain.domain import Domain

Law = Callable[[float], float]
"""A number as a function of the temperature in K."""


class Temperature:
    """One temperature for the whole cell.

    Forms hold constants, each kept by a name with its law: at another temperature these are set
    anew in place, and nothing is compiled again.

    Args:
        domain: Where constants live.
        kelvin: The temperature at first, K.

    Attributes:
        kelvin: The present temperature, K.
        voltage: RT/F, V.
        energy: RT, pJ/amol.
    """

    def __init__(self, domain: Domain, kelvin: float):
        self._domain, self.kelvin = domain, kelvin
        self._constants: dict[str, tuple[fem.Constant, Law]] = {}
        self._followers: list[Callable[[float], None]] = []
        self.voltage = self.constant("RT/F", thermal_voltage)
        self.energy = self.constant("RT", lambda at: GAS_CONSTANT * at)

    def constant(self, name: str, law: Law) -> fem.Constant:
        """A number in forms that follows the temperature; the same one for whoever asks again.

        Args:
            name: What it is, and of what.
            law: Its value at a temperature in K.
        """
        if name not in self._constants:
            self._constants[name] = self._domain.constant(law(self.kelvin)), law
        return self._constants[name][0]

    def follow(self, update: Callable[[float], None]) -> None:
        """Call something with every new temperature in K: what is no number, as a table."""
        self._followers.append(update)

    @property
    def constants(self) -> dict[str, float]:
        """The present values by name."""
        return {name: float(constant.value) for name, (constant, _) in self._constants.items()}

    def set(self, kelvin: float) -> None:
        """Bring all that follows to a temperature in K."""
        self.kelvin = kelvin
        for constant, law in self._constants.values():
            constant.value = law(kelvin)
        for update in self._followers:
            update(kelvin)
