"""Reads one LSL stream in a process of its own: `python -m rheobase.session.lsl_reader KEY VALUE`.

Writes one JSON object a line: `{"why": ...}` while there is no stream, `{"stream", "rate_hz"}` when
one is found, `{"s": [[stream time, value], ...]}` for samples, `{}` as a sign of life. It lives
apart because liblsl may wait, and may fall, and neither may touch the beat of a session.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from rheobase.errors import BadInput, RheobaseError, Unavailable

LOOK_S = 1.0  # every stream that matches answers within this
POLL_S = 0.005
LIFE_S = 0.5
BUFFER_S = 2
FASTEST_HZ = 5000.0
TO_OURS = {  # unit of a stream: ours, and the factor to it
    "uv": ("µV", 1.0), "µv": ("µV", 1.0), "μv": ("µV", 1.0), "microvolts": ("µV", 1.0),
    "microvolt": ("µV", 1.0), "mv": ("µV", 1e3), "millivolts": ("µV", 1e3), "v": ("µV", 1e6),
    "volts": ("µV", 1e6), "deg": ("°", 1.0), "degrees": ("°", 1.0), "°": ("°", 1.0),
    "deg/s": ("°/s", 1.0), "degrees/s": ("°/s", 1.0), "°/s": ("°/s", 1.0),
}  # fmt: skip


def factor(unit: str, wanted: str) -> float:
    """Return what a value is multiplied with to be in our unit.

    Args:
        unit: as the stream, or whoever opened the session, names it.
        wanted: "µV", "°" or "°/s".

    Raises:
        BadInput: no unit is given, it is not known, or it measures something else.
    """
    known = unit.strip().lower()
    if known not in TO_OURS:
        what = f"the unit {unit!r}, which is not known" if known else "no unit"
        raise BadInput(
            f"The stream names {what}. Add it where the sensor is named, e.g. unit=uV, mV, V, deg "
            "or deg/s."
        )
    ours, times = TO_OURS[known]
    if ours != wanted:
        raise BadInput(f"The stream is in {unit}; the plan needs {wanted}. Name another stream.")
    return times


def say(message: Mapping[str, Any]) -> None:
    """Write one line; fails when nobody reads any more, which ends the process."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def found(key: str, value: str) -> Any:
    """Return the only stream whose property has a value.

    Raises:
        Unavailable: there is none, or there are several.
    """
    import pylsl

    streams = pylsl.resolve_byprop(key, value, minimum=2, timeout=LOOK_S)
    if not streams:
        raise Unavailable(
            f"No LSL stream has {key} {value!r}. Switch the sensor on and look at its program; "
            "the search goes on."
        )
    if len(streams) > 1:
        names = ", ".join(sorted(stream.name() for stream in streams))
        raise Unavailable(f"Several LSL streams have {key} {value!r}: {names}. Name one by name.")
    return streams[0]


def listen(key: str, value: str, channel: int, unit: str, wanted: str) -> None:
    """Pass the samples of one stream on until it is lost.

    Raises:
        RheobaseError: saying why there is nothing to pass on.
    """
    import pylsl

    inlet = pylsl.StreamInlet(found(key, value), max_buflen=BUFFER_S, recover=False)
    try:
        info = inlet.info(timeout=LOOK_S)
        if not 1 <= channel <= info.channel_count():
            raise BadInput(f"The stream has {info.channel_count()} channels, not {channel}.")
        if not 0.0 <= info.nominal_srate() <= FASTEST_HZ:
            raise BadInput(f"The stream is faster than {FASTEST_HZ:g} Hz. Send an envelope.")
        units = info.get_channel_units() or []
        own = units[channel - 1] if len(units) >= channel else ""
        times = factor(unit or own or "", wanted)
        say({"stream": info.name(), "rate_hz": info.nominal_srate()})
        alive_s = 0.0
        while True:
            rows, at = inlet.pull_chunk(timeout=0.0)
            if rows:
                say({"s": [[t, times * row[channel - 1]] for t, row in zip(at, rows, strict=True)]})
            elif time.monotonic() - alive_s > LIFE_S:
                alive_s = time.monotonic()
                say({})
            time.sleep(POLL_S)
    finally:
        inlet.close_stream()


def main(arguments: list[str]) -> None:
    """Listen for ever, looking for the stream again whenever it is lost."""
    from pylsl.util import LostError
    from pylsl.util import TimeoutError as Late

    key, value, channel, unit, wanted = arguments
    if hasattr(os, "sched_setscheduler"):  # the session's punctuality is not for us
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        os.setpriority(os.PRIO_PROCESS, 0, 0)
    while True:
        try:
            listen(key, value, int(channel), unit, wanted)
        except (LostError, Late):
            say({"why": "The LSL stream was lost. Look at the sensor; the search goes on."})
        except RheobaseError as error:
            say({"why": str(error)})
        time.sleep(LIFE_S)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)  # the session has gone; liblsl's threads need no farewell
