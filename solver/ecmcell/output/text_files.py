"""Text files that are either the old one or the new one, and JSON of plain values."""

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np


def replace_text(path: Path, text: str) -> None:
    """Write a file aside and rename it, so that a killed run leaves the old one whole."""
    replace_bytes(path, text.encode())


def replace_bytes(path: Path, content: bytes) -> None:
    """Write a file of bytes in the same way."""
    aside = path.with_name(f".{path.name}.part")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:  # such as a full disk
        aside.unlink(missing_ok=True)
        raise


def plain(value: object) -> object:
    """Turn NumPy values, paths and tuples into what JSON knows; NaN and infinity become null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write plain values as JSON, aside first."""
    replace_text(path, json.dumps(plain(content), indent=2, ensure_ascii=False) + "\n")
