"""Fixtures of what draws pages."""

from coarse import coarse_figures, fine_figures

__all__ = ["coarse_figures", "fine_figures"]
