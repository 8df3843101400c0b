"""Weak forms, one file a phenomenon: UFL only."""
