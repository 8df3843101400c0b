"""A case: everything a user asks of one simulation, read from a case directory."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import tomli_w
from pydantic import BeforeValidator, Field, PrivateAttr

from ecmcell.case.extensions import Extensions
from ecmcell.case.files.provenance import Frozen, Text
from ecmcell.case.interfaces import (
    Boundaries,
    CohesiveInterface,
    GrainBoundary,
    InterfaceLaw,
    LithiumElectrode,
    pair_of,
    read_interface_law,
)
from ecmcell.case.materials import ActiveMaterial, needed
from ecmcell.case.tables import (
    Cell,
    Mesh,
    Output,
    Phase,
    PhaseName,
    Physics,
    Protocol,
    Solver,
    Time,
)

# Assumed: at 0.4 linear displacements are some 2 % too stiff, at 0.45 5 %, at 0.49 more than 20 %.
_LOCKING_POISSON_RATIO = 0.4


class Case(Frozen):
    """Everything a user asks of one simulation.

    Attributes:
        title: Title of the case, in one line.
        protocol: Protocol: a list of steps in the words of PyBaMM, loops of steps, and drive
            cycles.
        mesh: Source of the microstructure.
        phases: Material and start of each phase of the mesh, by name.
        interfaces: Law of the interface between two phases, by their names, `a|b`. Grains of one
            phase are one body unless there is a law `a|a`.
        boundaries: Electrodes and collectors at the ends of the cell.
        cell: State and surroundings of the cell.
        physics: Parts of the physics that are on or off.
        time: Time steps and tolerances of the time integration.
        solver: Methods and tolerances by which the equations are solved.
        output: Times at which fields are written.
        extensions: Tables of processes that other installed packages add, by name.
    """

    title: Annotated[Text, Field(examples=["What the case asks"])]
    protocol: Annotated[Protocol, Field(examples=[["Charge at C/5 until 4.2 V"]])]
    mesh: Mesh
    phases: Annotated[dict[PhaseName, Phase], Field(min_length=1)]
    interfaces: dict[str, Annotated[InterfaceLaw, BeforeValidator(read_interface_law)]] = Field(
        default={}
    )
    boundaries: Boundaries
    cell: Cell
    physics: Physics = Physics()
    time: Time = Time()
    solver: Solver = Solver()
    output: Output = Output()
    extensions: Extensions = Field(default={})
    _path: Path = PrivateAttr(default=Path("case.toml"))
    _files: tuple[Path, ...] = PrivateAttr(default=())

    @property
    def path(self) -> Path:
        """The file the case came from."""
        return self._path

    @property
    def files(self) -> tuple[Path, ...]:
        """Files of the case, the case file first; not those of the library or the mesh."""
        return self._files

    @property
    def name(self) -> str:
        """Name of the case directory, or of the file if another than case.toml."""
        path = self._path.resolve()
        return path.parent.name if path.name == "case.toml" else path.stem

    @property
    def active_phases(self) -> tuple[str, ...]:
        """Names of the phases of active material."""
        return tuple(n for n, p in self.phases.items() if p.material.kind == "active material")

    def interface_laws(self) -> Iterator[tuple[tuple[str, str], InterfaceLaw]]:
        """Every pair of phases that the case joins, an active material or else a metal first."""
        order = (*self.active_phases, *self.metal_phases)
        for key, interface_law in self.interfaces.items():
            a, b = pair_of(key)
            behind = b in order and (a not in order or order.index(b) < order.index(a))
            yield ((b, a) if behind else (a, b)), interface_law

    def interface_between(self, a: str, b: str) -> InterfaceLaw | None:
        """Law of the interface between two phases, in either order; None if there is none."""
        return next(
            (interface_law for pair, interface_law in self.interface_laws() if {*pair} == {a, b}),
            None,
        )

    @property
    def debonding(self) -> frozenset[str]:
        """Phases whose grains are bodies of their own."""
        return frozenset(
            a
            for (a, b), interface_law in self.interface_laws()
            if a == b and isinstance(interface_law, GrainBoundary)
        )

    def conducts_electrons(self, name: str) -> bool:
        """Whether a phase conducts electrons, an electrolyte by an additive or by leakage."""
        phase = self.phases[name]
        return phase.carries_electrons or (self.physics.leakage and phase.leaks)

    def may_conduct_electrons(self, name: str) -> bool:
        """Whether a phase conducts electrons, or would if the case did not switch leakage off."""
        return self.conducts_electrons(name) or (self.speaks_of_leakage and self.phases[name].leaks)

    @property
    def speaks_of_leakage(self) -> bool:
        """Whether the case says if electrolytes leak; data of leakage may stay if they do not."""
        return "leakage" in self.physics.model_fields_set

    @property
    def debonds(self) -> bool:
        """Whether any interface may debond."""
        interface_laws = [
            *self.interfaces.values(),
            self.boundaries.anode,
            self.boundaries.collector,
        ]
        return self.physics.debonding and any(
            isinstance(j, CohesiveInterface) and j.debonds for j in interface_laws
        )

    @property
    def cracking_phases(self) -> tuple[str, ...]:
        """Names of the phases that may crack."""
        return tuple(
            n for n, p in self.phases.items() if self.physics.cracking and p.cracking is not None
        )

    @property
    def quadratic_phases(self) -> tuple[str, ...]:
        """Names of the phases with quadratic displacements: all if asked, else where they must."""
        if self.solver.displacements == "quadratic":
            return tuple(self.phases)
        must = {*self.locking_phases, *self.flowing_phases}
        return tuple(name for name in self.phases if name in must)

    @property
    def locking_phases(self) -> tuple[str, ...]:
        """Names of the phases whose volume hardly changes, so that displacements may lock.

        In plane stress it does, as the thickness gives way.
        """
        if self.cell.section == "plane stress":
            return ()
        return tuple(
            n
            for n, p in self.phases.items()
            if (p.material.poisson_ratio or 0.0) > _LOCKING_POISSON_RATIO
        )

    @property
    def flowing_phases(self) -> tuple[str, ...]:
        """Names of the phases that flow."""
        return tuple(
            n
            for n, p in self.phases.items()
            if self.physics.plasticity and p.plasticity in ("creep", "yield")
        )

    @property
    def metal_phases(self) -> tuple[str, ...]:
        """Names of the phases of metal."""
        return tuple(n for n, p in self.phases.items() if p.material.kind == "metal")

    @property
    def plates(self) -> bool:
        """Whether meshed metal gains and loses volume."""
        return bool(self.metal_phases) and self.physics.lithium_volume

    @property
    def lithium_anode(self) -> LithiumElectrode | None:
        """Lithium electrode at the anode; None where the lithium is meshed."""
        anode = self.boundaries.anode
        return anode if isinstance(anode, LithiumElectrode) else None

    @property
    def filled_crack_count(self) -> int:
        """How many cracks lithium may fill at a time."""
        anode = self.lithium_anode
        law = anode.filled_cracks if anode is not None else None
        opens = bool(self.cracking_phases) or self.debonds
        return law.max_count if law is not None and opens else 0

    @property
    def max_cells(self) -> dict[str, float]:
        """Size in um that no cell of a phase may exceed: half the length of its cracks."""
        laws = {name: needed(self.phases[name].cracking) for name in self.cracking_phases}
        return {name: 0.5 * law.regularisation_length for name, law in laws.items()}

    def capacity(self, volumes: Mapping[str, float]) -> float:
        """Charge in pC between the ends of the stoichiometry windows.

        Args:
            volumes: Volume in um3 by phase; in two dimensions area times 1 um.
        """
        return sum(
            self.phases[n].made_of(ActiveMaterial).charge_capacity * volumes[n]
            for n in self.active_phases
        )

    def max_current(self, kind: str) -> float | None:
        """Largest current density per footprint in steps of a kind, pA/um2; None if there is none.

        C-rates, which need the mesh, and drive cycles do not count.

        Args:
            kind: `charge`, which plates on the anode, or `discharge`, which strips it.
        """
        steps = [s.current for s in self.protocol if s.kind == kind and s.current is not None]
        found = [abs(rate.value) for rate in steps if rate.of == "area"]
        return max(found, default=None)

    def rest_voltage(self) -> float | None:
        """Open-circuit voltage in V at the start; None without active material."""
        for name in self.active_phases:
            curve = self.phases[name].made_of(ActiveMaterial).open_circuit_voltage
            return curve.at(needed(self.phases[name].initial_stoichiometry))
        return None

    def with_source(self, source: Path) -> "Case":
        """The same case, its mesh made from another file, relative to where the case will be."""
        name = "recipe" if self.mesh.file is None else "file"
        return self.model_copy(update={"mesh": self.mesh.model_copy(update={name: source})})

    def to_toml(self, copies: Mapping[Path, Path] | None = None) -> str:
        """The case with all defaults and materials written out; it loads to the same case.

        Args:
            copies: Where copies of its files will be, relative to where the case will be.
        """
        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True, context=copies))
