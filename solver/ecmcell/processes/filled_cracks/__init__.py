"""Lithium in cracks."""
