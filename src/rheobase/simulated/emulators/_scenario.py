"""What goes wrong with an emulated unit, and when: read from JSON, refused if there is a typo.

    {"latency_ms": [10, 24], "seed": 1, "profile": "p24",
     "faults": [{"what": "reply lost", "at_frame": 7},
                {"what": "vanish", "after_output_s": 2.0, "for_s": 0.5},
                {"what": "pad off", "at_s": 30.0, "channel": 2}]}

Exactly one of `at_frame` (n-th frame from the host, from 1), `at_s` (since the emulator began) and
`after_output_s` (since the first current) says when.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from rheobase.errors import BadInput
from rheobase.stimulus import read_json

LINE_FAULTS = {
    "bit flip": "one bit of the reply is wrong",
    "reply lost": "the unit obeys, its reply never arrives",
    "request lost": "the unit hears nothing",
    "duplicate": "the reply arrives twice",
    "late": "the reply comes `late_ms` later",
    "reorder": "the reply comes after the next one",
    "busy": "the unit answers that it is busy and does nothing",
}
UNIT_FAULTS = {
    "reboot": "the unit restarts and is deaf for `for_s`",
    "vanish": "the port goes away for `for_s`, then comes back",
    "stop switch": "the wired stop is pressed for `for_s`",
    "pad off": "a pad of `channel` is off for `for_s`",
    "pad dry": "the pads of `channel` have dried and half lifted for `for_s`",
    "low current": "the current of `channel` cannot be reached for `for_s`",
    "module": "a stimulation module fails",
}
FAULTS = LINE_FAULTS | UNIT_FAULTS
WHEN = ("at_frame", "at_s", "after_output_s")
PROFILES = ("", "rehamove3", "p24")
FOR_EVER_S = 1e9


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        what: key of `FAULTS`.
        at_frame: n-th frame from the host, or None.
        at_s: since the emulator began, or None. [s]
        after_output_s: since the first current, or None. [s]
        for_s: how long it lasts; for ever, but 0.3 s for "reboot" and "vanish". [s]
        count: how many frames in a row.
        late_ms: delay of a late reply. [ms]
        channel: of a pad.
    """

    what: str
    at_frame: int | None = None
    at_s: float | None = None
    after_output_s: float | None = None
    for_s: float | None = None
    count: int = 1
    late_ms: float = 500.0
    channel: int = 1

    def __post_init__(self) -> None:
        if self.what not in FAULTS:
            raise BadInput(f"what={self.what!r} is not known. Use one of: {', '.join(FAULTS)}.")
        given = [name for name in WHEN if getattr(self, name) is not None]
        if len(given) != 1:
            raise BadInput(
                f"{self.what!r} has {len(given)} of {', '.join(WHEN)}. Give exactly one."
            )
        for name in (*given, "for_s", "late_ms"):
            value = getattr(self, name)
            if value is not None and not 0.0 <= value < math.inf:
                raise BadInput(f"{name}={value!r} of {self.what!r} is not a number of at least 0.")
        if self.count < 1 or self.channel not in range(1, 9):
            raise BadInput(f"{self.what!r} needs a count from 1 and a channel from 1 to 8.")

    @property
    def length_s(self) -> float:
        """How long it lasts. [s]"""
        if self.for_s is not None:
            return self.for_s
        return 0.3 if self.what in ("reboot", "vanish") else FOR_EVER_S


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How an emulated unit behaves.

    Attributes:
        faults: in any order.
        latency_ms: shortest and longest time to a reply; None as documented. [ms]
        seed: of the latencies.
        profile: "rehamove3" or "p24" for ScienceMode 3 and 4.
    """

    faults: tuple[Fault, ...] = ()
    latency_ms: tuple[float, float] | None = None
    seed: int = 1
    profile: str = ""

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            raise BadInput(f"profile={self.profile!r} is not one of: rehamove3, p24.")
        if self.latency_ms is not None and not 0 <= self.latency_ms[0] <= self.latency_ms[1] < 1e4:
            raise BadInput(f"latency_ms={self.latency_ms} is not a range like [10, 24].")


def read(path: Path) -> Scenario:
    """Return the scenario of a file.

    Raises:
        BadInput: the file cannot be read, or anything in it is not known.
    """
    return scenario(read_json(path), str(path))


def scenario(plain: Any, where: str = "scenario") -> Scenario:
    """Return the scenario of plain JSON.

    Raises:
        BadInput: anything in it is not known.
    """
    fields = _known(plain, Scenario, where)
    faults = fields.pop("faults", [])
    if not isinstance(faults, list):
        raise BadInput(f"faults of {where} is no list. Write [{{...}}, {{...}}].")
    read_faults = []
    for i, fault in enumerate(faults, 1):
        place = f"fault {i} of {where}"
        read_faults.append(_made(Fault, _known(fault, Fault, place), place))
    latency = fields.get("latency_ms")
    if latency is not None:
        if not (isinstance(latency, list) and len(latency) == 2 and all(map(_number, latency))):
            raise BadInput(f"latency_ms of {where} is not two numbers like [10, 24].")
        fields["latency_ms"] = (float(latency[0]), float(latency[1]))
    whole: Scenario = _made(Scenario, {**fields, "faults": tuple(read_faults)}, where)
    return whole


def _made(kind: Any, fields: dict[str, Any], where: str) -> Any:
    texts, wholes = ("what", "profile"), ("at_frame", "count", "channel", "seed")
    for name, value in fields.items():
        right = (
            isinstance(value, str)
            if name in texts
            else type(value) is int
            if name in wholes
            else _number(value)
            if name not in ("faults", "latency_ms")
            else True
        )
        if not right:
            raise BadInput(f"{name}={value!r} in {where} is of the wrong kind. Correct it.")
    try:
        return kind(**fields)
    except TypeError:
        raise BadInput(f"{where} does not say `what`. Name the fault.") from None
    except BadInput as error:
        raise BadInput(f"In {where}: {error}") from None


def _known(plain: Any, kind: Any, where: str) -> dict[str, Any]:
    names = [name for name in kind.__dataclass_fields__ if not name.startswith("_")]
    if not isinstance(plain, dict):
        raise BadInput(f"{where} is not an object in braces. It may hold: {', '.join(names)}.")
    unknown = sorted(set(plain) - set(names))
    if unknown:
        raise BadInput(f"{where} has {unknown[0]!r}, which is not known. Use: {', '.join(names)}.")
    return dict(plain)


def _number(value: Any) -> bool:
    return type(value) in (int, float)
