"""The recipes by the name that a recipe file gives as `recipe`."""

from functools import cache

from ecmcell.extensions import RECIPES as OTHERS
from ecmcell.extensions import extensions
from ecmcell.microstructure.recipes.base import Recipe
from ecmcell.microstructure.recipes.composite_cathode import CompositeCathode
from ecmcell.microstructure.recipes.disc_contact import DiscContact
from ecmcell.microstructure.recipes.image import Image
from ecmcell.microstructure.recipes.lattice import Lattice
from ecmcell.microstructure.recipes.layered import Layered
from ecmcell.microstructure.recipes.polycrystal import Polycrystal
from ecmcell.microstructure.recipes.porous import Porous
from ecmcell.microstructure.recipes.secondary_particle import SecondaryParticle

RECIPES: dict[str, type[Recipe]] = {
    "composite_cathode": CompositeCathode,
    "disc_contact": DiscContact,
    "image": Image,
    "lattice": Lattice,
    "layered": Layered,
    "polycrystal": Polycrystal,
    "porous": Porous,
    "secondary_particle": SecondaryParticle,
}
"""Those of ecmcell itself."""


@cache
def known_recipes() -> dict[str, type[Recipe]]:
    """Those of ecmcell itself and of other installed packages.

    Raises:
        InputError: If one of these cannot be loaded.
    """
    return RECIPES | extensions(OTHERS, RECIPES)
