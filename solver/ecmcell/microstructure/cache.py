"""Meshes kept by the hash of what made them, under the user's cache directory."""

import fcntl
import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path

import numpy as np

from ecmcell.microstructure.mesh.meshdata import MeshData

VERSION = 9
"""Raised whenever a recipe comes to give another mesh or other statistics than before."""

_TEXTS = ("grain_phase", "tags", "statistics")
_OTHERS = (*_TEXTS, "box", "section")


def path_of(content: dict[str, object]) -> Path:
    """Where the mesh made from this content is kept."""
    text = json.dumps({"version": VERSION, **content}, sort_keys=True)
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root, "ecmcell", "meshes", f"{hashlib.sha256(text.encode()).hexdigest()}.npz")


def is_writable(path: Path) -> bool:
    """Whether a mesh can be kept at a path."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    return os.access(path.parent, os.W_OK | os.X_OK)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Have others wait that would make the same mesh, where the file system knows locks."""
    aside = path.with_suffix(".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(aside, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:  # nothing can be kept there
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        aside.unlink(missing_ok=True)
        os.close(file)


def load(path: Path) -> MeshData | None:
    """The mesh kept at a path, or none if there is none or it is broken."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            texts = {name: json.loads(str(kept[name])) for name in _TEXTS}
            arrays = {f.name: kept[f.name] for f in fields(MeshData) if f.name not in _OTHERS}
            box = kept["box"] if "box" in kept else None
            section = float(kept["section"]) if "section" in kept else None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return MeshData(
        **arrays,
        grain_phase=tuple(texts["grain_phase"]),
        tags=tuple(texts["tags"]),
        statistics=texts["statistics"],
        box=box,
        section=section,
    )


def store(path: Path, mesh: MeshData) -> None:
    """Keep a mesh; where the cache cannot be written, nothing is kept."""
    texts = {name: json.dumps(getattr(mesh, name)) for name in _TEXTS}
    arrays = {
        f.name: np.asarray(value)
        for f in fields(MeshData)
        if f.name not in _TEXTS and (value := getattr(mesh, f.name)) is not None
    }
    aside = path.with_suffix(f".{os.getpid()}.part")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("wb") as file:
                np.savez_compressed(file, allow_pickle=False, **(arrays | texts))
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
