"""What platens press on, and what they and the sides hold."""

from ecmcell.case.joints import Held
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.loose import Support
from ecmcell.domain.plan import Pair
from ecmcell.errors import InputError
from ecmcell.simulation.state import parts_from_electrode


def supports(case: Case, dim: int) -> list[Support]:
    """Outer faces that slide, along platens and, where these are held, along the sides.

    With free sides the lower one of each pair is a plane of symmetry.
    """
    ends = (0, 1) if case.cell.sides == "symmetric" else (0,)
    pressed = tuple(r for r in ("anode", "collector") if not parts_from_electrode(case, r))
    return [
        Support(0, pressed, (0, 1)),
        *(Support(axis, ("side",), ends) for axis in range(1, dim)),
    ]


def holding(case: Case) -> set[Pair]:
    """Pairs of phases that hold on to each other whatever pulls, and phases whose grains do."""
    pairs = {frozenset((name,)) for name in case.phases if name not in case.parting}
    for pair, joint in case.joints():
        if not (case.physics.debonding and isinstance(joint, Held) and joint.parts):
            pairs.add(frozenset(pair))
    return pairs


def check(case: Case, domain: Domain) -> None:
    """Whether rigid planes can press on the ends of the stack.

    Raises:
        InputError: If not.
    """
    if not case.physics.mechanics:
        return
    for role in ("anode", "collector"):
        if not domain.is_flat(role):
            given = f"the platen at the {role} is a rigid plane, and the face there is not flat"
            remedy = (
                "Mesh the lithium as a layer of its own, give the roughness a coverage that a flat "
                "electrode touches, or set it to false."
            )
            raise InputError(case.path, "physics.mechanics", given, remedy)
