"""Pictures as shades of grey."""

import os
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ecmcell.case.faults import Fault, toml
from ecmcell.case.files.toml_reader import note_file

_FORMATS = {
    ".png": "PNG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
}
_LARGEST = 100_000_000  # pixels
_DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I")  # Pillow's names of 16 bits a pixel


@dataclass(frozen=True)
class GreyImage:
    """An image in grey.

    Attributes:
        path: File of the image.
        grey: 0 black to 1 white, shape (rows, columns).
    """

    path: Path
    grey: npt.NDArray[np.float64] = field(compare=False, repr=False)


def read_grey(given: object, directory: Path) -> GreyImage:
    """The picture in a file.

    Args:
        given: Name of the file.
        directory: Directory that the file is relative to.

    Raises:
        Fault: There is no such file, or no picture in it.
    """
    path = directory / given if isinstance(given, str) else None
    if path is None or not os.path.isfile(path):  # never raises, unlike Path.is_file
        remedy = 'Give a file relative to the case file, e.g. "contact.png".'
        raise Fault(f"{toml(given)} is not a file", remedy)
    if path.suffix.lower() not in _FORMATS:
        raise Fault(f"{toml(given)} is no kind of picture", f"Give {', '.join(_FORMATS)}.")
    try:
        grey = _grey(path)
    except Fault:
        raise
    except Exception as error:  # Pillow raises many kinds
        reason = " ".join(str(error).split()) or type(error).__name__
        raise Fault(f"not a picture that can be read: {reason}", "Write it anew.") from None
    note_file(path)
    return GreyImage(path.resolve(), grey)


def _grey(path: Path) -> npt.NDArray[np.float64]:
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path, formats=[_FORMATS[path.suffix.lower()]]) as image:
            if image.width * image.height > _LARGEST:
                raise Fault("the picture is too large", f"Give at most {_LARGEST} pixels.")
            if getattr(image, "n_frames", 1) > 1:
                raise Fault("the file has several pictures", "Give one of them.")
            if image.mode in _DEEP:
                return _scaled(np.array(image), 65535.0)
            if image.mode == "F":
                return _scaled(np.array(image), 1.0)
            if "A" in image.getbands() or "transparency" in image.info:
                raise Fault("the picture has transparent parts", "Write it without.")
            return _scaled(np.array(image.convert("L")), 255.0)


def _scaled(pixels: npt.NDArray, white: float) -> npt.NDArray[np.float64]:
    low, high = float(pixels.min()), float(pixels.max())
    if not 0.0 <= low <= high <= white:
        given = f"its values run from {low:g} to {high:g}"
        raise Fault(given, f"Give values from 0 to {white:g}, or 8 bits a pixel.")
    return np.asarray(pixels / white, dtype=np.float64)
