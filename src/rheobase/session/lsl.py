"""An LSL stream as a source: a process reads it, a thread collects, and nobody ever waits."""

import importlib.util
import json
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import final

from rheobase.errors import BadInput, Unavailable
from rheobase.session.lsl_reader import FASTEST_HZ
from rheobase.session.sensor import Source
from rheobase.session.trigger import Arrived, Sample
from rheobase.stimulus import Sensing

KEYS = ("name", "type", "source_id")
MOST_SAMPLES = 8192  # waiting; older ones fall out, and a heap triggers nothing
AGAIN_S = 1.0  # before a reader that fell is started again
LOOKING = "The LSL stream is being looked for."
FELL = "The LSL reader ended by itself; it is started again."


def opened(options: Mapping[str, str], sensing: Sensing) -> Source:
    """Return the stream with one property: `name`, `type` or `source_id`; `channel`, `unit` may follow.

    Raises:
        Unavailable: pylsl is not installed.
        BadInput: the options name no stream.
    """
    if importlib.util.find_spec("pylsl") is None:
        raise Unavailable(
            "LSL streams need the package pylsl, which is not installed. Install Rheobase with its "
            "extra: pip install 'rheobase[lsl]'."
        )
    unknown = sorted(set(options) - {*KEYS, "channel", "unit"})
    chosen = [key for key in KEYS if key in options]
    if unknown or len(chosen) != 1:
        raise BadInput(
            f"An LSL stream is named by one of {', '.join(KEYS)}, with channel and unit if needed. "
            "Write e.g. lsl:type=EMG or lsl:name=Left leg,channel=2,unit=uV."
        )
    channel = options.get("channel", "1")
    if not channel.isdecimal():
        raise BadInput(f"channel={channel!r} is no number. Count channels from 1.")
    key = chosen[0]
    return LslSource([key, options[key], channel, options.get("unit", ""), sensing.unit])


@final
class LslSource:
    """One stream, read by a process of its own.

    Args:
        arguments: of `lsl_reader`.
    """

    invented = False

    def __init__(self, arguments: list[str]) -> None:
        self._command = [sys.executable, "-m", "rheobase.session.lsl_reader", *arguments]
        self._samples: deque[Sample] = deque(maxlen=MOST_SAMPLES)
        self._rate_hz, self._stream, self._why = 0.0, "", LOOKING
        self._closing = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._collect, name="lsl", daemon=True)
        self._thread.start()

    def take(self, now_ms: float, output: bool) -> Arrived:
        """Return what has arrived; times are those of the stream."""
        samples = []
        with suppress(IndexError):
            while True:
                samples.append(self._samples.popleft())
        return Arrived(
            samples=tuple(samples), rate_hz=self._rate_hz, stream=self._stream, why=self._why
        )

    def close(self) -> None:
        """End the reader and wait for it."""
        self._closing.set()
        if self._process is not None:
            self._process.kill()
        self._thread.join(2.0)

    def _collect(self) -> None:
        while not self._closing.is_set():
            with subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
                self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            ) as process:
                self._process = process
                if self._closing.is_set():
                    process.kill()
                for line in process.stdout or ():
                    self._hear(line)
            self._stream, self._why = "", FELL
            self._closing.wait(AGAIN_S)

    def _hear(self, line: bytes) -> None:
        try:
            said = json.loads(line)
            if not isinstance(said, dict):
                raise TypeError(line)
            if "s" in said:
                self._samples.extend(
                    Sample(stream_s=float(t), value=float(v)) for t, v in said["s"]
                )
            elif "stream" in said:
                rate_hz = float(said["rate_hz"])
                if not 0.0 <= rate_hz <= FASTEST_HZ:
                    raise ValueError(rate_hz)
                self._rate_hz, self._stream, self._why = rate_hz, str(said["stream"]), ""
            elif "why" in said:
                self._stream, self._why = "", str(said["why"])
        except (ValueError, TypeError, KeyError):
            self._why = "The LSL reader says what nobody understands."
