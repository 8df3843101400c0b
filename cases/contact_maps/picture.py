"""Draws voids.png: round voids of many sizes, black, in the face of a lithium foil, white.

Run as `python3 cases/contact_maps/picture.py`. A micrograph would take its place.
"""

from pathlib import Path

import numpy as np
from PIL import Image

PIXELS, WIDTH, CONTACT = 256, 32.0, 0.4  # the second in um


def main() -> None:
    """Place voids at random until no more than the fraction asked for is in contact."""
    random = np.random.default_rng(4)
    y, z = np.meshgrid(*[WIDTH * (np.arange(PIXELS) + 0.5) / PIXELS] * 2)
    contact = np.ones_like(y, dtype=bool)
    while contact.mean() > CONTACT:
        middle = random.uniform(0.0, WIDTH, 2)
        radius = random.lognormal(np.log(1.5), 0.5)
        contact &= np.hypot(y - middle[0], z - middle[1]) > radius
    Image.fromarray(255 * contact.astype(np.uint8)).save(Path(__file__).with_name("voids.png"))


if __name__ == "__main__":
    main()
