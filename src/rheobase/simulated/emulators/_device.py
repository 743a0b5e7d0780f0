"""What every emulated unit has in common: what it can be told, and what may happen to it."""

from dataclasses import dataclass, field
from typing import Protocol, final

from rheobase.simulated.emulators._wire import Heard


@final
@dataclass(slots=True, kw_only=True)
class World:
    """What happens to a unit from outside.

    Attributes:
        pads_off: channels with a pad off.
        pads_dry: channels with pads that have dried and half lifted.
        too_little: channels whose current cannot be reached.
        stop_pressed: the wired stop is pressed.
    """

    pads_off: set[int] = field(default_factory=set)
    pads_dry: set[int] = field(default_factory=set)
    too_little: set[int] = field(default_factory=set)
    stop_pressed: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a unit says.

    Attributes:
        name: for the log.
        frame: the bytes.
    """

    name: str
    frame: bytes


class Device(Protocol):
    """One emulated unit: pure, time handed in."""

    wide: bool
    latency_ms: tuple[float, float]

    def begin(self, now_s: float) -> None:
        """Switch on."""

    def name(self, heard: Heard) -> str:
        """Return the name of a command, for the log."""

    def asked_ma(self, heard: Heard) -> float:
        """Return the highest current a frame asks for. [mA]"""

    def flags(self, heard: Heard) -> tuple[str, ...]:
        """Return what a strict unit might mind in a frame."""

    def arrived(self, heard: Heard, now_s: float) -> bool:
        """Take note that a whole frame arrived; return whether it needs time to be carried out."""

    def takes_ms(self, heard: Heard) -> float:
        """Return the time a command needs beyond the latency. [ms]"""

    def busy(self, heard: Heard) -> Reply | None:
        """Return the answer while another command is being carried out."""

    def obey(self, heard: Heard, now_s: float) -> tuple[Reply, ...]:
        """Carry out a command."""

    def pass_time(self, now_s: float, world: World) -> tuple[Reply, ...]:
        """Let time pass: watchdog, pads, stop switch; return what the unit says by itself."""

    def module_failed(self, now_s: float) -> tuple[Reply, ...]:
        """A stimulation module fails."""

    def output_ma(self) -> float:
        """Return the output of all channels together. [mA]"""
