"""Lithium in the cracks that reach the anode: each is a piece of it, with a pressure of its own.

What plates on the faces of such a crack fills it. Between the pressure p of a filament, the volume
V that its crack opens by and the volume of its lithium stands p >= 0, V >= V_Li, and one of them is
an equality. The pressure opens the crack, lets it grow, and slows what plates: theory.md (40).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx import mesh as dmesh
from scipy.spatial import cKDTree
from ufl.core.expr import Expr

from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY
from ecmcell.domain.cells import fill_cells, midpoints
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Contact, Face
from ecmcell.domain.plan import Part
from ecmcell.errors import SolverError
from ecmcell.numerics.mixing import Anderson
from ecmcell.numerics.scalars import Scalar, ScalarEquation
from ecmcell.physics import filaments
from ecmcell.simulation import reactions
from ecmcell.simulation.crack_graph import CRACKED, CrackGraph, Floats, Nodes
from ecmcell.simulation.reactions import Reaction
from ecmcell.simulation.state import DAMAGE, State

# MPa/um by which volumes weigh against forces where residuals are added up.
_WEIGHT = 1e5
# Cells no further from a crack than so many lengths of its phase field belong to it.
_REACH = 5.0
# Part of the smallest extent of the cell whose square (cube) is a small volume of lithium.
_SMALL = 1e-2
# Errors count relative to no less lithium than this times that volume.
_EMPTY = 1e-3
# Lithium that is delivered may differ from the opening by this part of it, at a tolerance of 1e-5.
_EXACTNESS = 0.1
# Turns that the next pressures are foreseen from.
_TURNS = 2
# Openings that differ by less than this times that volume are the same.
_SAME = 1e-8


@dataclass(frozen=True)
class Short:
    """Lithium has reached the cathode.

    Attributes:
        time: Since the start of the protocol, s.
        charge: Charge that has passed in the cell by then, pC, signed.
        path: Points of the way it took, from the anode on, um, shape (n, 3).
    """

    time: float
    charge: float
    path: Floats


@dataclass(frozen=True)
class _Sight:
    """What is seen of cracks at an accepted state.

    Attributes:
        count: Cracks that reach the anode.
        position: Lithium in each filament and a point of its root, as the state keeps them.
        depth: How far each reaches, um, by its name.
        points: Nodes of all cracks.
        owners: Number of the filament that each of them belongs to; beyond the last for none.
        path: The way to the cathode, if there is one.
    """

    count: int = 0
    position: Mapping[str, float] = field(default_factory=dict)
    depth: Mapping[str, float] = field(default_factory=dict)
    points: Floats = field(default_factory=lambda: np.zeros((0, 3)))
    owners: Nodes = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    path: Floats | None = None


@dataclass(frozen=True)
class Plating:
    """Lithium that leaves a filament for the electrolyte.

    Attributes:
        body: Of the electrolyte.
        side: Of a contact that this is; None elsewhere.
        reaction: How.
    """

    body: str
    side: str | None
    reaction: Reaction


class _Walls:
    """Contacts that may part and pores in the electrolyte: what lithium may fill beside cracks.

    Attributes:
        faces: Which they are.
    """

    def __init__(self, domain: Domain, state: State):
        ions, self._state = state.electrolyte.keys(), state
        contacts = [
            contact
            for contact in domain.contacts
            if state.interface and {contact.plus.body, contact.minus.body} <= ions
        ]
        pores = [o for o in domain.outers if o.role == "pore" and o.part.body in ions]
        self.faces: list[Face] = [*contacts, *pores]
        self._parted = fem.Function(domain.seam) if contacts else None

    def open(self, face: Face) -> Expr:
        """Whether there is room at a face from the start of the step, 0 or 1."""
        return self._parted if isinstance(face, Contact) else ufl.as_ufl(1.0)

    def begin_step(self) -> None:
        """Look which contacts have parted by now."""
        if self._parted is not None:
            damage = self._state.interface[DAMAGE].x.array
            self._parted.x.array[:] = damage >= CRACKED


class Filament:
    """The lithium of one crack.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        walls: Contacts and pores that it may fill, too.
        number: Which of those that there may be.

    Attributes:
        name: What it is called, in the state too, where its volume is.
        root: Names that the state keeps a point of its root under.
        pressure: Its pressure, MPa.
        opened: Volume that there is for it, a form.
        platings: How it plates, and where.
    """

    def __init__(self, case: Case, domain: Domain, state: State, walls: _Walls, number: int):
        self.name, self._state = f"filament {number + 1}", state
        self.root = tuple(f"{self.name} {axis}" for axis in "xyz")
        self.pressure = state.filament_pressure[number]
        self._handed = Scalar(domain, f"{self.pressure.name}, handed over")
        self._held, self._given = domain.constant(0.0), domain.constant(1.0)
        self._share = {
            body: fem.Function(region.cell_constants)
            for body, region in state.crack_regions.items()
        }
        self._wall = fem.Function(domain.seam) if walls.faces else None
        self.opened = self._volume(domain, walls)
        self.platings = [
            Plating(body, side, reactions.plating(case, domain, wall, potential, *self._lithium))
            for body, side, wall, potential in self._faces(domain, walls)
        ]
        flow = sum(p.reaction.current * p.reaction.measure for p in self.platings)
        self._current = domain.integral(flow)
        self._answer = domain.integral(ufl.diff(flow, self._handed.symbol))
        self._opened = domain.integral(self.opened)
        self._molar = needed(needed(case.lithium_anode).metal.molar_volume) / FARADAY
        self._smallest = (_SMALL * float(np.ptp(domain.bounds, axis=0).min())) ** domain.dim
        self._aim = self._slack = self._before = self._excess = 0.0

    @property
    def _lithium(self) -> tuple[Expr, Expr]:
        return self._handed.symbol, self._given

    def _volume(self, domain: Domain, walls: _Walls) -> ufl.Form:
        """Volume that there is for lithium: that of cracks, broken contacts and pores."""
        state, volume = self._state, 0
        for part in electrolyte_parts(state):
            u, d = state.displacement[part.body], state.crack[part.body]
            volume += self._share[part.body] * filaments.opening(u, d) * domain.dx(part)
        for face in walls.faces:
            share, normal = self._part_of(face, walls), face.here(domain.normal)
            if isinstance(face, Contact):
                u = state.displacement[face.minus.body]("-")
                jump = u - state.displacement[face.plus.body]("+")
                volume += share * filaments.gap(jump, normal) * domain.nodal(face)
            else:
                place = ufl.SpatialCoordinate(domain.mesh)
                u = state.displacement[face.part.body]
                volume += share * filaments.hole(place, u, normal) * domain.nodal(face)
        return volume

    def _part_of(self, face: Face, walls: _Walls) -> Expr:
        """Share of a face that belongs to the filament, 0 or 1."""
        assert self._wall is not None
        return face.here(self._wall * walls.open(face))

    def _faces(
        self, domain: Domain, walls: _Walls
    ) -> Iterator[tuple[str, str | None, tuple[Expr, ufl.Measure], Expr]]:
        """Where lithium plates: body of the electrolyte, its side, the faces, its potential."""
        state = self._state
        for part in electrolyte_parts(state):
            faces = self._share[part.body] * filaments.faces(state.cut[part.body])
            yield part.body, None, (faces, domain.dx(part)), state.electrolyte[part.body]
        for face in walls.faces:
            share = self._part_of(face, walls)
            if isinstance(face, Contact):
                for part in (face.plus, face.minus):
                    side = face.side(part)
                    potential = state.electrolyte[part.body](side)
                    yield part.body, side, (share, domain.dS(face)), potential
            else:
                potential = state.electrolyte[face.part.body]
                yield face.part.body, None, (share, domain.ds(face)), potential

    @property
    def is_there(self) -> bool:
        """Whether there is such a crack."""
        return self.name in self._state.position

    @property
    def volume(self) -> float:
        """Lithium at the last accepted state, um3 (um2 in 2D)."""
        return float(self._state.position.get(self.name, 0.0))

    @property
    def opening(self) -> float:
        """Volume that the crack opens by, um3 (um2 in 2D)."""
        return self._opened.value

    @property
    def current(self) -> float:
        """What leaves the filament into the electrolyte, negative when it plates, pA."""
        return self._current.value

    def claim(self, body: str | None, belongs: npt.NDArray[np.bool_]) -> None:
        """Tell which cells of a body belong to it, or which facets of contacts and walls."""
        share = self._wall if body is None else self._share[body]
        assert share is not None
        fill_cells(share, belongs.astype(np.float64))

    def begin_step(self) -> None:
        """Start from the present lithium."""
        self._aim, self._slack = self.volume, 0.0
        self._before = self.pressure.value
        self._given.value, self._excess = 1.0, 0.0
        if not self.is_there:
            self.pressure.value = self._handed.value = self._held.value = 0.0

    def deliver(self, step: float) -> None:
        """Reckon with what the present current brings in a time step of some s.

        What the current would answer to another pressure counts too, as if no potential moved.
        Where more lithium would leave than there is, less of what could be stripped is next time.
        """
        if not self.is_there:
            return
        lost = step * self._molar * self.current
        if lost > 0.0:
            self._given.value = min(1.0, float(self._given.value) * self.volume / lost)
        self._excess = max(lost - self.volume, 0.0)
        self._aim = max(self.volume - lost, 0.0)
        self._slack = step * self._molar * self._answer.value

    def keep(self) -> float:
        """The time step was accepted: what it has brought is there; the work it did, pJ."""
        if not self.is_there:
            return 0.0
        added = self._aim - self.volume
        self._state.position[self.name] = self._aim
        return 0.5 * (self._before + self.pressure.value) * added

    def equation(self, index: int, count: int, area: float) -> ScalarEquation:
        """That the opening is what lithium there is, or that there is no pressure.

        Args:
            index: Number of its pressure among the scalars.
            count: How many these are.
            area: Footprint of the cell, um2, by which pressures become forces.
        """

        def algebraic(scalars: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
            held, gradient = float(self._held.value), np.zeros(count)
            gradient[index] = held * self._slack + (0.0 if held else area)
            due = self._aim - self._slack * (scalars[index] - self._handed.value)
            return -held * due + (0.0 if held else area * scalars[index]), gradient

        return ScalarEquation(self._held * self.opened, algebraic)

    def switch(self) -> bool:
        """Fill the crack or leave it partly empty, as it has to be; whether that has changed."""
        if not self.is_there:
            return False
        held = self._held.value != 0.0
        due = self._aim - self._slack * (self.pressure.value - self._handed.value)
        if held and self.pressure.value < 0.0:
            self._held.value = self.pressure.value = 0.0
        elif not held and self.opening < due - _SAME * self._smallest:
            self._held.value = _WEIGHT
        return held != (self._held.value != 0.0)

    def source_energy(self) -> float:
        """What the source that fills the crack has left, pJ, as s p^2/2 where V = V0 - s p."""
        return 0.5 * self._slack * self.pressure.value**2

    def mismatch(self) -> float:
        """By how much of itself the lithium differs from what its final current would bring."""
        missing = abs(self._slack * (self.pressure.value - self._handed.value)) + self._excess
        return missing / max(self._aim, self._smallest * _EMPTY) / _EXACTNESS

    def hand_over(self, pressure: float) -> None:
        """Let the kinetics reckon with a pressure in MPa."""
        self._handed.value = max(pressure, 0.0)

    @property
    def handed(self) -> float:
        """The pressure that the kinetics reckon with, MPa."""
        return self._handed.value


class Filaments:
    """All cracks with lithium in them, and where they lead.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.

    Attributes:
        members: As many as there may be at a time.
        potential: What the pressures add to the energy that is least, pJ, a form.
        short: What is known of the short circuit once there is one.
    """

    def __init__(self, case: Case, domain: Domain, state: State):
        self._case, self._domain, self._state = case, domain, state
        self._walls = _Walls(domain, state)
        self.members = [
            Filament(case, domain, state, self._walls, n)
            for n in range(len(state.filament_pressure))
        ]
        self.potential = -sum(f.pressure.symbol * f.opened for f in self.members)
        self._graph = CrackGraph(domain, state)
        self._roots = self._graph.nodes_on(lambda face: getattr(face, "role", "") == "anode")
        self._goals = self._graph.nodes_on(self._is_cathode)
        on_root = np.full(len(self.members), domain.comm.rank == 0)
        self._mixing = Anderson(domain.comm, on_root, _TURNS)
        self._sight = _Sight()
        self.short: Short | None = None

    def begin_step(self) -> None:
        """Make the present lithium the start of the next time step, where it was last seen."""
        position, sight = self._state.position, self._sight
        for filament in self.members:
            for key in (filament.name, *filament.root):
                position.pop(key, None)
        position |= sight.position
        self._walls.begin_step()
        self._claim(sight)
        for filament in self.members:
            filament.begin_step()

    def begin_turns(self) -> None:
        """Let the kinetics reckon with the present guess of the pressures."""
        self._mixing.forget()
        for filament in self.members:
            filament.hand_over(filament.pressure.value)

    def hand_over(self) -> None:
        """Let the kinetics reckon with pressures that are likely to be those of the next turn."""
        given = np.array([filament.handed for filament in self.members])
        found = np.array([filament.pressure.value for filament in self.members])
        mixed = self._mixing.next(given, found)
        for filament, pressure in zip(self.members, mixed, strict=True):
            filament.hand_over(float(pressure))

    def deliver(self, step: float) -> None:
        """Reckon with what the present currents bring in a time step of some s."""
        for filament in self.members:
            filament.deliver(step)

    def keep(self) -> float:
        """The time step was accepted; the work that the lithium brought in it did, pJ."""
        return sum(filament.keep() for filament in self.members)

    def look(self) -> None:
        """Find the cracks that reach the anode at an accepted state; collective.

        Raises:
            SolverError: If they are more than there may be.
        """
        comm, position = self._domain.comm, self._state.position
        cracks = self._graph.ways()
        self._sight = comm.bcast(self._assign(cracks) if comm.rank == 0 else None)
        if self._sight.count > len(self.members):
            raise SolverError(
                f"{self._sight.count} cracks reach the anode, but "
                f"boundaries.anode.filaments.largest_count is {len(self.members)}: raise it"
            )
        if self._sight.path is not None:
            time, charge = float(position["time"]), float(position["charge"])
            self.short = Short(time, charge, self._sight.path)

    @property
    def depth(self) -> Mapping[str, float]:
        """How far each of those that are there reaches from the anode, um, by its name."""
        return self._sight.depth

    def _is_cathode(self, face: Face) -> bool:
        if isinstance(face, Contact):
            return bool({face.plus.body, face.minus.body} & self._state.stoichiometry.keys())
        return face.role == "collector"

    def _assign(self, cracks: list[Nodes]) -> _Sight:
        """Who owns which crack; a crack keeps its filament, and those that have met become one."""
        position, graph = self._state.position, self._graph
        rooted = [crack for crack in cracks if np.isin(crack, self._roots).any()]
        low = self._domain.bounds[0, 0]
        owner: dict[int, str] = {}  # name of the filament of each crack that is rooted
        volumes: dict[str, float] = {}
        for filament in self.members:
            if not filament.is_there:
                continue
            root = np.array([position[key] for key in filament.root])
            gaps = [np.linalg.norm(graph.points[c] - root, axis=1).min() for c in rooted]
            name = owner.setdefault(int(np.argmin(gaps)), filament.name)
            volumes[name] = volumes.get(name, 0.0) + filament.volume
        free = [f.name for f in self.members if f.name not in volumes]
        new = [k for k in range(len(rooted)) if k not in owner]
        for number, name in zip(new, free, strict=False):
            owner[number], volumes[name] = name, 0.0
        keys = {filament.name: filament.root for filament in self.members}
        depth, path = {}, None
        for number, name in owner.items():
            points = graph.points[rooted[number]]
            roots = np.intersect1d(rooted[number], self._roots)
            for key, value in zip(keys[name], graph.points[roots[0]], strict=True):
                volumes[key] = float(value)
            depth[name] = float(points[:, 0].max() - low)
            if path is None and np.isin(rooted[number], self._goals).any():
                path = graph.path(rooted[number], self._roots, self._goals)
        names = [f.name for f in self.members]
        of_node = np.full(len(graph.points), -1)
        for crack in cracks:
            of_node[crack] = len(names)
        for number, name in owner.items():
            of_node[rooted[number]] = names.index(name)
        (known,) = np.nonzero(of_node >= 0)
        count = len(owner) + max(0, len(new) - len(free))
        return _Sight(count, volumes, depth, graph.points[known], of_node[known], path)

    def _claim(self, sight: _Sight) -> None:
        """Give each cell near a crack to the filament of the nearest, if it has one."""
        for body, region in self._state.crack_regions.items():
            lengths = (needed(self._case.phases[p.phase].cracking).length for p in region.parts)
            self._divide(sight, body, region.mesh, _REACH * max(lengths))
        if self._walls.faces:
            self._divide(sight, None, self._domain.seam.mesh, inf)

    def _divide(self, sight: _Sight, body: str | None, mesh: dmesh.Mesh, reach: float) -> None:
        """Give the cells of a mesh that are within reach to the nearest owner."""
        middles, count = midpoints(mesh), len(self.members)
        owner: Nodes = np.full(len(middles), count)
        if len(sight.points) and len(middles):
            gap, nearest = cKDTree(sight.points).query(middles)
            owner = np.where(gap <= reach, sight.owners[nearest], count)
        for number, filament in enumerate(self.members):
            filament.claim(body, owner == number)


def electrolyte_parts(state: State) -> tuple[Part, ...]:
    """The parts whose cracks lithium may fill."""
    return tuple(
        part
        for body, region in state.crack_regions.items()
        if body in state.electrolyte
        for part in region.parts
    )
