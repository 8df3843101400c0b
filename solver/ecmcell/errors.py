"""Errors that end a run with one message and a known exit code."""


class EcmcellError(Exception):
    """Base of the errors shown to a user as one message, without a traceback."""

    exit_code = 1


class InputError(EcmcellError):
    """What the user asked cannot be done as asked.

    Args:
        where: File the input came from.
        key: Dotted key within the file (`cell.stack_pressure`); empty for the whole file.
        given: What was given.
        remedy: What would do.
    """

    exit_code = 2

    def __init__(self, where: object, key: str, given: object, remedy: str):
        self.where, self.key, self.given, self.remedy = str(where), key, str(given), remedy
        place = f"{where}: {key}" if key else f"{where}"
        text = f"{place}: {given}. {remedy}"  # names in it may be whatever a file has
        super().__init__("".join(c if c.isprintable() else " " for c in text))

    def __reduce__(self) -> tuple:
        """How it travels between ranks."""
        return type(self), (self.where, self.key, self.given, self.remedy)


class SolverError(EcmcellError):
    """The solver gave up at the minimum time step; results up to then are kept."""

    exit_code = 3


class NotFoundError(EcmcellError):
    """What was looked for is not where it was looked for; what was tried is kept."""

    exit_code = 4


class Interrupted(EcmcellError):
    """A run was asked to stop before its end; it can go on from its checkpoint."""

    exit_code = 75  # that of a failure for the time being, EX_TEMPFAIL
