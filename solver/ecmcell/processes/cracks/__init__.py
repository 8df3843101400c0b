"""Cracks in the bulk."""
