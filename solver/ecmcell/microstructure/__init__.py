"""From a recipe to a mesh: packings, geometry, Gmsh, the mesh cache."""
