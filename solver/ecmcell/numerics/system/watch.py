"""What forms depend on beside the fields, so that they are assembled anew only where it changes."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import ufl
from ufl.algorithms.analysis import extract_coefficients


class Watch:
    """Looks whether the constants of some forms have changed.

    Args:
        forms: The forms.
    """

    def __init__(self, forms: Iterable[ufl.Form]):
        self._constants: list[Any] = []
        for form in forms:
            self._constants += [c for c in form.constants() if c not in self._constants]
        self._values: list[np.ndarray] | None = None

    def changed(self) -> bool:
        """Whether any has since the last call; the first time, yes."""
        values = [np.array(c.value, copy=True) for c in self._constants]
        before, self._values = self._values, values
        return before is None or any(
            not np.array_equal(a, b) for a, b in zip(values, before, strict=True)
        )


def watch_of(forms: Iterable[ufl.Form]) -> Watch | None:
    """A watch for forms that depend on constants alone; None if they depend on any function."""
    forms = list(forms)
    return None if any(extract_coefficients(form) for form in forms) else Watch(forms)
