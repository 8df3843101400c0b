"""Capacity that a cell loses with time at rest and in use."""
