"""Draws polarisation.svg beside this file: which field polarises a node, and how good thresholds are.

Run: python docs/models/pictures/draw_polarisation.py     (in a checkout; some twenty seconds)
"""

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.nerve.polarisation_weights import (
    DIAMETERS_UM,
    INTERNODE_SCALES,
    MYELIN_SCALES,
    Identity,
    weights,
)
from rheobase.model.nerve.pulse_samples import Phases

mpl.use("svg")
from matplotlib.figure import Figure

HERE = Path(__file__).parent
INK = ("#0b3954", "#1f7a8c", "#d1495b", "#8d5a97")
PERIOD, SHOWN = 11, 9  # compartments of an internode; internodes drawn to each side
CHILDREN, SEED, WIDTHS_US = 6, 7, (60.0, 150.0, 300.0)


def draw_weights(axes):
    """Draw what 1 mV over each internode, its node in the middle, adds to a node's polarisation."""
    at = tuple(int(np.argmin(np.abs(grid - size))) for grid, size in
               ((DIAMETERS_UM, 9.5), (INTERNODE_SCALES, 1.0), (MYELIN_SCALES, 1.0)))  # fmt: skip
    away = np.arange(-SHOWN, SHOWN + 1)
    for width_us, colour, shift in zip((50.0, 150.0, 400.0), INK, (-0.27, 0.0, 0.27), strict=False):
        table = weights(mrg2002(), Identity(mrg2002_sizes()), Phases.MONOPHASIC, width_us, 0.0)
        one_side = table.table[(0, *at)]
        both = np.concatenate([one_side[:0:-1], one_side])
        middle = len(one_side) - 1 + PERIOD * away
        whole = [both[m - PERIOD // 2 : m + PERIOD // 2 + 1].sum() for m in middle]
        axes.bar(away + shift, -np.array(whole), 0.25, color=colour, label=f"{width_us:g} us")
    axes.axhline(0.0, color="0.3", linewidth=0.8)
    axes.set_xticks(away[1::2])
    axes.set(xlabel="internodes away from the node", ylabel="raised per mV of cathode (mV)")
    axes.set_title("Which piece of the field polarises a node", loc="left", fontsize=10)
    axes.legend(frameon=False, fontsize=8, title="at the end of", title_fontsize=8)


def draw_errors(axes):
    """Draw predicted over exact thresholds of montages the fit never saw."""
    folder = HERE.parents[2] / "validation"
    sys.path[:0] = [str(folder / "predictor_montages"), str(folder)]
    import reproduce

    rng = np.random.default_rng(SEED)
    axons = reproduce.draw(rng, CHILDREN)
    kinds = [(p, s) for p in (Phases.BIPHASIC, Phases.MONOPHASIC) for s in (False, True)]
    names = ("biphasic, running on", "biphasic, sealed end", "monophasic, running on",
             "monophasic, sealed end")  # fmt: skip
    groups = np.array_split(rng.permutation(len(axons)), len(kinds) * len(WIDTHS_US))
    for k, (phases, sealed) in enumerate(kinds):
        drawn = []
        for width_us, group in zip(WIDTHS_US, groups[k :: len(kinds)], strict=True):
            some = sorted((axons[i] for i in group), key=lambda a: a.size[0] * a.size[1])
            exact = reproduce.exact_ma(some, phases, width_us, 0.0, sealed=sealed, rng=rng)
            fast = [reproduce.fast_ma(a, phases, width_us, 0.0, sealed=sealed) for a in some]
            drawn += list(zip(exact, np.array(fast) / exact, strict=True))
        exact, ratio = np.array([d for d in drawn if d[0] < reproduce.USEFUL_MA]).T
        axes.plot(exact, 100.0 * (ratio - 1.0), "o", color=INK[k], markersize=3.5, alpha=0.75,
                  markeredgewidth=0.0, label=names[k])  # fmt: skip
    axes.axhspan(-3.0, 3.0, color="0.93", zorder=0)
    axes.set(
        xscale="log", xlabel="exact threshold (mA)", ylabel="predictor off by (%)", ylim=(-5, 5)
    )
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    title = f"{len(axons)} random montages of children; band: wanted r.m.s."
    axes.set_title(title, loc="left", fontsize=10)
    axes.legend(frameon=False, fontsize=8, ncols=2, loc="lower left")


def main():
    """Write the picture."""
    figure = Figure(figsize=(10.0, 4.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_weights(left)
    draw_errors(right)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(HERE / "polarisation.svg", metadata={"Date": None})


if __name__ == "__main__":
    mpl.rcParams["svg.hashsalt"] = "rheobase"
    main()
