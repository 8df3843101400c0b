"""The recipes by the name that a recipe file gives as `recipe`."""

from ecmcell.microstructure.recipes.base import Recipe
from ecmcell.microstructure.recipes.composite_cathode import CompositeCathode
from ecmcell.microstructure.recipes.layered import Layered

RECIPES: dict[str, type[Recipe]] = {"composite_cathode": CompositeCathode, "layered": Layered}
