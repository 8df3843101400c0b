"""What a function given from Python was, for the provenance of a run."""

import hashlib
import inspect
from collections.abc import Callable


def told(function: Callable[..., object]) -> dict[str, str | None]:
    """Name, source and SHA-256 of the source; None where the source is not known."""
    body = inspect.unwrap(function)
    name = getattr(body, "__qualname__", type(body).__qualname__)
    try:
        text = inspect.getsource(body if hasattr(body, "__qualname__") else type(body))
    except (OSError, TypeError):  # written at a prompt, or not in Python
        return {"name": name, "source": None, "sha256": None}
    return {"name": name, "source": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}
