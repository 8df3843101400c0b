"""From a geometry to a mesh, and from a mesh to a finer or rougher one."""
