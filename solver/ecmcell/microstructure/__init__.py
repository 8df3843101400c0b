"""From a recipe to a mesh: packings, geometry, Gmsh, the mesh cache."""

from ecmcell.microstructure.library import get_mesh
from ecmcell.microstructure.meshdata import MeshData

__all__ = ["MeshData", "get_mesh"]
