"""Every difference between DOLFINx 0.9, 0.10 and 0.11, and nothing else.

The rest of the package sees one interface: meshes are made from plain arrays, submeshes come with
the array of their parent cells, forms are compiled with the maps of the submeshes they mention,
and block matrices are assembled from lists of forms.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dolfinx
import dolfinx.fem.petsc
import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx import mesh as dmesh
from dolfinx.jit import get_options
from mpi4py import MPI
from packaging.version import Version
from petsc4py import PETSc

from ecmcell.errors import InputError

VERSION = Version(dolfinx.__version__)
SINCE_0_10 = VERSION >= Version("0.10.0.dev0")
SINCE_0_11 = VERSION >= Version("0.11.0.dev0")

# Optimised kernels without `-march=native`: a cache may travel between machines in a container.
JIT_OPTIONS = {"cffi_extra_compile_args": ["-O3", "-g0"], "cffi_libraries": ["m"], "timeout": 120}


def create_mesh(
    comm: MPI.Comm,
    cells: npt.NDArray[np.int64],
    points: npt.NDArray[np.float64],
    element: Any,
) -> dmesh.Mesh:
    """Distribute a mesh so that both cells of every interior facet are known to its owner."""
    mode = dmesh.GhostMode.shared_facet
    if SINCE_0_11:
        partitioner = dmesh.create_cell_partitioner(mode, 2)
    else:
        partitioner = dmesh.create_cell_partitioner(mode)
    if SINCE_0_10:
        return dmesh.create_mesh(comm, cells, element, points, partitioner)
    return dmesh.create_mesh(comm, cells, points, element, partitioner)


def create_submesh(
    mesh: dmesh.Mesh, dim: int, entities: npt.NDArray[np.int32]
) -> tuple[dmesh.Mesh, npt.NDArray[np.int32], Any]:
    """Submesh of some entities, the parent of each of its cells, and its raw entity map."""
    submesh, entity_map, _, _ = dmesh.create_submesh(mesh, dim, entities)
    if SINCE_0_10:
        index_map = submesh.topology.index_map(dim)
        local = np.arange(index_map.size_local + index_map.num_ghosts, dtype=np.int32)
        parents = entity_map.sub_topology_to_topology(local, inverse=False)
        return submesh, np.asarray(parents, dtype=np.int32), entity_map
    return submesh, np.asarray(entity_map, dtype=np.int32), None


class EntityMaps:
    """The maps between a mesh and its submeshes, in the form that `fem.form` wants.

    Args:
        neighbours: Pairs of cells that share an interface facet, shape (k, 2). DOLFINx 0.9 looks
            up both cells of a facet in the map of every submesh of the form, so the missing side
            needs a valid entry; its value is never used.
    """

    def __init__(self, mesh: dmesh.Mesh, neighbours: npt.NDArray[np.int32]):
        self._topology, self._neighbours = mesh.topology, neighbours
        self._maps: dict[dmesh.Mesh, npt.NDArray[np.int32]] = {}
        self._raw: list[Any] = []

    def add(self, submesh: dmesh.Mesh, parents: npt.NDArray[np.int32], raw: Any) -> None:
        """Register one submesh, of cells or of facets, as `create_submesh` returned it."""
        self._raw.append(raw)
        index_map = self._topology.index_map(submesh.topology.dim)
        inverse = np.full(index_map.size_local + index_map.num_ghosts, -1, dtype=np.int32)
        inverse[parents] = np.arange(len(parents), dtype=np.int32)
        if submesh.topology.dim == self._topology.dim:
            near, far = self._neighbours.T
            for here, there in ((near, far), (far, near)):
                missing = (inverse[there] < 0) & (inverse[here] >= 0)
                inverse[there[missing]] = inverse[here[missing]]
        self._maps[submesh] = inverse

    @property
    def argument(self) -> Mapping[dmesh.Mesh, npt.NDArray[np.int32]] | Sequence[Any]:
        """What `fem.form(entity_maps=...)` takes in this version."""
        return self._raw if SINCE_0_10 else self._maps


def compile_form(form: ufl.Form, maps: EntityMaps) -> Any:
    """Compile a form.

    Raises:
        InputError: If another process began to compile it and does not come to an end.
    """
    _one_rule_each(form)
    options = _jit_options(form.signature()[:2])
    try:
        return fem.form(form, entity_maps=maps.argument, jit_options=options)
    except TimeoutError:
        given = f"a form that another process compiles is not ready after {options['timeout']} s"
        remedy = "If no other runs, one was stopped at it: delete each *.c without its *.c.cached."
        raise InputError(options["cache_dir"], "", given, remedy) from None


def _jit_options(part: str) -> dict[str, Any]:
    """Options for compiling what is kept in one part of the cache.

    FFCx lists the whole directory each time it loads a form from it: that took half of the time of
    a small run where the cache held some thousand forms. Signatures spread them over 256 parts.
    """
    return {**JIT_OPTIONS, "cache_dir": get_options()["cache_dir"] / "ecmcell" / part}


def _one_rule_each(form: ufl.Form) -> None:
    """Refuse integrals over the same cells or facets on nodes and on other points in one form.

    FFCx 0.9 to 0.11 take the points of one for the other, or fail.
    """
    rules: dict[tuple[str, str], bool] = {}
    for integral in form.integrals():
        on_nodes = integral.metadata().get("quadrature_rule") == "vertex"
        where = integral.integral_type(), str(integral.subdomain_id())
        assert rules.setdefault(where, on_nodes) == on_nodes, f"two rules on {where}"


class Pointwise:
    """An expression of one body's functions at the same points of every cell.

    Args:
        expression: What to evaluate.
        points: Points of the reference cell, shape (points, dim).
        mesh: Submesh of the body.
    """

    def __init__(self, expression: Any, points: npt.NDArray[np.float64], mesh: dmesh.Mesh):
        self._compiled = fem.Expression(expression, points, jit_options=_jit_options("expressions"))
        self._mesh = mesh

    def __call__(self, cells: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        """Its values, one row a cell."""
        values = self._compiled.eval(self._mesh, cells)
        return np.asarray(values).reshape(len(cells), -1) if len(cells) else np.zeros((0, 0))


def create_block_matrix(forms: list[list[Any]]) -> PETSc.Mat:
    """One AIJ matrix with the sparsity of all blocks."""
    if SINCE_0_10:
        return fem.petsc.create_matrix(forms, kind="mpi")
    return fem.petsc.create_matrix_block(forms)


def add_block_matrix(
    matrix: PETSc.Mat, forms: list[list[Any]], spaces: Sequence[fem.FunctionSpace]
) -> None:
    """Add the blocks (None where absent) to the matrix and finish its assembly."""
    index_sets = dolfinx.cpp.la.petsc.create_index_sets(
        [(space.dofmap.index_map, space.dofmap.index_map_bs) for space in spaces]
    )
    for i, row in enumerate(forms):
        for j, form in enumerate(row):
            if form is None:
                continue
            constants = dolfinx.cpp.fem.pack_constants(form._cpp_object)
            coefficients = dolfinx.cpp.fem.pack_coefficients(form._cpp_object)
            block = matrix.getLocalSubMatrix(index_sets[i], index_sets[j])
            dolfinx.cpp.fem.petsc.assemble_matrix(
                block, form._cpp_object, constants, coefficients, [], True
            )
            matrix.restoreLocalSubMatrix(index_sets[i], index_sets[j], block)
    for index_set in index_sets:
        index_set.destroy()
    matrix.assemble()


def precondition_with(matrix: PETSc.Mat) -> PETSc.Mat:
    """The matrix to make a preconditioner from: without the zeros that DOLFINx 0.10 adds.

    Where the body on one side of an interface is not that of a block, DOLFINx since 0.10 adds zeros
    to the block's first node instead. Rows and columns as long as all interfaces together would
    fill the coarse matrices of multigrid.
    """
    if not SINCE_0_10:
        return matrix
    starts, columns, values = matrix.getValuesCSR()
    kept = values != 0.0
    counted = np.concatenate([[0], np.cumsum(kept)])
    csr = (counted[starts].astype(PETSc.IntType), columns[kept], values[kept])
    sizes = matrix.getSizes()
    lean = PETSc.Mat().createAIJ(sizes, bsize=matrix.getBlockSize(), csr=csr, comm=matrix.comm)
    modes = matrix.getNearNullSpace()
    lean.setNearNullSpace(modes)
    modes.destroy()  # this reference to it
    return lean


def cell_nodes(mesh: dmesh.Mesh) -> npt.NDArray[np.int32]:
    """Nodes of the geometry of each local cell, shape (cells, dim + 1)."""
    return mesh.geometry.dofmaps[0] if SINCE_0_11 else mesh.geometry.dofmap


def element_dofs_on_facets(space: fem.FunctionSpace) -> list[list[int]]:
    """Local dofs in the closure of each facet of the reference cell."""
    layout = space.dofmap.dof_layout
    dim = space.mesh.topology.dim
    return [list(layout.entity_closure_dofs(dim - 1, f)) for f in range(dim + 1)]
