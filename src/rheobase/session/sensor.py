"""Where a sensor's samples come from: one interface, and the names a session is opened with.

A source is named like a unit: `lsl:type=EMG` or `lsl:name=Left leg,channel=2,unit=uV`. A source
never makes anybody wait: `take` returns what has arrived, at once.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from rheobase.errors import BadInput
from rheobase.session.trigger import Arrived
from rheobase.stimulus import Sensing


class Source(Protocol):
    """A stream of samples.

    Attributes:
        invented: it stands for nobody; never to be used on a real unit.
    """

    invented: bool

    def take(self, now_ms: float, output: bool) -> Arrived:
        """Return what has arrived since the last call, at once.

        Args:
            now_ms: monotonic time since the session was opened. [ms]
            output: a unit delivers; invented sources answer with its artefact.
        """

    def close(self) -> None:
        """Listen no longer; may take a moment."""


Opener = Callable[[Mapping[str, str], Sensing], Source]


def named(text: str) -> tuple[str, dict[str, str]]:
    """Return the kind of a source and its options, from `KIND:KEY=VALUE,KEY=VALUE`.

    Raises:
        BadInput: if the text has another form.
    """
    kind, _, rest = text.partition(":")
    options = {}
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        if not (equals and key.strip() and value.strip()):
            raise BadInput(f"The sensor {text!r} is not KIND:KEY=VALUE. Write e.g. lsl:type=EMG.")
        options[key.strip()] = value.strip()
    return kind.strip(), options


def opened_source(
    text: str, sensing: Sensing | None, openers: Mapping[str, Opener], makes: frozenset[str]
) -> Source | None:
    """Return the source a session is opened with, or None where its plan has no sensor.

    Args:
        text: how the source was named, "" for none.
        sensing: what was signed.
        openers: by kind.
        makes: of the session's units.

    Raises:
        BadInput: the plan and the name do not fit, or an invented sensor would start a real unit.
    """
    if sensing is None:
        if text:
            raise BadInput("This plan is not started by a sensor. Open it without one.")
        return None
    kind, options = named(text)
    if kind not in openers:
        known = ", ".join(sorted(openers))
        raise BadInput(
            f"This plan is started by a sensor ({sensing.signal.value}), but "
            f"{f'{text!r} names none' if text else 'none was named'}. Name its stream: {known}."
        )
    source = openers[kind](options, sensing)
    if source.invented and makes != {"virtual"}:
        source.close()
        raise BadInput(
            "An invented sensor must never start a real unit. Use virtual units for training, or "
            "name the stream of a real sensor."
        )
    return source
