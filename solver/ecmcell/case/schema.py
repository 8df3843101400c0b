"""A case: everything a user asks of one simulation, read from a case directory."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Self

import tomli_w
from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from ecmcell.case import checks
from ecmcell.case.materials import Frozen, Text
from ecmcell.case.reading import Fault, dotted, read_toml, validate
from ecmcell.case.tables import (
    Bond,
    Boundaries,
    Cell,
    Interface,
    Mesh,
    Output,
    Phase,
    PhaseName,
    Physics,
    ProtocolStep,
    Solver,
    Time,
    read_joint,
)
from ecmcell.errors import InputError


class Case(Frozen):
    """Everything a user asks of one simulation."""

    title: Annotated[Text, Field(examples=["What the case asks"])]
    protocol: Annotated[
        tuple[ProtocolStep, ...],
        Field(min_length=1, examples=[["Charge at C/5 until 4.2 V"]]),
    ]
    mesh: Mesh
    phases: Annotated[dict[PhaseName, Phase], Field(min_length=1)]
    interfaces: dict[str, Annotated[Interface | Bond, BeforeValidator(read_joint)]] = Field(
        default={}
    )
    boundaries: Boundaries
    cell: Cell
    physics: Physics = Physics()
    time: Time = Time()
    solver: Solver = Solver()
    output: Output = Output()
    _path: Path = PrivateAttr(default=Path("case.toml"))

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        checks.check(self)
        return self

    @property
    def path(self) -> Path:
        """The file the case came from."""
        return self._path

    @property
    def name(self) -> str:
        """Name of the case directory, or of the file if it is not called case.toml."""
        path = self._path.resolve()
        return path.parent.name if path.name == "case.toml" else path.stem

    @property
    def active_phases(self) -> tuple[str, ...]:
        """Names of the phases of active material."""
        return tuple(n for n, p in self.phases.items() if p.material.kind == "active material")

    def joints(self) -> Iterator[tuple[tuple[str, str], Interface | Bond]]:
        """Every pair of phases that the case joins, an active material first."""
        for key, joint in self.interfaces.items():
            a, b = checks.pair_of(key)
            yield ((b, a) if b in self.active_phases else (a, b)), joint

    def interface_between(self, a: str, b: str) -> Interface | Bond | None:
        """What joins two phases, in whichever order the case names them."""
        return next((joint for pair, joint in self.joints() if {*pair} == {a, b}), None)

    def match_mesh(self, phases: Iterable[str], contacts: Iterable[tuple[str, str]]) -> None:
        """Check that the case says what the mesh asks.

        Args:
            phases: Phases of the mesh.
            contacts: Pairs of phases that touch in it.

        Raises:
            InputError: If a phase is not in both, or what joins two touching phases is missing.
        """
        try:
            checks.match_mesh(self, set(phases), contacts)
        except Fault as fault:
            raise InputError(self._path, dotted(fault.key), fault.given, fault.remedy) from None

    def capacity(self, volumes: Mapping[str, float]) -> float:
        """Charge in pC between the ends of the stoichiometry windows.

        Args:
            volumes: Volume in um3 by phase; in two dimensions area times 1 um.
        """
        return sum(
            self.phases[n].material.charge_capacity() * volumes[n] for n in self.active_phases
        )

    def to_toml(self) -> str:
        """The case with all defaults and materials written out; it loads to the same case."""
        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True))


def load_case(path: Path | str) -> Case:
    """The case in a directory (its `case.toml`) or a file.

    Raises:
        InputError: If anything in it cannot be done as asked.
    """
    path = Path(path)
    try:
        if path.is_dir():
            path = path / "case.toml"
            if not path.exists():
                remedy = "Give a directory that holds a case.toml, or the file itself."
                raise InputError(path, "", "there is no such file", remedy)
    except OSError as error:
        raise InputError(path, "", error.strerror, "Give a case directory.") from None
    case = validate(Case, read_toml(path), path, path.parent)
    case._path = path
    return case
