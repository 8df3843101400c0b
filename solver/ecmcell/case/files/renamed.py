"""Names that earlier versions gave to keys and values; each is refused with the present one."""

from collections.abc import Iterator, Mapping, Sequence

from ecmcell.case.faults import Fault, dotted, toml

CASE = "case"

# By file, `case` or the name of a recipe: the old name, a star for any name, and the present one.
RENAMED: dict[str, dict[str, str]] = {
    CASE: {
        "phases.*.cracking.energy": "fracture_energy",
        "phases.*.cracking.toughness": "fracture_toughness",
        "phases.*.cracking.length": "regularisation_length",
        "phases.*.cracking.discs": "penny_cracks",
        "interfaces.*.stiffness": "penalty_stiffness",
        "interfaces.*.cohesion.energy": "mode_i_fracture_energy",
        "interfaces.*.cohesion.shear_energy": "mode_ii_fracture_energy",
        "interfaces.*.cohesion.mode_exponent": "benzeggagh_kenane_exponent",
        "interfaces.*.cohesion.recontact": "recontact_fraction",
        "boundaries.*.stiffness": "penalty_stiffness",
        "boundaries.*.cohesion.energy": "mode_i_fracture_energy",
        "boundaries.*.cohesion.shear_energy": "mode_ii_fracture_energy",
        "boundaries.*.cohesion.mode_exponent": "benzeggagh_kenane_exponent",
        "boundaries.*.cohesion.recontact": "recontact_fraction",
        "boundaries.*.filaments": "filled_cracks",
        "boundaries.*.*.largest_count": "max_count",
        "boundaries.*.*.largest_growth": "max_growth",
        "boundaries.*.void_growth.share": "fraction",
        "boundaries.*.void_growth.least_contact": "min_contact",
        'cell.sides = "symmetric"': '"roller"',
        "time.smallest_step": "min_step",
        "time.largest_step": "max_step",
        "solver.largest_newton_count": "max_newton_iterations",
        "solver.stagger_tolerance": "fixed_point_tolerance",
    },
    "composite_cathode": {"size.largest": "max"},
    "disc_contact": {"largest_size": "max_size"},
    "polycrystal": {"shares": "fractions"},
    "secondary_particle": {"largest": "max_size"},
}


def refuse_renamed(content: Mapping[str, object], file: str) -> None:
    """Refuse names of earlier versions.

    Args:
        content: A file as TOML gives it.
        file: What it is: `case`, or the name of a recipe.

    Raises:
        Fault: For the first of them; it names the others, too.
    """
    names = RENAMED.get(file, {}).items()
    found = [(key, new) for old, new in names for key in _found(content, old)]
    if found:
        (key, new), *others = found
        also = "".join(f" Also write {new} for {dotted(other)}." for other, new in others)
        raise Fault("renamed in version 0.2.0", f"Write {new}.{also}", key)


def _found(content: Mapping[str, object], old: str) -> Iterator[list[str]]:
    """The keys in a file that an old name stands for."""
    path, _, value = old.partition(" = ")
    for key, given in _matching(content, path.split(".")):
        if not value or toml(given) == value:
            yield key


def _matching(table: object, path: Sequence[str]) -> Iterator[tuple[list[str], object]]:
    """The keys of a table on a path, with their values."""
    if not path:
        yield [], table
    elif isinstance(table, Mapping):
        for name, below in table.items():
            if path[0] in ("*", name):
                for key, given in _matching(below, path[1:]):
                    yield [name, *key], given
