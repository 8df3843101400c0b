"""Protocols: steps in PyBaMM's words, loops of them, and drive cycles."""
