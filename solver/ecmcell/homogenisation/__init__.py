"""Effective properties of a microstructure."""
