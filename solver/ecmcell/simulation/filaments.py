"""Lithium in the cracks that reach the anode: each is a piece of it, with a pressure of its own.

What plates on the faces of such a crack fills it. Between the pressure p of a filament, the volume
V that its crack opens by and the volume of its lithium stands p >= 0, V >= V_Li, and one of them is
an equality. The pressure opens the crack, lets it grow, and slows what plates: theory.md (40).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from scipy.spatial import cKDTree
from ufl.core.expr import Expr

from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY
from ecmcell.domain import compat
from ecmcell.domain.domain import Contact, Domain, Face, Part
from ecmcell.errors import SolverError
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.mixing import Anderson
from ecmcell.numerics.scalars import Scalar, ScalarEquation
from ecmcell.physics import filaments
from ecmcell.simulation import reactions
from ecmcell.simulation.crack_graph import CrackGraph, Floats, Nodes
from ecmcell.simulation.reactions import Reaction
from ecmcell.simulation.state import State

# MPa/um by which volumes weigh against forces where residuals are added up.
_WEIGHT = 1e5
# Cells no further from a crack than so many lengths of its phase field belong to it.
_REACH = 5.0
# A crack with less lithium than this times the squared length of the phase field gives none away.
_EMPTY = 1e-3
# Lithium that is delivered may differ from the opening by this part of it, at a tolerance of 1e-5.
_EXACTNESS = 0.1
# Turns that the next pressures are foreseen from.
_TURNS = 2
# Openings that differ by less than this times the squared length are the same.
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


class Filament:
    """The lithium of one crack.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        number: Which of those that there may be.

    Attributes:
        pressure: Its pressure, MPa.
        reactions: How it plates, by part of the electrolyte.
    """

    def __init__(self, case: Case, domain: Domain, state: State, number: int):
        self.name, self._state = f"filament {number + 1}", state
        self.pressure = state.filament_pressure[number]
        self._handed = Scalar(domain, f"{self.pressure.name}, handed over")
        self._share = {
            body: fem.Function(region.cell_constants)
            for body, region in state.crack_regions.items()
        }
        self._held, self._given = domain.constant(0.0), domain.constant(1.0)
        parts = electrolyte_parts(state)
        opened = sum(
            self.share(part)
            * filaments.opening(state.displacement[part.body], state.crack[part.body])
            * domain.dx(part)
            for part in parts
        )
        self._opened = domain.integral(opened)
        self._equation = self._held * opened
        self.reactions: dict[Part, Reaction] = {
            part: reactions.plating_in_cracks(
                case,
                domain,
                state,
                part,
                self.share(part) * filaments.faces(state.cut[part.body]),
                self._handed.symbol,
                self._given,
            )
            for part in parts
        }
        flow = sum(r.current * r.measure for r in self.reactions.values())
        self._current = domain.integral(flow)
        self._answer = domain.integral(ufl.diff(flow, self._handed.symbol))
        self._molar = needed(needed(case.lithium_anode).metal.molar_volume) / FARADAY
        self._smallest = min(needed(case.phases[p.phase].cracking).length for p in parts) ** 2
        self._aim = self._slack = self._before = 0.0

    def share(self, part: Part) -> Expr:
        """Share of each cell of a part that belongs to the crack, 0 or 1."""
        return self._share[part.body]

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

    def claim(self, body: str, cells: npt.NDArray[np.float64]) -> None:
        """Tell which cells of a body belong to the crack, 0 or 1 each."""
        self._share[body].x.array[:] = cells

    def begin_step(self) -> None:
        """Start from the present lithium."""
        self._aim, self._slack = self.volume, 0.0
        self._before = self.pressure.value
        self._given.value = min(1.0, self.volume / (_EMPTY * self._smallest))
        if not self.is_there:
            self.pressure.value = self._handed.value = self._held.value = 0.0

    def deliver(self, step: float) -> None:
        """Reckon with what the present current brings in a time step of some s.

        What the current would answer to another pressure counts too, as if no potential moved.

        Raises:
            NotConverged: If more lithium would leave than there is.
        """
        if not self.is_there:
            return
        self._aim = self.volume - step * self._molar * self.current
        self._slack = step * self._molar * self._answer.value
        if self._aim < -_SAME * self._smallest:
            raise NotConverged(f"{self.name} would give away more lithium than it has")

    def keep(self) -> float:
        """The time step was accepted: what it has brought is there; the work it did, pJ."""
        if not self.is_there:
            return 0.0
        added = max(self._aim, 0.0) - self.volume
        self._state.position[self.name] = max(self._aim, 0.0)
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

        return ScalarEquation(self._equation, algebraic)

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
        missing = abs(self._slack * (self.pressure.value - self._handed.value))
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
        short: What is known of the short circuit once there is one.
    """

    def __init__(self, case: Case, domain: Domain, state: State):
        self._case, self._domain, self._state = case, domain, state
        how = needed(needed(case.lithium_anode).filaments)
        self.members = [Filament(case, domain, state, n) for n in range(how.largest_count)]
        self._graph = CrackGraph(domain, state)
        self._roots = self._graph.nodes_on(lambda face: getattr(face, "role", "") == "anode")
        self._goals = self._graph.nodes_on(self._is_cathode)
        self._parts = frozenset(electrolyte_parts(state))
        on_root = np.full(len(self.members), domain.comm.rank == 0)
        self._mixing = Anderson(domain.comm, on_root, _TURNS)
        self._sight = _Sight()
        self.short: Short | None = None

    def pressure(self, part: Part) -> Expr:
        """Pressure of lithium in the cracks of a part, MPa."""
        if part not in self._parts:
            return ufl.as_ufl(0.0)
        return sum(f.pressure.symbol * f.share(part) for f in self.members)

    def energy(self, part: Part) -> Expr:
        """What lithium under pressure adds to the energy a volume of a part, MPa."""
        if part not in self._parts:
            return ufl.as_ufl(0.0)
        state = self._state
        opening = filaments.opening(state.displacement[part.body], state.crack[part.body])
        return -self.pressure(part) * opening

    def force(self, part: Part, virtual: Expr) -> Expr:
        """Virtual work of that pressure a volume of a part, as a residual."""
        if part not in self._parts:
            return ufl.as_ufl(0.0)
        return -self.pressure(part) * filaments.opening(virtual, self._state.crack[part.body])

    def begin_step(self) -> None:
        """Make the present lithium the start of the next time step, where it was last seen."""
        position, sight = self._state.position, self._sight
        for filament in self.members:
            for key in [k for k in position if k.startswith(filament.name)]:
                del position[key]
        position |= sight.position
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
        cracks = self._graph.connected()
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

    def _assign(self, cracks: list[Nodes]) -> "_Sight":
        """Who owns which crack; a crack keeps its filament, and those that have met become one."""
        position, graph = self._state.position, self._graph
        rooted = [crack for crack in cracks if np.isin(crack, self._roots).any()]
        low = self._domain.bounds[0, 0]
        owner: dict[int, str] = {}  # name of the filament of each crack that is rooted
        volumes: dict[str, float] = {}
        for filament in self.members:
            if not filament.is_there:
                continue
            root = np.array([position[f"{filament.name} {axis}"] for axis in "xyz"])
            gaps = [np.linalg.norm(graph.points[c] - root, axis=1).min() for c in rooted]
            name = owner.setdefault(int(np.argmin(gaps)), filament.name)
            volumes[name] = volumes.get(name, 0.0) + filament.volume
        free = [f.name for f in self.members if f.name not in volumes]
        new = [k for k in range(len(rooted)) if k not in owner]
        for number, name in zip(new, free, strict=False):
            owner[number], volumes[name] = name, 0.0
        depth, path = {}, None
        for number, name in owner.items():
            points = graph.points[rooted[number]]
            roots = np.intersect1d(rooted[number], self._roots)
            for axis, value in zip("xyz", graph.points[roots[0]], strict=True):
                volumes[f"{name} {axis}"] = float(value)
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

    def _claim(self, sight: "_Sight") -> None:
        """Give each cell near a crack to the filament of the nearest, if it has one."""
        tree = cKDTree(sight.points) if len(sight.points) else None
        for body, region in self._state.crack_regions.items():
            mesh = region.mesh
            corners = mesh.geometry.x[compat.cell_nodes(mesh)]
            owner: Nodes = np.full(len(corners), len(self.members))
            if tree is not None and len(corners):
                lengths = (needed(self._case.phases[p.phase].cracking).length for p in region.parts)
                reach = _REACH * max(lengths)
                gap, nearest = tree.query(corners.mean(axis=1))
                owner = np.where(gap <= reach, sight.owners[nearest], len(self.members))
            for number, filament in enumerate(self.members):
                filament.claim(body, (owner == number).astype(np.float64))


def electrolyte_parts(state: State) -> tuple[Part, ...]:
    """The parts whose cracks lithium may fill."""
    return tuple(
        part
        for body, region in state.crack_regions.items()
        if body in state.electrolyte
        for part in region.parts
    )
