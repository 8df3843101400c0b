"""Lithium in the cracks that reach the anode: each is a piece of it, with a pressure of its own.

What plates on the faces of such a crack fills it. Between the pressure p of a filled crack, the
volume V that its crack opens by and the volume of its lithium stands p >= 0, V >= V_Li, and one of
them is an equality. The pressure opens the crack, lets it grow, and slows what plates: theory.md
(46).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, nan
from typing import Self

import numpy as np
import ufl
from dolfinx import mesh as dmesh
from scipy.spatial import cKDTree
from ufl.core.expr import Expr

from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.cells import midpoints
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import FacetSet, Interface
from ecmcell.errors import SolverError
from ecmcell.numerics.mixing import Anderson
from ecmcell.numerics.system.layout import Array
from ecmcell.numerics.system.scalars import ScalarEquation
from ecmcell.processes.context import Context
from ecmcell.processes.cracks.crack_graph import CrackGraph, Floats, Nodes
from ecmcell.processes.filled_cracks.filled_crack import FilledCrack, Walls
from ecmcell.processes.process import IONS, Loss, Process
from ecmcell.processes.reactions.deposits import Deposit
from ecmcell.processes.state import State

SHORT, PENETRATION = "short circuit", "penetration"
"""Why lithium in cracks ends a run."""

# Cells no further from a crack than so many lengths of its phase field belong to it.
_REACH = 5.0
# Iterations that the next pressures are foreseen from.
_DEPTH = 2


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
        position: Lithium in each filled crack and a point of its root, as the state keeps them.
        depth: How far each reaches, um, by its name.
        points: Nodes of all cracks.
        owners: Number of the filled crack that each of them belongs to; beyond the last for none.
        path: The way to the cathode, if there is one.
    """

    count: int = 0
    position: Mapping[str, float] = field(default_factory=dict)
    depth: Mapping[str, float] = field(default_factory=dict)
    points: Floats = field(default_factory=lambda: np.zeros((0, 3)))
    owners: Nodes = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    path: Floats | None = None


class FilledCracks(Process):
    """All cracks with lithium in them, and where they lead.

    Their pressures are a coupling: the mechanics finds them, the kinetics lag behind.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        graph: What hangs together.

    Attributes:
        name: What a message calls the coupling.
        members: As many as there may be at a time.
        short: What is known of the short circuit once there is one.
    """

    def __init__(self, case: Case, domain: Domain, state: State, graph: CrackGraph):
        self.name = "lithium in cracks"
        self._case, self._domain, self._state = case, domain, state
        self._walls = Walls(domain, state)
        self.members = [
            FilledCrack(case, domain, state, self._walls, n) for n in range(case.filled_crack_count)
        ]
        self.forces = tuple(filled_crack.pressure for filled_crack in self.members)
        self._pressed = -sum(f.pressure.symbol * f.opened for f in self.members)
        self.couplings = (self,)
        self._graph = graph
        self._roots = graph.nodes_of("anode")
        self._goals = graph.nodes_on(self._is_cathode)
        on_root = np.full(len(self.members), domain.comm.rank == 0)
        self._mixing = Anderson(domain.comm, on_root, _DEPTH)
        self._sight = self._claimed = _Sight()
        self.short: Short | None = None
        self._first_depth: dict[str, float] = {}

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where lithium may fill cracks."""
        if not context.case.filled_crack_count:
            return []
        needs = context.case, context.domain, context.state
        return [cls(*needs, context.the(CrackGraph))]

    def begin_step(self) -> None:
        """Make the present lithium the start of the next time step, where it was last seen."""
        position, sight = self._state.accumulators, self._sight
        for filled_crack in self.members:
            for key in (filled_crack.name, *filled_crack.root):
                position.pop(key, None)
        position |= sight.position
        if self._claimed is not sight:  # not again where a step is repeated
            self._walls.look()
            self._claim(sight)
            self._claimed = sight
        for filled_crack in self.members:
            filled_crack.begin_step()

    def begin(self) -> None:
        """Begin the iterations of a time step: the kinetics take the present guess of pressures."""
        self._mixing.forget()
        for filled_crack in self.members:
            filled_crack.take_pressure(filled_crack.pressure.value)

    def evaluate(self) -> None:
        """The mechanics has found the pressures already."""

    def residual(self) -> float:
        """By how much of itself the lithium of any differs from what its final current brings."""
        return max(filled_crack.residual() for filled_crack in self.members)

    def transfer(self) -> None:
        """Let the kinetics take pressures that are likely to be those of the next iteration."""
        lagged = np.array([filled_crack.lagged_pressure for filled_crack in self.members])
        found = np.array([filled_crack.pressure.value for filled_crack in self.members])
        mixed = self._mixing.next(lagged, found)
        for filled_crack, pressure in zip(self.members, mixed, strict=True):
            filled_crack.take_pressure(float(pressure))

    def outflow(self, carrier: str, body: str, test: Expr) -> ufl.Form:
        """Ions that plate on the faces of cracks."""
        if carrier != IONS:
            return 0
        deposits = [deposit for deposit in self.deposits if deposit.body == body]
        return -sum(d.reaction.current * d.here(test) * d.reaction.measure for d in deposits)

    def losses(self) -> Iterable[Loss]:
        """What plating loses, as at lithium electrodes."""
        for deposit in self.deposits:
            yield from deposit.reaction.losses_at_lithium()

    def virtual_work(self, body: str, virtual: Expr) -> ufl.Form:
        """Work of the pressures where cracks open."""
        return -ufl.derivative(self._pressed, self._state.displacement[body], virtual)

    def pressed(self) -> ufl.Form:
        """What the pressures add to the energy that is least, pJ."""
        return self._pressed

    def force_equations(self, first: int, count: int) -> Sequence[ScalarEquation]:
        """One for the pressure of each filled crack."""
        area = self._domain.footprint
        return [f.equation(first + k, count, area) for k, f in enumerate(self.members)]

    def switch(self) -> bool:
        """Fill cracks or leave them partly empty, as it has to be; whether any has changed."""
        return any([filled_crack.switch() for filled_crack in self.members])

    def potential(self) -> float:
        """What the sources that fill the cracks have left, pJ."""
        return sum(filled_crack.source_energy() for filled_crack in self.members)

    def respond(self, step: float) -> None:
        """Account for what the present currents bring in a time step of some s."""
        for filled_crack in self.members:
            filled_crack.deliver(step)

    def end_step(self) -> None:
        """What was brought is there, and the work that it did; find the cracks at the new state."""
        self._state.accumulators["work"] += sum(
            filled_crack.keep() for filled_crack in self.members
        )
        self.look()

    def look(self) -> None:
        """Find the cracks that reach the anode among what the graph has seen; collective.

        Raises:
            SolverError: If they are more than there may be.
        """
        comm, position = self._domain.comm, self._state.accumulators
        cracks = self._graph.ways()
        self._sight = comm.bcast(self._assign(cracks) if comm.rank == 0 else None)
        if self._sight.count > len(self.members):
            raise SolverError(
                f"{self._sight.count} cracks reach the anode, but "
                f"boundaries.anode.filled_cracks.max_count is {len(self.members)}: raise it"
            )
        for name, depth in self._sight.depth.items():
            self._first_depth.setdefault(name, depth)
        if self._sight.path is not None:
            time, charge = float(position["time"]), float(position["charge"])
            self.short = Short(time, charge, self._sight.path)

    def memory(self) -> dict[str, Array]:
        """Which of them fill their cracks, and how far they reached when they were first seen."""
        full = np.array([filled_crack.is_full for filled_crack in self.members], dtype=float)
        first = [self._first_depth.get(filled_crack.name, nan) for filled_crack in self.members]
        return {"full": full, "first depth": np.array(first)}

    def recall(self, memory: Mapping[str, Array]) -> None:
        """Find them at the present state."""
        pairs = zip(self.members, memory["full"], memory["first depth"], strict=True)
        for filled_crack, full, depth in pairs:
            filled_crack.fill(full > 0.5)
            if not np.isnan(depth):
                self._first_depth[filled_crack.name] = float(depth)
        self.look()

    def ends_run(self) -> str | None:
        """A short circuit; or growth beyond what the case allows."""
        if self.short is not None:
            return SHORT
        grown = (depth - self._first_depth[name] for name, depth in self._sight.depth.items())
        limit = needed(needed(self._case.lithium_anode).filled_cracks).max_growth
        return PENETRATION if max(grown, default=0.0) > (limit or inf) else None

    @property
    def deposits(self) -> list[Deposit]:
        """Where the lithium of all of them meets the electrolyte."""
        return [deposit for filled_crack in self.members for deposit in filled_crack.deposits]

    @property
    def depth(self) -> Mapping[str, float]:
        """How far each of those that are there reaches from the anode, um, by its name."""
        return self._sight.depth

    def _is_cathode(self, face: FacetSet) -> bool:
        if isinstance(face, Interface):
            return bool({face.plus.body, face.minus.body} & self._state.stoichiometry.keys())
        return face.tag == "collector"

    def _assign(self, cracks: list[Nodes]) -> _Sight:
        """Which lithium owns which crack; a crack keeps its own, and those that have met share."""
        position, graph = self._state.accumulators, self._graph
        rooted = [crack for crack in cracks if np.isin(crack, self._roots).any()]
        owner: dict[int, str] = {}  # name of the filled crack of each crack that is rooted
        volumes: dict[str, float] = {}
        for filled_crack in self.members:
            if not filled_crack.is_there:
                continue
            root = np.array([position[key] for key in filled_crack.root])
            gaps = [np.linalg.norm(graph.points[c] - root, axis=1).min() for c in rooted]
            name = owner.setdefault(int(np.argmin(gaps)), filled_crack.name)
            volumes[name] = volumes.get(name, 0.0) + filled_crack.volume
        free = [f.name for f in self.members if f.name not in volumes]
        new = [k for k in range(len(rooted)) if k not in owner]
        for number, name in zip(new, free, strict=False):
            owner[number], volumes[name] = name, 0.0
        keys = {filled_crack.name: filled_crack.root for filled_crack in self.members}
        depth, path = {}, None
        for number, name in owner.items():
            points = graph.points[rooted[number]]
            roots = np.intersect1d(rooted[number], self._roots)
            for key, value in zip(keys[name], graph.points[roots[0]], strict=True):
                volumes[key] = float(value)
            depth[name] = float(points[:, 0].max() - graph.points[roots, 0].min())
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
        """Give each cell near a crack to the filled crack of the nearest, if it has one."""
        for body, region in self._state.crack_regions.items():
            lengths = (
                needed(self._case.phases[p.phase].cracking).regularisation_length
                for p in region.subdomains
            )
            self._divide(sight, body, region.mesh, _REACH * max(lengths))
        if self._walls.faces:
            self._divide(sight, None, self._domain.skeleton.mesh, inf)

    def _divide(self, sight: _Sight, body: str | None, mesh: dmesh.Mesh, reach: float) -> None:
        """Give the cells of a mesh that are within reach to the nearest owner."""
        middles, count = midpoints(mesh), len(self.members)
        owner: Nodes = np.full(len(middles), count)
        if len(sight.points) and len(middles):
            gap, nearest = cKDTree(sight.points).query(middles)
            owner = np.where(gap <= reach, sight.owners[nearest], count)
        for number, filled_crack in enumerate(self.members):
            filled_crack.claim(body, owner == number)
