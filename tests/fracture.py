"""One solid that cracks under prescribed displacements, without a cell around it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import gmsh
import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from mpi4py import MPI

from ecmcell.domain.domain import Domain
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.topology import assemble, tags_of_box_with_pores
from ecmcell.numerics import linear
from ecmcell.numerics.alternation import Alternation
from ecmcell.numerics.bounded import Bounded
from ecmcell.numerics.extrapolation import along
from ecmcell.numerics.newton import Newton, SolverStatistics
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.physics import fracture, mechanics
from meshes import grid

Array = npt.NDArray[np.float64]
SHARP = 1e-12
Where = Callable[[Array], npt.NDArray[np.bool_]]
"""Maps coordinates, shape (3, n), to whether each point is meant."""


@dataclass(frozen=True)
class Brittle:
    """What a solid withstands, in one system of units."""

    young: float
    poisson: float
    energy: float
    length: float
    model: str = "AT1"
    split: str = "volumetric-deviatoric"
    residual: float = 1e-7
    restraint: float = 0.0

    @property
    def lame(self) -> tuple[float, float]:
        return mechanics.lame(self.young, self.poisson)


def mode_one(x: Array, y: Array, young: float, poisson: float, energy: float) -> Array:
    """Displacements in plane strain, shape (n, 2), around a tip at the origin that takes an energy.

    The crack lies on the negative side of x (Irwin 1957).
    """
    intensity = np.sqrt(energy * young / (1 - poisson**2))
    shear, kappa = young / (2 * (1 + poisson)), 3 - 4 * poisson
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    size = intensity / (2 * shear) * np.sqrt(radius / (2 * np.pi)) * (kappa - np.cos(angle))
    return size[:, None] * np.column_stack([np.cos(angle / 2), np.sin(angle / 2)])


class Solver(Protocol):
    """Finds displacements and damage of a step; `iterations` counts those of the last one."""

    iterations: int

    def solve(self) -> SolverStatistics: ...


class Solid:
    """A solid of one phase with its displacement and its damage.

    Args:
        mesh: Its mesh, made on every rank.
        comm: All ranks.
        material: What it withstands.
        held: Nodes whose displacement is prescribed, by its component.
        direct: Whether MUMPS solves the linear systems.

    Attributes:
        elastic: Work that displacements have taken so far.
        rounding: Strain over which kinks between tension and compression are rounded.
        shape: Displacements of the first group of held nodes at a load of one.
    """

    def __init__(
        self,
        mesh: MeshData,
        comm: MPI.Comm,
        material: Brittle,
        held: Sequence[tuple[Where, int]],
        direct: bool = True,
    ):
        self.domain = domain = Domain(mesh if comm.rank == 0 else None, comm)
        self.material = material
        (self.subdomain,), (self.region,) = domain.subdomains, domain.bodies.values()
        self.u, self.d = fem.Function(self.region.vectors), fem.Function(self.region.scalars)
        self.elastic = SolverStatistics()
        self.lower, self.upper = (fem.Function(self.region.scalars) for _ in range(2))
        self.upper.x.array[:] = 1.0
        dim, dx = domain.dim, domain.dx(self.subdomain)
        constant = domain.constant
        self.lame = tuple(map(constant, material.lame))
        self.energy, length = constant(material.energy), constant(material.length)
        self.rounding = constant(SHARP)
        restraint = constant(material.restraint)
        split = fracture.split_of(material.split, domain.dim, restraint, self.rounding)
        dissipation = fracture.DISSIPATIONS[material.model]
        strain = fracture.elastic_strain(mechanics.strain(self.u), ufl.zero((3, 3)))
        left = fracture.degradation(self.d, constant(material.residual))
        plus, minus = split.stresses(self.lame, strain)
        stress = left * plus + minus
        self.stress = ufl.as_matrix([[stress[i, j] for j in range(dim)] for i in range(dim)])
        stored = sum(
            e * f for e, f in zip(split.energies(self.lame, strain), (left, 1.0), strict=True)
        )
        surface = dissipation.density(self.d, length)
        test = ufl.TestFunction(self.u.function_space)
        virtual = ufl.inner(self.stress, mechanics.strain(test)) * dx
        self.x = self.region.scalars.tabulate_dof_coordinates().T
        self.nodes = [np.flatnonzero(where(self.x)).astype(np.int32) for where, _ in held]
        self.held = [
            (n * dim + axis).astype(np.int32) for n, (_, axis) in zip(self.nodes, held, strict=True)
        ]
        system = BlockSystem(domain, [self.u], [virtual], [np.unique(np.concatenate(self.held))])
        modes = () if direct else linear.rigid_modes(system.layout.spaces)
        options = linear.CHOLESKY if direct else linear.ELASTICITY | linear.ELASTICITY_OF_CRACKED
        solver = linear.LinearSolver(system, options, modes=modes)
        newton = Newton(system, solver, 1e-9, 20)
        driving = ufl.derivative((stored + self.energy * surface) * dx, self.d)
        damage = BlockSystem(domain, [self.d], [driving], [np.zeros(0, dtype=np.int32)])
        self.forces_on = virtual, driving
        area = sum(domain.subdomain_volume(p) for p in domain.subdomains)
        force = material.energy / material.length * area
        self.damage = Bounded(damage, [self.lower], [self.upper], linear.DAMAGE, 1e-10 * force)
        self._stored = domain.integral(stored * dx)
        self._surface = domain.integral(surface * dx)
        scale = np.sqrt(material.young * material.energy / material.length) * np.sqrt(area)
        self._newton, self._scale = newton, scale
        self.alternation: Solver = Alternation(
            self.displace, self.damage, self.potential, tolerance=1e-6
        )
        self._force = domain.compile(virtual)
        self.shape: float | Array = 1.0
        self._load, self._known = 0.0, list[tuple[float, Array, Array]]()

    def displace(self) -> SolverStatistics:
        """Find the displacements with the damage held."""
        work = self._newton.solve(self._scale)
        self.elastic += work
        return work

    def potential(self) -> float:
        """What displacements and damage minimise."""
        return self.stored_energy + self.fracture_energy

    @property
    def stored_energy(self) -> float:
        return self._stored.value

    @property
    def crack(self) -> float:
        """Surface of the crack."""
        return self._surface.value

    @property
    def fracture_energy(self) -> float:
        return float(self.energy.value) * self._surface.value

    def prescribe(self, group: int, value: float | Array) -> None:
        """Displace one of the groups of held nodes; a number, or one a node."""
        self.u.x.array[self.held[group]] = value

    def begin_step(self) -> None:
        """What is broken by now stays so."""
        self.lower.x.array[:] = self.d.x.array

    def solve(self) -> SolverStatistics:
        return self.alternation.solve()

    def follow(self, load: float) -> SolverStatistics:
        """Take a step of a load that displaces the first group, from a guess by the last three."""
        self._known = [
            *self._known[-2:],
            (self._load, self.u.x.array.copy(), self.d.x.array.copy()),
        ]
        self.begin_step()
        self.u.x.array[:] = along([(at, u) for at, u, _ in self._known], load)
        self.d.x.array[:] = along([(at, d) for at, _, d in self._known], load)
        self.prescribe(0, load * self.shape)
        self._load = load
        return self.solve()

    def forces(self) -> Array:
        """Nodal forces, ghosts zero."""
        vector = fem.assemble_vector(self._force)
        vector.scatter_reverse(la.InsertMode.add)
        values = vector.array.copy()
        values[self.u.function_space.dofmap.index_map.size_local * self.domain.dim :] = 0.0
        return values

    def reaction(self, group: int) -> float:
        """Force on one of the groups of held nodes."""
        return self.domain.total(float(self.forces()[self.held[group]].sum()))


def from_gmsh(build: Callable[[], int], sizes: Callable[[], int]) -> MeshData:
    """Triangles of a plane geometry: `build` makes it, `sizes` a field of sizes."""
    gmsh.initialize(interruptible=False)
    gmsh.option.setNumber("General.Verbosity", 1)
    build()
    gmsh.model.mesh.field.setAsBackgroundMesh(sizes())
    gmsh.option.setNumber("Mesh.MeshSizeExtendFromBoundary", 0)
    gmsh.model.mesh.generate(2)
    tags, points, _ = gmsh.model.mesh.getNodes()
    _, nodes = gmsh.model.mesh.getElementsByType(2)
    gmsh.finalize()
    number = np.zeros(int(tags.max()) + 1, dtype=np.int64)
    number[tags.astype(int)] = np.arange(len(tags))
    cells = number[nodes.astype(int)].reshape(-1, 3)
    used = np.unique(cells)
    number = np.zeros(len(tags), dtype=np.int64)
    number[used] = np.arange(len(used))
    points = points.reshape(-1, 3)[used, :2]
    of_cell = np.zeros(len(cells), dtype=np.int64)
    return assemble(points, number[cells], of_cell, {0: "solid"}, tags_of_box_with_pores)


def notched_plate(fine: float, box: Sequence[float], coarse: float = 0.06) -> MeshData:
    """Miehe's plate: the unit square with a slit from the left to its centre.

    Args:
        fine: Size of cells where the crack runs.
        box: That place: x and y from and to.
        coarse: Largest size.
    """

    def build() -> None:
        geo = gmsh.model.geo
        corners = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]
        slit = [(-0.5, 1e-5), (0.0, 0.0), (-0.5, -1e-5)]
        p = [geo.addPoint(*xy, 0) for xy in corners + slit]
        lines = [geo.addLine(a, b) for a, b in zip(p, p[1:] + p[:1], strict=True)]
        geo.addPlaneSurface([geo.addCurveLoop(lines)])
        geo.synchronize()

    def sizes() -> int:
        field = gmsh.model.mesh.field
        tag = field.add("Box")
        names = ("VIn", "VOut", "XMin", "XMax", "YMin", "YMax", "Thickness")
        for name, value in zip(names, (fine, coarse, *box, 0.3), strict=True):
            field.setNumber(tag, name, value)
        return tag

    return from_gmsh(build, sizes)


def above(x: Array) -> npt.NDArray[np.bool_]:
    """Which points lie on the upper face of a cube around the origin."""
    return np.isclose(x[2], 0.5)


def below(x: Array) -> npt.NDArray[np.bool_]:
    """Which points lie on its lower face."""
    return np.isclose(x[2], -0.5)


def slit_cube(count: int, comm: MPI.Comm, direct: bool) -> Solid:
    """A cube of 1 mm with a slit through half of it, held below; group 0 pulls above; mm and kN.

    Args:
        count: Boxes of the mesh along an edge.
        comm: All ranks.
        direct: Whether MUMPS solves the linear systems.
    """
    axis = np.linspace(-0.5, 0.5, count + 1)
    mesh = grid([axis] * 3, {0: "solid"})
    brittle = Brittle(210.0, 0.3, 2.7e-3, 0.06, "AT2", "none", residual=1e-5)

    solid = Solid(mesh, comm, brittle, [(above, 2), *((below, axis) for axis in range(3))], direct)
    x = solid.x
    solid.d.x.array[(np.abs(x[2]) < 0.6 / count) & (x[0] < 1e-9)] = 1.0
    return solid


def wedged_cube(count: int, comm: MPI.Comm, direct: bool) -> Solid:
    """That cube, opened as by a wedge: its upper face turns about where the slit would end; mm, kN.

    A load is what that face is lifted by at the mouth of the slit. The further the crack runs the
    less energy it sets free, so it stops within the cube. The slit begins with the profile of a
    crack.

    Args:
        count: Boxes of the mesh along an edge.
        comm: All ranks.
        direct: Whether MUMPS solves the linear systems.
    """
    solid = slit_cube(count, comm, direct)
    solid.shape = 0.5 - solid.x[0][solid.nodes[0]]
    away = np.hypot(np.maximum(solid.x[0], 0.0), solid.x[2])
    solid.d.x.array[:] = np.exp(-away / solid.material.length)
    return solid
