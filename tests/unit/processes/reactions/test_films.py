"""Films in series, as constants that follow the time."""

import math

import pytest
from mpi4py import MPI

from bench import bench
from cells import LITHIUM, active, electrolyte, kinetics, make_case
from ecmcell.processes.reactions.films import Films
from meshes import layers

# 10 ohm cm2 that stay and 1 ohm cm2/s^0.5, in V um2/pA; 3 ohm cm2 in the end, after 100 s
FIXED, SLOPE, FINAL, TIME = 1e-3, 1e-4, 3e-4, 100.0
MESH = layers(2, {"separator": 4.0, "active": 4.0}, [2, 2])


def films_of(anode: dict, **interface: object) -> Films:
    case = make_case(
        {"separator": electrolyte(), "active": active()},
        interfaces={"active|separator": kinetics(**interface)},
        boundaries={"anode": LITHIUM | anode, "collector": {}},
    )
    return Films(case, bench(case, MESH, MPI.COMM_SELF).state)


def test_a_film_grows_with_the_root_of_time() -> None:
    """On what does not change; a step that is taken again takes the film with it."""
    growth = {"growth": "parabolic", "slope": "1 ohm*cm^2/s^0.5"}
    films = films_of({}, film_resistance="10 ohm*cm^2", interphase=growth)
    (name,) = films.growing
    assert name == "active|separator"
    assert films.resistance(name, 0.0) == pytest.approx(FIXED, rel=1e-12)
    assert films.resistance(name, 25.0) == pytest.approx(FIXED + 5.0 * SLOPE, rel=1e-12)
    constant = films.on(films._laws[name])
    assert constant is not None
    for step in (16.0, 9.0):
        films.begin_iterations(step)
        assert float(constant.value) == pytest.approx(FIXED + math.sqrt(step) * SLOPE, rel=1e-12)


def test_an_insulating_film_ends_its_own_growth() -> None:
    growth = {
        "growth": "self-limiting",
        "final_resistance": "3 ohm*cm^2",
        "time_constant": f"{TIME} s",
    }
    films = films_of({"interphase": growth})
    assert films.growing == ("anode",)
    for time in (0.0, TIME, 100.0 * TIME):
        grown = FINAL * (1.0 - math.exp(-time / TIME))
        assert films.resistance("anode", time) == pytest.approx(grown, abs=1e-18)


def test_nothing_grows_where_there_is_no_film() -> None:
    films = films_of({})
    assert films.growing == ()
    assert all(films.on(law) is None for law in films._laws.values())
