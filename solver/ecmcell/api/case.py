"""A case, from a directory, a file or plain values."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from ecmcell.api.shown import Shown
from ecmcell.case import schema
from ecmcell.case.faults import Fault
from ecmcell.case.files.merge import merged, nested
from ecmcell.case.load import case_of, load_case
from ecmcell.errors import InputError
from ecmcell.microstructure import check_source

if TYPE_CHECKING:
    from ecmcell.api.microstructure import Microstructure

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Case:
    """What is to be simulated, read and checked.

    Made by `Case.load`.

    Example:
        >>> case = Case.load("cases/thin_film_control", {"cell.temperature": "60 degC"})
        >>> print(case.check())

    Attributes:
        data: All of its values, in the units of the program.
    """

    def __init__(self, data: schema.Case):
        self.data = data

    @classmethod
    def load(
        cls,
        source: Path | str | Mapping[str, Any],
        overrides: Mapping[str, Any] = _NOTHING,
        directory: Path | str = ".",
    ) -> Self:
        """Read a case; the keys of its recipe are checked too, its mesh is not made.

        Args:
            source: A directory with a `case.toml`, such a file, or what it would hold.
            overrides: What is laid over it: `{"cell.stack_pressure": "2 MPa"}`, or nested tables as
                in the file.
            directory: What files are relative to that a case of plain values names.

        Raises:
            InputError: If anything in it cannot be done as asked.
        """
        try:
            changes = merged({}, *(nested(key, value) for key, value in overrides.items()))
        except Fault as fault:
            raise InputError("overrides", "", fault.given, fault.remedy) from None
        if isinstance(source, Mapping):
            data = case_of(source, Path(directory), changes)
        else:
            data = load_case(source, changes)
        check_source(data)
        return cls(data)

    @property
    def name(self) -> str:
        """Name of its directory."""
        return self.data.name

    @property
    def title(self) -> str:
        """Its title."""
        return self.data.title

    @property
    def protocol(self) -> tuple[str, ...]:
        """Its protocol, a text each step."""
        return tuple(step.text for step in self.data.protocol)

    def check(self) -> Shown:
        """What it asks, as tables; a mesh that is made in seconds is looked at too.

        Raises:
            InputError: If it cannot be run.
        """
        from ecmcell.api.checking import check  # DOLFINx, which a case alone does not need

        return check(self.data)

    def microstructure(self) -> "Microstructure":
        """Its mesh, made now or taken from those made before; to be called on one rank.

        Raises:
            InputError: If it cannot be made as asked, or the case cannot be run on it.
        """
        from ecmcell.api.checking import checked_mesh
        from ecmcell.api.microstructure import Microstructure

        return Microstructure(self.data, checked_mesh(self.data))

    def to_toml(self) -> str:
        """All of it with its defaults and materials written out, as a `case.toml`."""
        return self.data.to_toml()

    def __repr__(self) -> str:
        """Its title, phases and protocol."""
        phases = ", ".join(f"{n}: {p.material.name}" for n, p in self.data.phases.items())
        steps = "; ".join(self.protocol[:3]) + ("; ..." if len(self.protocol) > 3 else "")
        return f"Case({self.title!r}, {phases}, {steps!r})"
