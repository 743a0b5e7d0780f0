"""Every value of a proposal with its reason, source and standing; nothing is proposed silently."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from rheobase.evidence.load import TAGS, Source, sources

BY_THERAPIST = "therapist"  # the tag of a value that was changed by hand


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one value is what it is.

    Attributes:
        about: the value, e.g. "A.frequency_hz"; without a slot it concerns the whole plan.
        value: the value with its unit, for people.
        why: in one or two sentences.
        source: key of the bibliography; "" for a value changed by hand.
        tag: document and tag, or "therapist".
    """

    about: str
    value: str
    why: str
    source: str
    tag: str

    @property
    def standing(self) -> str:
        """What the tag means to a reader."""
        if self.tag == BY_THERAPIST:
            return "the therapist's own decision"
        return TAGS[self.tag].value


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How strong the evidence is, as it is.

    Attributes:
        about: e.g. "Strength" or "Al-Abdulwahab 2009".
        text: what is known, null results included.
        sources: keys of the bibliography.
        tag: of the summary.
    """

    about: str
    text: str
    sources: tuple[str, ...]
    tag: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """One entry of a plan's references: key, source, and what rests on it."""

    key: str
    source: Source
    supports: tuple[str, ...]


def references(
    reasons: Iterable[Reason],
    evidence: Iterable[Evidence],
    others: Iterable[tuple[str, str]] = (),
) -> tuple[Cited, ...]:
    """Return what a plan rests on, in the order of first use.

    Args:
        reasons: of the values.
        evidence: of the whole.
        others: further (key, what it supports).
    """
    uses: dict[str, list[str]] = {}
    for reason in reasons:
        uses.setdefault(reason.source, []).append(f"{reason.about} = {reason.value}")
    for one in evidence:
        for key in one.sources:
            uses.setdefault(key, []).append(one.about)
    for key, what in others:
        uses.setdefault(key, []).append(what)
    known = sources()
    return tuple(
        Cited(key=key, source=known[key], supports=tuple(dict.fromkeys(what)))
        for key, what in uses.items()
        if key in known
    )
