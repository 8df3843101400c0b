"""Sobol' indices as bars with their confidence intervals."""

from typing import TYPE_CHECKING

import numpy as np

from ecmcell.report.drawing.style import BLUE, INK, MM, ORANGE, PAGE, Plate, new_figure
from ecmcell.report.study.labels import factor_labels, response_label, wrapped

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = 3
_BARS = (("First", "First order", -0.2, BLUE), ("Total", "Total", 0.2, ORANGE))
_FIXED = ("Response", "Factor", "First order", "Total", "Base points")


def index_plate(indices: "pd.DataFrame") -> Plate | None:
    """First-order and total indices of each response; None without any."""
    if not len(indices):
        return None
    others = [
        name for name in indices if name not in _FIXED and not name.endswith((" low", " high"))
    ]
    groups = list(indices.groupby(["Response", *others], sort=False))
    rows = -(-len(groups) // _COLUMNS)
    figure = new_figure(PAGE, rows * (30 + 6 * indices["Factor"].nunique()) * MM)
    columns = min(len(groups), _COLUMNS)
    labels = factor_labels(list(dict.fromkeys(indices["Factor"])))
    frames = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for frame, (names, found) in zip(frames, groups, strict=False):
        places = np.arange(len(found))
        for key, column, shift, tint in _BARS:
            value = found[column].to_numpy(float)
            low, high = (found[f"{key} {end}"].to_numpy(float) for end in ("low", "high"))
            reach = np.maximum([value - low, high - value], 0.0)
            frame.barh(places + shift, value, 0.36, color=tint, label=column.lower())
            frame.errorbar(value, places + shift, xerr=reach, fmt="none", ecolor=INK, capsize=2)
        frame.set_yticks(places, [wrapped(labels[name], 24) for name in found["Factor"]])
        frame.axvline(0.0, color=INK, linewidth=0.5)
        frame.set_title(wrapped(", ".join([response_label(names[0]), *map(str, names[1:])]), 34))
    for frame in frames[len(groups) :]:
        frame.remove()
    frames[0].invert_yaxis()
    figure.supxlabel("Sobol' index", fontsize=8)
    figure.legend(*frames[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    caption = (
        "Part of the variance of each response that a factor causes by itself (first order), and "
        "with all its interactions (total); bars are 95 % confidence intervals from a bootstrap."
    )
    return Plate("indices", "Sobol' indices", caption, figure)
