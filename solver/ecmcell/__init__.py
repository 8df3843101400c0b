"""Electro-chemo-mechanics of solid-state battery cells, resolved to the microstructure."""

__version__ = "0.2.0"
