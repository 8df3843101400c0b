"""Whether current can pass from the anode to the collector."""

import pytest

from cells import LITHIUM, active, electrolyte, kinetics, make_case
from ecmcell.case.schema import Case
from ecmcell.errors import InputError
from ecmcell.runs import paths
from meshes import layers

ORDERS = [
    ({"separator": 2.0, "active": 2.0}, None),
    ({"active": 2.0, "separator": 2.0}, "reach nothing"),
]


def half() -> Case:
    return make_case(
        {"separator": electrolyte(), "active": active()},
        interfaces={"active|separator": kinetics()},
    )


@pytest.mark.parametrize(("order", "fault"), ORDERS)
def test_ions_come_from_the_anode(order: dict[str, float], fault: str | None) -> None:
    mesh = layers(2, order, [2, 2])
    if fault is None:
        paths.check(half(), mesh)
        return
    with pytest.raises(InputError, match=fault):
        paths.check(half(), mesh)


def test_ions_alone_may_reach_the_collector() -> None:
    case = make_case(
        {"separator": electrolyte()},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    paths.check(case, layers(2, {"separator": 2.0}, [2]))


def test_ions_have_to_meet_electrons() -> None:
    """The layer that ions reach is cut off from the electrons, and the other from ions."""
    case = make_case(
        {"separator": electrolyte(), "near": active(), "far": active()},
        interfaces={
            "near|separator": kinetics(),
            "far|near": {"ionic_resistance": "10 ohm*cm^2"},
        },
    )
    mesh = layers(2, {"separator": 2.0, "near": 2.0, "far": 2.0}, [2, 2, 2])
    with pytest.raises(InputError, match="electrons from the collector reach far"):
        paths.check(case, mesh)
