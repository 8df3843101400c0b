"""Animations keep the colours of all their frames."""

import io

import matplotlib as mpl
import numpy as np
from PIL import Image

from ecmcell.report.drawing.animation import moving

STATES = range(4)
SPOT, BAR = (slice(10, 16), slice(10, 16)), (slice(20, 180), slice(190, 200))


def picture(state: int) -> np.ndarray:
    """Shades of blue and a narrow colour bar; the first state alone has a red spot."""
    drawn = np.zeros((200, 200, 3), dtype=np.uint8)
    drawn[..., 2] = np.linspace(30, 250, 200)
    drawn[..., 1] = np.linspace(0, 200, 200)[:, np.newaxis]
    drawn[BAR] = (255 * mpl.colormaps["viridis"](np.linspace(0, 1, 160))[:, np.newaxis, :3]).round()
    if state == 0:
        drawn[SPOT] = 255, 0, 0
    return drawn


def test_rare_colours_stay() -> None:
    gif, count = moving(STATES, lambda state: Image.fromarray(picture(state)))
    assert count == len(STATES)
    with Image.open(io.BytesIO(gif)) as film:
        first = np.asarray(film.convert("RGB"), dtype=int)
    wrong = np.abs(first - picture(0)).max(axis=-1)
    assert wrong[SPOT].max() <= 4
    assert wrong[BAR].max() <= 32
    assert wrong.max() <= 48
