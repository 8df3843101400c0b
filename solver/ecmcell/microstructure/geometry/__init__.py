"""Geometry before it is meshed: packings, tessellations, rough faces, label images."""
