"""What a case asks, found without running it."""

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.table import Table

from ecmcell.api.overview import overview
from ecmcell.api.shown import Shown
from ecmcell.case.schema import Case
from ecmcell.evaluation.inactive import stock
from ecmcell.microstructure import MeshData, check_source, mesh_of, quick_mesh
from ecmcell.processes.deformation.penalty_stiffness import scattered, unresolved, with_stiffness
from ecmcell.runs.matching import match_cell


def check(case: Case) -> Shown:
    """All that a case asks, and what is to be said of it; to be called on one rank.

    Raises:
        InputError: If it cannot be run on its mesh. A mesh that takes long is not made.
    """
    check_source(case)
    made = quick_mesh(case)
    if made is None:
        shown = [overview(case)]
    else:
        match_cell(case, made)
        shown = [overview(with_stiffness(case, made)), *_warnings(case, made)]
    if case.active_phases:
        told = {"not known": "`ecmcell mesh` makes the mesh"} if made is None else stock(case, made)
        shown.append(_table("Active material", told.items()))
    return Shown(*shown)


def checked_mesh(case: Case) -> MeshData:
    """The mesh of a case that can be run on it; to be called on one rank.

    Raises:
        InputError: If it cannot be made as asked, or the case not be run on it.
    """
    check_source(case)
    made = mesh_of(case)
    match_cell(case, made)
    return made


def mesh_told(case: Case, made: MeshData) -> Shown:
    """What came out of meshing, and what is to be said of it."""
    rows = (
        (name, f"{value:.4g}" if isinstance(value, float) else str(value))
        for name, value in (made.statistics | stock(case, made)).items()
    )
    return Shown(_table(case.title, rows), *_warnings(case, made))


def _warnings(case: Case, made: MeshData) -> Iterator[RenderableType]:
    """Which interfaces part otherwise than they would on a finer mesh."""
    for title, found in [("cells too large", unresolved), ("early damage", scattered)]:
        rows = list(found(case, made))
        if rows:
            yield _table(f"Warning: {title}", rows)


def _table(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
