"""Arrays as text in a page, short enough to be sent."""

import base64
import zlib

import numpy as np
import numpy.typing as npt

NOTHING = 255
"""The code of a value that is not there."""
_LEVELS = NOTHING - 1


class Packing:
    """Arrays one after the other, each with differences to the last entry instead of entries.

    What is alike is kept once.
    """

    def __init__(self) -> None:
        self._parts: dict[bytes, int] = {}
        self._length = 0

    def integers(self, values: npt.NDArray[np.int64]) -> dict[str, int]:
        """Keep rows of integers; where they are, how many rows and how long.

        Column by column; of the four bytes of every integer the first of all, then the second.
        """
        steps = np.diff(values.T, axis=1, prepend=0).astype("<i4")
        planes = np.ascontiguousarray(steps).view(np.uint8).reshape(-1, 4).T
        start = self._keep(planes.tobytes())
        return {"start": start, "rows": values.shape[0], "columns": values.shape[1]}

    def numbers(
        self, values: npt.NDArray[np.float64], low: float, high: float
    ) -> dict[str, float] | None:
        """Keep numbers in a byte each, those outside the limits as the nearer limit.

        Returns:
            Where they are, how many and in how many levels, the numbers of the first and the last
            level, the least and the largest of the numbers given; None if all are NaN.
        """
        known = np.isfinite(values)
        if not known.any():
            return None
        inside = np.clip(values, low, high)
        first, last = float(np.nanmin(inside)), float(np.nanmax(inside))
        scaled = _LEVELS * (inside - first) / ((last - first) or 1.0)
        codes = np.where(known, np.round(np.where(known, scaled, 0.0)), NOTHING).astype(np.uint8)
        start = self._keep(np.diff(codes, prepend=np.uint8(0)).tobytes())
        return {
            "start": start,
            "count": len(codes),
            "levels": _LEVELS,
            "first": first,
            "last": last,
            "least": float(np.nanmin(values)),
            "most": float(np.nanmax(values)),
        }

    def text(self) -> str:
        """Everything, deflated and in letters."""
        return letters(b"".join(self._parts))

    def _keep(self, content: bytes) -> int:
        if content not in self._parts:
            self._parts[content] = self._length
            self._length += len(content)
        return self._parts[content]


def letters(content: bytes) -> str:
    """Bytes deflated and written in letters, as the page unpacks them."""
    return base64.b64encode(zlib.compress(content)).decode()
