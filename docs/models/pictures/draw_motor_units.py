"""Draws motor_units.svg beside this file, as the command does: which units a current takes and tires.

Run: python docs/models/pictures/draw_motor_units.py     (in a checkout; some ten seconds)
"""

import contextlib
import io
from pathlib import Path

import matplotlib as mpl

from rheobase.cli.recruitment import command

HERE = Path(__file__).parent
CASE = HERE.parents[2] / "examples/cases/jonas_dorsiflexors.json"

if __name__ == "__main__":
    mpl.rcParams["svg.hashsalt"] = "rheobase"
    with contextlib.redirect_stdout(io.StringIO()):
        command(CASE, amplitude_ma=8.0, motor_units=True, plot=HERE / "motor_units.svg")
