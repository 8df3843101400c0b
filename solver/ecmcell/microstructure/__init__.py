"""From a recipe or a file to a mesh: packings, geometry, Gmsh, the mesh cache."""

from ecmcell.microstructure.library import get_mesh
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.source import (
    check_source,
    mesh_ahead,
    mesh_of,
    quick_mesh,
    source_files,
)

__all__ = [
    "MeshData",
    "check_source",
    "get_mesh",
    "mesh_ahead",
    "mesh_of",
    "quick_mesh",
    "source_files",
]
