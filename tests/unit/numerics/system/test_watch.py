"""Whether constants of forms have changed."""

from dolfinx import fem
from mpi4py import MPI

from bench import bench, solid_case
from ecmcell.numerics.system.watch import watch_of
from meshes import layers


def test_a_change_is_told_once() -> None:
    domain = bench(solid_case(), layers(2, {"solid": 4.0}, [2]), MPI.COMM_SELF).domain
    (subdomain,) = domain.subdomains
    first, second, other = (domain.constant(value) for value in (1.0, 2.0, 3.0))
    watch = watch_of([first * domain.dx(subdomain), first * second * domain.dx(subdomain)])
    assert watch is not None
    assert watch.changed()
    assert not watch.changed()
    other.value = 5.0
    assert not watch.changed()
    second.value = 4.0
    assert watch.changed()
    assert not watch.changed()


def test_what_depends_on_a_function_is_not_watched() -> None:
    domain = bench(solid_case(), layers(2, {"solid": 4.0}, [2]), MPI.COMM_SELF).domain
    (subdomain,), (region,) = domain.subdomains, domain.bodies.values()
    field = fem.Function(region.scalars)
    assert (
        watch_of([domain.constant(1.0) * domain.dx(subdomain), field * domain.dx(subdomain)])
        is None
    )
