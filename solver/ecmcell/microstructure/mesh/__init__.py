"""Simplex meshes as plain arrays: facets, sizes, grains and boundaries."""
