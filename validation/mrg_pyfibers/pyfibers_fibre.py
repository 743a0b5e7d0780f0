"""A PyFibers MRG fibre with its own threshold search: development-time oracle.

Needs the `pyfibers` package and a C compiler. PyFibers expects its mechanisms compiled inside its
own folder; here the one MRG needs is compiled in a temporary folder instead.
"""

import contextlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from rheobase.errors import BadInput

NEEDED = "It needs PyFibers, NEURON and a C compiler: install requirements/oracles.lock and gcc."


def pyfibers():
    """Return PyFibers with the MRG node's mechanism loaded, once per process."""
    if not all(importlib.util.find_spec(name) for name in ("pyfibers", "neuron")):
        raise BadInput(NEEDED)
    with contextlib.redirect_stdout(io.StringIO()):  # says that its own folder is not compiled
        import pyfibers
    from neuron import h, load_mechanisms

    if not hasattr(h, "axnode_myel"):
        bin_ = Path(sys.executable).parent
        found = {**os.environ, "PATH": os.pathsep.join([str(bin_), os.environ.get("PATH", "")])}
        build = [str(bin_ / "nrnivmodl")]
        with tempfile.TemporaryDirectory(prefix="pyfibers-") as folder:  # once loaded, not needed
            shutil.copy(Path(pyfibers.__file__).parent / "MOD" / "AXNODE_myel.mod", folder)
            subprocess.run(build, cwd=folder, check=True, capture_output=True, env=found)  # noqa: S603
            load_mechanisms(folder)
    return pyfibers


class PyFibersFibre:
    """One fibre, tabulated or fitted, all nodes active."""

    def __init__(self, diameter_um, n_nodes, *, tabulated):
        self.package = pyfibers()
        kind = self.package.FiberModel["MRG_DISCRETE" if tabulated else "MRG_INTERPOLATION"]
        self.fibre = self.package.build_fiber(
            kind, diameter=diameter_um, n_nodes=n_nodes, passive_end_nodes=0
        )

    def stimulation(self, ve_mv_per_ma, shot, stop_ms):
        """Return its stimulation with our field and waveform."""
        self.fibre.potentials = np.asarray(ve_mv_per_ma)
        dt_ms = shot.dt_us / 1000.0

        def wave(t_ms):
            step = round(t_ms / dt_ms)
            return float(shot.wave[step]) if step < len(shot.wave) else 0.0

        return self.package.ScaledStim(waveform=wave, dt=dt_ms, tstop=stop_ms)

    def run(self, ve_mv_per_ma, shot, current_ma, stop_ms):
        """Return the number of spikes at 90 % of the length."""
        return self.stimulation(ve_mv_per_ma, shot, stop_ms).run_sim(
            current_ma, self.fibre, fail_on_end_excitation=None
        )[0]

    def threshold_ma(self, ve_mv_per_ma, shot, *, low_ma, high_ma, stop_ms, percent=0.05):
        """Return the threshold by PyFibers' own search, which widens bounds that do not hold it."""
        found, _ = self.stimulation(ve_mv_per_ma, shot, stop_ms).find_threshold(
            self.fibre,
            stimamp_top=high_ma,
            stimamp_bottom=low_ma,
            termination_tolerance=percent,
            exit_t_shift=None,
            fail_on_end_excitation=None,
        )
        return float(found)
