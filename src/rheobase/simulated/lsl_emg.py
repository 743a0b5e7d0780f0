"""The invented child as a real LSL stream, so that the way through the network can be tried."""

import importlib.util
import time
from collections.abc import Callable

from rheobase.errors import Unavailable
from rheobase.simulated.emg import EmgScenario, InventedEmg

NAME, KIND = "Invented EMG", "EMG"
CHUNK_S = 0.02


def serve(
    scenario: EmgScenario, name: str, ended: Callable[[float], bool], ready: Callable[[], None]
) -> None:
    """Offer the stream until told to end.

    Args:
        scenario: how the child behaves.
        name: of the stream.
        ended: waits some seconds and says whether to end.
        ready: called once the stream can be found.

    Raises:
        Unavailable: pylsl is not installed.
    """
    if importlib.util.find_spec("pylsl") is None:
        raise Unavailable(
            "An LSL stream needs the package pylsl, which is not installed. Install Rheobase with "
            "its extra: pip install 'rheobase[lsl]'."
        )
    import pylsl

    info = pylsl.StreamInfo(name, KIND, 1, scenario.rate_hz, "float32", f"rheobase-{name}")
    info.set_channel_units(["microvolts"])
    outlet = pylsl.StreamOutlet(info)
    child, began_s = InventedEmg(scenario), time.monotonic()
    clock_s = pylsl.local_clock()
    ready()
    while not ended(CHUNK_S):
        for sample in child.until(time.monotonic() - began_s):
            outlet.push_sample([sample.value], clock_s + sample.stream_s)
