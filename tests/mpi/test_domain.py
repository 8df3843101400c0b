"""The domain layer: the same volumes, areas, nodes and networks on any number of ranks."""

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from cells import active, drive, electrolyte, kinetics, make_case, make_cell
from ecmcell.domain import gather
from ecmcell.domain.average import Average
from ecmcell.domain.compat import cell_nodes
from ecmcell.domain.distribute import distribute
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Interface
from ecmcell.domain.plan import Network
from ecmcell.errors import InputError
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure.mesh.meshdata import MeshData
from meshes import concentric, grid

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

STEP = 0.5
LENGTHS = (7.0, 4.0, 2.0)
# Boxes (low and high corner) of each region; what is in none of them is region 0, the matrix.
BOXES = {
    1: ((0.0, 0.0, 0.0), (1.0, 4.0, 2.0)),  # separator
    2: ((2.0, 1.0, 0.0), (3.0, 3.0, 1.0)),  # a grain
    3: ((3.0, 1.0, 0.0), (4.0, 3.0, 1.0)),  # its neighbour
    4: ((6.5, 0.0, 0.0), (7.0, 0.5, 0.5)),  # a speck at the collector
    5: ((4.5, 2.0, 0.0), (6.0, 3.5, 1.5)),  # a shell around
    6: ((5.0, 2.5, 0.5), (5.5, 3.0, 1.0)),  # a pocket of electrolyte
}
PHASES = {
    0: "catholyte",
    1: "separator",
    2: "active",
    3: "active",
    4: "active",
    5: "active",
    6: "catholyte",
}
BONDED = [frozenset(("catholyte", "separator"))]


def boxes(dim: int) -> MeshData:
    """All regions on one grid; in 2D seen along z."""
    axes = [np.arange(0.0, length + STEP / 2, STEP) for length in LENGTHS[:dim]]

    def region(at: np.ndarray) -> np.ndarray:
        found = np.zeros(len(at), dtype=np.int64)
        for number, (low, high) in BOXES.items():
            inside = (at > np.array(low[:dim])).all(axis=1) & (at < np.array(high[:dim])).all(
                axis=1
            )
            found[inside] = number
        return found

    return grid(axes, PHASES, region)


def test_a_mesh_is_cut_alike_every_time(comm: MPI.Comm) -> None:
    """Runs on equal numbers of ranks can be compared, and continued."""
    data = concentric(2, [1.0, 3.0], [20, 40], ["active", "catholyte"]) if comm.rank == 0 else None
    owned = []
    for _ in range(4):
        mesh, *_ = distribute(data, comm)
        count = mesh.topology.index_map(2).size_local
        owned.append(np.array(mesh.topology.original_cell_index[:count]))
    alike = all(np.array_equal(owned[0], other) for other in owned)
    assert all(comm.allgather(alike))
    assert comm.allreduce(len(owned[0])) > 1000


def volume(dim: int, region: int) -> float:
    """Of a region, what others take from it left out."""
    inner = {5: (6,), 0: (1, 2, 3, 4, 5)}.get(region, ())
    low, high = BOXES.get(region, ((0.0, 0.0, 0.0), LENGTHS))
    whole = float(np.prod(np.subtract(high, low)[:dim]))
    taken = sum(float(np.prod(np.subtract(BOXES[r][1], BOXES[r][0])[:dim])) for r in inner)
    return whole - taken


def divided(comm: MPI.Comm, dim: int, **how: object) -> Domain:
    return Domain(boxes(dim) if comm.rank == 0 else None, comm, bonded=BONDED, **how)


def networks() -> dict[str, Network]:
    """Electrons from particle to particle, ions through the electrolytes."""
    electrons = Network(frozenset(["active"]), frozenset(), "collector")
    ions = Network(frozenset(["catholyte", "separator"]), frozenset(BONDED), "anode")
    return {"electrons": electrons, "ions": ions}


def everywhere(comm: MPI.Comm, rows: np.ndarray) -> np.ndarray:
    """Rows of all ranks in an order of their own."""
    rows = np.round(np.concatenate(comm.allgather(np.asarray(rows))), 9)
    return rows[np.lexsort(rows.T)]


@pytest.mark.parametrize("dim", [2, 3])
def test_volumes(comm: MPI.Comm, dim: int) -> None:
    domain = divided(comm, dim)
    expected = {
        "separator": volume(dim, 1),
        "catholyte": volume(dim, 0) + volume(dim, 6),
        "active": sum(volume(dim, r) for r in (2, 3, 4, 5)),
    }
    one = domain.constant(1.0)
    found = dict.fromkeys(expected, 0.0)
    for subdomain in domain.subdomains:
        size = domain.subdomain_volume(subdomain)
        assert domain.integral(one * domain.dx(subdomain)).value == pytest.approx(size, rel=1e-12)
        found[subdomain.phase] += size
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("dim", [2, 3])
def test_outer_areas(comm: MPI.Comm, dim: int) -> None:
    """Of every boundary tag as a whole, and of the parts that make up the collector."""
    domain = divided(comm, dim)
    face = float(np.prod(LENGTHS[1:dim]))
    assert domain.boundary_area("anode") == pytest.approx(face, rel=1e-12)
    assert domain.boundary_area("collector") == pytest.approx(face, rel=1e-12)
    sides = 2 * LENGTHS[0] * sum(LENGTHS[1:dim]) if dim == 3 else 2 * LENGTHS[0]
    assert domain.boundary_area("side") == pytest.approx(sides, rel=1e-12)
    one = domain.constant(1.0)
    at_collector = {
        o.subdomain.phase: domain.integral(one * domain.ds(o)).value
        for o in domain.boundaries
        if o.tag == "collector"
    }
    speck = STEP ** (dim - 1)
    assert at_collector == pytest.approx({"active": speck, "catholyte": face - speck}, rel=1e-12)


@pytest.mark.parametrize("dim", [2, 3])
def test_contact_areas_and_normals(comm: MPI.Comm, dim: int) -> None:
    """Between two grains the normal is +x from the first, around them Gauss' theorem holds."""
    domain = divided(comm, dim, debonding=["active"])
    one, normal = domain.constant(1.0), domain.normal("+")
    x = ufl.SpatialCoordinate(domain.mesh)
    area = {c: domain.integral(one * domain.dS(c)).value for c in domain.interfaces}
    nodal = {c: domain.integral(one * domain.nodal(c)).value for c in domain.interfaces}
    assert nodal == pytest.approx(area, rel=1e-12)

    between = [c for c in domain.interfaces if c.plus.phase == c.minus.phase]
    (contact,) = between
    assert area[contact] == pytest.approx(2.0 if dim == 2 else 2.0 * 1.0, rel=1e-12)
    left = centre_x(domain, contact) < 3.0
    mean = domain.integral(normal[0] * domain.dS(contact)).value / area[contact]
    assert mean == pytest.approx(1.0 if left else -1.0, rel=1e-12)

    # Active material: the outward flux of x through all that a body touches is dim times its size.
    for body, region in domain.bodies.items():
        if region.subdomains[0].phase != "active":
            continue
        flux = 0.0
        for contact in domain.interfaces:
            if body in (contact.plus.body, contact.minus.body):
                sign = 1.0 if contact.plus.body == body else -1.0
                flux += sign * domain.integral(ufl.dot(x("+"), normal) * domain.dS(contact)).value
        for boundary in domain.boundaries:
            if boundary.subdomain.body == body:
                flux += domain.integral(ufl.dot(x, domain.normal) * domain.ds(boundary)).value
        size = sum(domain.subdomain_volume(p) for p in region.subdomains)
        assert flux == pytest.approx(dim * size, rel=1e-12)


def centre_x(domain: Domain, contact: Interface) -> float:
    """Mean x of the grains of the plus side that reach the contact, from their nodes."""
    region = domain.bodies[contact.plus.body]
    nodes = gather.gather_face_nodes(domain, contact, region)
    points, cells = gather.gather_points(region), gather.gather_cells(region)
    mean = None
    if domain.comm.rank == 0:
        touching = np.isin(cells, nodes).sum(axis=1) >= nodes.shape[1]
        mean = points[cells[touching]].mean(axis=(0, 1))[0]
    return domain.comm.bcast(mean)


@pytest.mark.parametrize("dim", [2, 3])
def test_integrals_of_jumps(comm: MPI.Comm, dim: int) -> None:
    """Functions of two bodies meet on the right side of their contact, on whatever rank it is."""
    domain = divided(comm, dim)
    functions = {}
    for number, (body, region) in enumerate(domain.bodies.items()):
        functions[body] = fem.Function(region.scalars)
        functions[body].interpolate(lambda x, n=number: 10.0 ** (n + 1) + x[0])
    names = list(domain.bodies)
    for contact in domain.interfaces:
        plus, minus = contact.plus.body, contact.minus.body
        jump = functions[plus]("+") - functions[minus]("-")
        found = domain.integral(jump * domain.dS(contact)).value
        area = domain.integral(domain.constant(1.0) * domain.dS(contact)).value
        expected = 10.0 ** (names.index(plus) + 1) - 10.0 ** (names.index(minus) + 1)
        assert found == pytest.approx(expected * area, rel=1e-11)


@pytest.mark.parametrize("dim", [2, 3])
def test_touching_grains_of_a_parting_phase_are_on_two_bodies(comm: MPI.Comm, dim: int) -> None:
    """Without debonding all active material is one body; with it the two neighbours are apart."""
    together = divided(comm, dim)
    assert {b for b in together.bodies if "active" in b} == {"active"}
    assert not [c for c in together.interfaces if c.plus.phase == c.minus.phase]

    apart = divided(comm, dim, debonding=["active"])
    assert {b for b in apart.bodies if "active" in b} == {"active", "active 2"}
    plan = apart.plan
    grains = [g for g, phase in enumerate(apart.grain_phase) if phase == "active"]
    bodies = [apart.subdomains[plan.grain_subdomain[g]].body for g in grains]
    assert len(grains) == 4
    assert bodies[0] != bodies[1]
    assert plan.grain_volume[grains] == pytest.approx([volume(dim, r) for r in (2, 3, 4, 5)])


@pytest.mark.parametrize("dim", [2, 3])
def test_bonded_phases_are_one_body(comm: MPI.Comm, dim: int) -> None:
    domain = divided(comm, dim)
    assert set(domain.bodies) == {"active", "catholyte", "catholyte+separator"}
    region = domain.bodies["catholyte+separator"]
    assert {p.phase for p in region.subdomains} == {"catholyte", "separator"}
    assert not [c for c in domain.interfaces if "separator" in (c.plus.phase, c.minus.phase)]


@pytest.mark.parametrize("dim", [2, 3])
def test_floating_parts_are_found(comm: MPI.Comm, dim: int) -> None:
    """Electrons come from the collector, to the speck alone. No ions reach into the shell."""
    domain = divided(comm, dim, networks=networks())
    reached = {
        network: sum(domain.subdomain_volume(p) for p in domain.subdomains if network in p.reach)
        for network in ("electrons", "ions")
    }
    assert reached["electrons"] == pytest.approx(volume(dim, 4), rel=1e-12)
    assert reached["ions"] == pytest.approx(volume(dim, 0) + volume(dim, 1), rel=1e-12)
    floating = sum(domain.subdomain_volume(p) for p in domain.subdomains if not p.reach)
    assert floating == pytest.approx(sum(volume(dim, r) for r in (2, 3, 5, 6)), rel=1e-12)
    for subdomain in domain.subdomains:
        others = [p for p in domain.subdomains if p.body == subdomain.body and p is not subdomain]
        assert all(p.reach == subdomain.reach for p in others)


@pytest.mark.parametrize("dim", [2, 3])
def test_ranks_without_cells_of_a_body(comm: MPI.Comm, dim: int) -> None:
    """The speck is a body of its own; some rank has nothing of it, and nothing goes wrong there."""
    domain = divided(comm, dim, networks=networks())
    (subdomain,) = (p for p in domain.subdomains if "electrons" in p.reach)
    region = domain.bodies[subdomain.body]
    local = region.mesh.topology.index_map(dim).size_local
    if comm.size > 1:
        assert comm.allreduce(local, op=MPI.MIN) == 0
    assert comm.allreduce(local) == (2 if dim == 2 else 6)

    field = fem.Function(region.scalars)
    field.interpolate(lambda x: x[0])
    middle = domain.integral(field * domain.dx(subdomain)).value / domain.subdomain_volume(
        subdomain
    )
    assert middle == pytest.approx(6.75, rel=1e-12)
    nodes = domain.boundary_nodes(region, ["collector"])
    owned = region.scalars.dofmap.index_map.size_local
    assert comm.allreduce(int((nodes < owned).sum())) == 2 ** (dim - 1)
    points = gather.gather_points(region)
    if comm.rank == 0:
        assert points.mean(axis=0)[:dim] == pytest.approx([6.75, 0.25, 0.25][:dim])


@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize(("axis", "ends"), [(None, (0, 1)), (1, (0, 1)), (1, (1,)), (0, (0,))])
def test_boundary_nodes(comm: MPI.Comm, dim: int, axis: int | None, ends: tuple) -> None:
    """Every rank marks the nodes that it knows, ghosts included, by where they are."""
    domain = divided(comm, dim)
    for region in domain.bodies.values():
        tags = ["anode", "collector", "side"]
        found = domain.boundary_nodes(region, tags, axis, ends)
        x = region.scalars.tabulate_dof_coordinates()[:, :dim]
        planes = [
            np.isclose(x[:, a], (0.0, LENGTHS[a])[end])
            for a in ([axis] if axis is not None else range(dim))
            for end in ends
        ]
        on_plane = np.any(planes, axis=0) if len(x) else np.zeros(0, dtype=bool)
        assert found.tolist() == np.flatnonzero(on_plane).tolist()


@pytest.mark.parametrize("dim", [2, 3])
def test_gathered_nodes_and_cells(comm: MPI.Comm, dim: int) -> None:
    """Points, values and cells of a body fit together and are those of its boxes."""
    domain = divided(comm, dim)
    region = domain.bodies["active"]
    field, vector = fem.Function(region.scalars), fem.Function(region.vectors)
    field.interpolate(lambda x: 1.0 + x[0] + 10.0 * x[1])
    vector.interpolate(lambda x: x[:dim])
    points, cells = gather.gather_points(region), gather.gather_cells(region)
    values, vectors = gather.gather_nodes(field), gather.gather_nodes(vector)
    grains = gather.gather_cell_values(region, domain.cell_grain[region.parents])
    if comm.rank > 0:
        assert all(len(a) == 0 for a in (points, cells, values, vectors, grains))
        return
    assert values == pytest.approx(1.0 + points[:, 0] + 10.0 * points[:, 1])
    assert vectors == pytest.approx(points[:, :dim])

    data = boxes(dim)
    mine = np.isin(data.cell_grain, [g for g, p in enumerate(data.grain_phase) if p == "active"])
    expected = everywhere(MPI.COMM_SELF, data.points[np.unique(data.cells[mine])])
    assert everywhere(MPI.COMM_SELF, points[:, :dim]) == pytest.approx(expected)
    assert cells.max() == len(points) - 1
    keyed = np.column_stack((points[cells].mean(axis=1)[:, :dim], grains))
    known = np.column_stack((data.points[data.cells[mine]].mean(axis=1), data.cell_grain[mine]))
    assert everywhere(MPI.COMM_SELF, keyed) == pytest.approx(everywhere(MPI.COMM_SELF, known))


@pytest.mark.parametrize("dim", [2, 3])
def test_gathered_contacts(comm: MPI.Comm, dim: int) -> None:
    """Facets of a contact from either side: each once, with the mean of a linear function."""
    domain = divided(comm, dim)
    for contact in domain.interfaces:
        area = domain.integral(domain.constant(1.0) * domain.dS(contact)).value
        for subdomain in (contact.plus, contact.minus):
            region = domain.bodies[subdomain.body]
            field = fem.Function(region.scalars)
            field.interpolate(lambda x: x[0] - 3.0 * x[1])
            nodes = gather.gather_face_nodes(domain, contact, region)
            means = gather.gather_face_values(domain, contact, region, field)
            points = gather.gather_points(region)
            if comm.rank > 0:
                continue
            corners = points[nodes]
            middle = corners.mean(axis=1)
            assert means == pytest.approx(middle[:, 0] - 3.0 * middle[:, 1])
            edges = corners[:, 1:] - corners[:, :1]
            size = (
                np.linalg.norm(edges[:, 0], axis=1)
                if dim == 2
                else np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1) / 2
            )
            assert size.sum() == pytest.approx(area)
            assert len(np.unique(np.sort(nodes, axis=1), axis=0)) == len(nodes)


@pytest.mark.parametrize("dim", [2, 3])
def test_gathered_node_map(comm: MPI.Comm, dim: int) -> None:
    """Nodes of a part within its body are the same points."""
    domain = divided(comm, dim)
    whole = domain.bodies["catholyte+separator"]
    subdomain = domain.region("part", [p for p in whole.subdomains if p.phase == "separator"])
    numbers = gather.gather_node_map(subdomain, whole)
    inner, boundary = gather.gather_points(subdomain), gather.gather_points(whole)
    if comm.rank == 0:
        assert boundary[numbers] == pytest.approx(inner)
        assert inner[:, 0].max() == pytest.approx(1.0)


@pytest.mark.parametrize("dim", [2, 3])
def test_averages(comm: MPI.Comm, dim: int) -> None:
    """Weights add up to the measure; averages of a constant are that; over cells they are means."""
    domain = divided(comm, dim)
    x = ufl.SpatialCoordinate(domain.mesh)
    for region in domain.bodies.values():
        for space in (region.scalars, region.cell_constants):
            terms = [(domain.constant(7.0), domain.dx(p)) for p in region.subdomains]
            average = Average(domain, space, terms)
            owned = average.owned()
            assert owned == pytest.approx(7.0, rel=1e-12)
            total = domain.total(average.owned_weight.sum())
            assert total == pytest.approx(
                sum(domain.subdomain_volume(p) for p in region.subdomains)
            )
        cellwise = Average(
            domain, region.cell_constants, [(x[0], domain.dx(p)) for p in region.subdomains]
        )
        nodes = region.mesh.geometry.x[cell_nodes(region.mesh)]
        assert cellwise.update().x.array == pytest.approx(nodes.mean(axis=1)[:, 0], rel=1e-12)
    for contact in domain.interfaces:
        space = domain.bodies[contact.minus.body].scalars
        average = Average(domain, space, [(domain.constant(3.0), domain.dS(contact), "-")])
        area = domain.integral(domain.constant(1.0) * domain.dS(contact)).value
        values, weights = average.owned(), average.owned_weight
        assert domain.total(weights.sum()) == pytest.approx(area, rel=1e-12)
        assert values[weights > 0] == pytest.approx(3.0, rel=1e-12)
        assert values[weights == 0] == pytest.approx(0.0)


def test_a_compilation_that_was_stopped_is_told(
    comm: MPI.Comm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise TimeoutError("JIT compilation timed out")

    domain = divided(comm, 2)
    monkeypatch.setattr(fem, "form", never)
    with pytest.raises(InputError, match=r"delete each \*.c"):
        domain.compile(domain.constant(1.0) * domain.dx(domain.subdomains[0]))


def test_ranks_without_a_cell_of_a_body_recover_its_stress(comm: MPI.Comm) -> None:
    """A particle in the corner of a plate: some ranks know nothing of it."""
    mesh = concentric(2, [1.0, 8.0], [2, 10], ["active", "electrolyte"])
    solid = {"youngs_modulus": "50 GPa", "poisson_ratio": 0.3}
    case = make_case(
        {
            "active": active(0.5, **solid, partial_molar_volume="1e-6 m^3/mol"),
            "electrolyte": electrolyte(**solid),
        },
        interfaces={"active|electrolyte": kinetics()},
        physics={"mechanics": True},
    )

    def stresses(ranks: MPI.Comm) -> tuple[int, list[float]]:
        cell = make_cell(case, mesh, ranks)
        cell.initialise()
        drive(cell, cell.current_scale, 60.0)
        row = Observables(cell).row()
        names = [name for name in row if "[MPa]" in name]
        (body,) = cell.active.values()
        return len(body.x.x.array), [row[name] for name in names]

    (nodes, together), (_, alone) = stresses(comm), stresses(MPI.COMM_SELF)
    assert (comm.allreduce(nodes, op=MPI.MIN) == 0) == (comm.size > 1)
    assert len(together) > 1
    assert together == pytest.approx(alone, rel=1e-6)
