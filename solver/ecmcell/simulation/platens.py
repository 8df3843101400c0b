"""What platens press on."""

from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.errors import InputError


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
