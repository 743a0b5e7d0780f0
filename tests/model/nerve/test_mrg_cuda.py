"""The launcher for GPUs: on Numba's CUDA simulator, beside the CPU. No card is needed, none is used."""

import json
import os
import subprocess
import sys

import pytest
from numba import cuda

from rheobase.errors import BadInput
from rheobase.model.nerve.pulse_samples import Shape, pulse
from rheobase.model.nerve.thresholds import Device, thresholds_ma

SHORT = pulse(Shape.CATHODIC, 50.0, dt_us=5.0)
ON_THE_SIMULATOR = """
import json
import numpy as np
from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.nerve import mrg_cuda
from rheobase.model.nerve.mrg_geometry import published
from rheobase.model.nerve.mrg_launch import blocks
from rheobase.model.nerve.point_source import point_field
from rheobase.model.nerve.pulse_samples import Shape, pulse
from rheobase.model.nerve.thresholds import Device, thresholds_ma

mrg_cuda.THREADS = 4  # of which three have a fibre
model, fibres = mrg2002(), published(mrg2002_sizes(), [5.7, 10.0, 16.0])
field = point_field(
    model, fibres, 4, distance_mm=1.0, offset_mm=0.1, sigma_s_m=0.3, over_node=1
)
shot = pulse(Shape.CATHODIC, 50.0, dt_us=5.0)
there, (here,) = mrg_cuda.device_block(model, fibres, field, 5.0), blocks(model, fibres, field, 5.0, 64)
wave, current = shot.followed_by_silence(100.0).wave, np.array([0.6, 0.6, 0.1])
(when, trace), (when_here, trace_here) = (b.run(wave, current, traced=True) for b in (there, here))
search = {"tolerance": 0.02, "watch_us": 150.0}
guess = {"guess_ma": np.array([0.45, 0.3, 0.2])}
found = [
    thresholds_ma(model, fibres, field, shot, device=device, **search, **guess).tolist()
    for device in (Device.GPU, Device.CPU)
]
print(json.dumps({
    "rest": float(np.abs(there.rest_mv() - here.rest_mv()).max()),
    "highest": float(trace.max()),
    "traces": float(np.abs(trace - trace_here).max()),
    "fired": [when.tolist(), when_here.tolist()],
    "thresholds": found,
}))
"""


@pytest.mark.slow
def test_the_launcher_for_gpus_gives_on_the_simulator_what_the_cpu_gives():
    done = subprocess.run(
        [sys.executable, "-c", ON_THE_SIMULATOR],
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["highest"] > 0.0  # a spike: the gates are exercised
    assert found["rest"] < 1e-9
    assert found["traces"] < 1e-9
    assert found["fired"][0] == found["fired"][1]
    assert found["thresholds"][0] == pytest.approx(found["thresholds"][1], rel=1e-12)


def test_a_gpu_that_is_not_there_is_refused_with_a_remedy(monkeypatch, model, beside_a_point):
    monkeypatch.setattr(cuda, "is_available", lambda: False)
    fibres, field = beside_a_point(10.0, n_nodes=5)
    with pytest.raises(BadInput, match="leave out the device"):
        thresholds_ma(model, fibres, field, SHORT, device=Device.GPU)


def test_the_gpu_works_at_64_bits_and_says_so(model, beside_a_point):
    fibres, field = beside_a_point(10.0, n_nodes=5)
    with pytest.raises(BadInput, match="Use 64 bits"):
        thresholds_ma(model, fibres, field, SHORT, precision=32, device=Device.GPU)
