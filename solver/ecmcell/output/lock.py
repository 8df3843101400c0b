"""One writer a directory: made at once, and locked until its run has ended.

The lock belongs to the open file, not to its name: the system lets go of it with the process,
however that ends. Only rank 0 holds it, as only rank 0 writes; ranks end together.
"""

import errno
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mpi4py import MPI

from ecmcell.errors import InputError
from ecmcell.parallel import kept_on_root

_NAME = ".lock"
_REMEDY = "Give another directory with --output."
_UNKNOWN = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


def contents(directory: Path) -> list[str]:
    """Names of what a directory holds, in order; a lock, or what is left of one, counts as nothing.

    Raises:
        OSError: If it cannot be read.
    """
    return sorted(entry.name for entry in directory.iterdir() if entry.name != _NAME)


@contextmanager
def held(directory: Path, comm: MPI.Comm) -> Iterator[None]:
    """Keep others from writing to a directory; collective.

    The directory is made if it is not there, and goes again if nothing was written to it.

    Raises:
        InputError: If another process holds it, or nothing can be written there.
    """
    lock = kept_on_root(comm, _Lock, directory)
    try:
        yield
    except OSError as error:
        if error.filename is None and error.strerror is not None:  # a write names no file
            raise OSError(error.errno, error.strerror, str(directory)) from error
        raise
    finally:
        if lock is not None:
            lock.release()


class _Lock:
    """A lock on a directory, on one rank."""

    def __init__(self, directory: Path):
        self._path = directory / _NAME
        self._made: list[Path] = []
        try:
            self._file = self._open(directory)
            os.truncate(self._file, 0)
            os.write(self._file, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
        except OSError as error:
            self._remove_made()
            raise InputError(directory, "", error.strerror or error, _REMEDY) from error

    def release(self) -> None:
        """Let go, and remove the directories that were made and hold nothing."""
        with suppress(OSError):  # someone else removed the directory
            self._path.unlink()
        os.close(self._file)
        self._remove_made()

    def _open(self, directory: Path) -> int:
        """The locked file."""
        while True:
            self._make(directory)
            try:
                file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            except FileNotFoundError:  # who held it has just removed the directory
                continue
            try:
                _take(file)
                if os.path.samestat(os.fstat(file), os.stat(self._path)):
                    return file
            except FileNotFoundError:  # who held it has just removed the file
                pass
            except BlockingIOError:
                holder = os.pread(file, 200, 0).decode(errors="replace").strip()
                os.close(file)
                self._remove_made()
                given = f"another run is being written there ({holder or 'it has just begun'})"
                remedy = "Wait until it has ended, or give another directory with --output."
                raise InputError(directory, "", given, remedy) from None
            except OSError:
                os.close(file)
                raise
            os.close(file)

    def _make(self, directory: Path) -> None:
        """Make the directory and those above it, noting which."""
        for path in reversed((directory, *directory.parents)):
            with suppress(FileExistsError):
                path.mkdir()
                self._made.append(path)
        if not directory.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(directory))

    def _remove_made(self) -> None:
        with suppress(OSError):  # from the innermost: those that hold something stay
            for path in reversed(self._made):
                path.rmdir()


def _take(file: int) -> None:
    """Lock an open file, where its file system knows locks.

    On NFS the lock is that of a range of the file, which other machines respect, too.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _UNKNOWN:
            raise
        told = "its file system keeps no locks; see that no other run writes there"
        print(f"warning: output: {told}", file=sys.stderr, flush=True)
