"""Exact solutions that more than one test compares with."""

import numpy as np


def filling(radius: np.ndarray, time: float) -> np.ndarray:
    """Concentration in a ball of radius 1, D = 1, at first empty, whose surface is kept at 1.

    Crank, The Mathematics of Diffusion, 2nd ed., eq. 6.18:
    1 + (2/(pi r)) sum_n (-1)^n/n sin(n pi r) exp(-n^2 pi^2 t).
    """
    n = np.arange(1, 40)
    decay = (-1.0) ** n * np.exp(-((n * np.pi) ** 2) * time)
    return 1.0 + 2.0 * np.sinc(np.outer(radius, n)) @ decay


def filled(time: float) -> float:
    """Its mean (Crank, eq. 6.20)."""
    n = np.arange(1, 40)
    return 1.0 - 6.0 / np.pi**2 * float((np.exp(-((n * np.pi) ** 2) * time) / n**2).sum())
