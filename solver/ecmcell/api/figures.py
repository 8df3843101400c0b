"""How figures look, for those of users beside those of reports."""

from contextlib import AbstractContextManager

from ecmcell.report.drawing.style import styled


def figure_style() -> AbstractContextManager[None]:
    """The style of the figures of reports, for figures of your own.

    Returns:
        A context in which Matplotlib draws in it: small sans-serif letters, thin axes, and colours
        that are told apart with any colour vision.

    Example:
        >>> with figure_style():
        ...     figure, axes = plt.subplots()
        ...     axes.plot("Time [s]", "Voltage [V]", data=open_run("runs/mine").series)
        ...     figure.savefig("voltage.png")
    """
    return styled()
