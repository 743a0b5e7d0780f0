"""The chart to FHIR R4: episodes, screening, flags, measures, goals and their ratings. Pure functions.

Goals carry the extension for goal attainment scaling of HL7's guide on person-centred outcomes
(PCO 1.0.0, hl7.org/fhir/us/pco/STU1): five levels, each with its LOINC answer of list LL6900-6 and
the family's words. Scores use the codes of its value set goal-attainment-scaling-score.
Exact codes for GMFCS, COPM, range of motion, MRC, Ashworth and the others were not read anywhere:
they stay local codes with their text.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from rheobase.clinic.exchange.fhir import (
    HL7,
    LOINC,
    Resource,
    local,
    moment,
    quantity,
    reference,
)

GAS_EXTENSION: Final = "http://hl7.org/fhir/us/pco/StructureDefinition/pco-goal-attainment-scaling"
GAS_MEASURE: Final = ("107332-9", "Goal attainment scale - Reported")
GAS_BASELINE: Final = ("112296-9", "Goal attainment scale GAS baseline")
GAS_SCORES: Final = {
    "therapist": ("107333-7", "Practitioner follow-up goal attainment scaling score"),
    "child": ("107334-5", "Patient follow-up goal attainment scaling score"),
    "family": ("107331-1", "Caregiver follow-up goal attainment scaling score"),
}
GAS_LEVELS: Final = {
    2: ("LA34479-8", "Much better than expected"),
    1: ("LA34480-6", "Better than expected"),
    0: ("LA34481-4", "Expected outcome"),
    -1: ("LA34483-0", "Less than expected"),
    -2: ("LA34484-8", "Much less than expected"),
}
# Our own neutral faces are none of the published scales, so they have a local code.
PAIN: Final = {"fps_r": "57696-7", "nrs": "72514-3"}


def loinc(pair: tuple[str, str]) -> dict[str, str]:
    """Return one LOINC code with its name."""
    return {"system": LOINC, "code": pair[0], "display": pair[1]}


def episode(
    *,
    key: str,
    child: str,
    manager: str,
    reason: str,
    opened: datetime,
    closed: datetime | None,
    condition: str,
) -> Resource:
    """Return one course of care."""
    period = {"start": moment(opened), **({"end": moment(closed)} if closed else {})}
    about = {"diagnosis": [{"condition": reference("Condition", condition)}]} if condition else {}
    return {
        "resourceType": "EpisodeOfCare",
        "id": key,
        "status": "finished" if closed else "active",
        "type": [{"text": reason}],
        **about,
        "patient": reference("Patient", child),
        "period": period,
        "careManager": reference("Practitioner", manager),
    }


def flag(
    *,
    key: str,
    child: str,
    rule: str,
    text: str,
    author: str,
    starts: datetime,
    ends: datetime | None,
) -> Resource:
    """Return one finding that stops a plan, or stopped one until it ended."""
    return {
        "resourceType": "Flag",
        "id": key,
        "status": "inactive" if ends else "active",
        "category": [{"coding": [{"system": f"{HL7}/flag-category", "code": "safety"}]}],
        "code": local("screening", rule, text),
        "subject": reference("Patient", child),
        "period": {"start": moment(starts), **({"end": moment(ends)} if ends else {})},
        "author": reference("Practitioner", author),
    }


def goal(
    *, key: str, child: str, text: str, levels: Mapping[str, str], at: datetime, author: str
) -> Resource:
    """Return a goal with its five levels in the family's words."""
    worded = {int(level): words for level, words in levels.items() if words}
    scaling = [
        {
            "url": GAS_EXTENSION,
            "extension": [
                {"url": "level", "valueCoding": loinc(GAS_LEVELS[level])},
                {"url": "text", "valueString": worded[level]},
            ],
        }
        for level in sorted(worded, reverse=True)
    ]
    expected = {"detailString": worded[0]} if 0 in worded else {}
    return {
        "resourceType": "Goal",
        "id": key,
        **({"extension": scaling} if scaling else {}),
        "lifecycleStatus": "active",
        "description": {"text": text},
        "subject": reference("Patient", child),
        "startDate": at.date().isoformat(),
        "expressedBy": reference("Practitioner", author),
        "target": [{"measure": {"coding": [loinc(GAS_MEASURE)]}, **expected}],
    }


def rating(
    *, key: str, child: str, goal_key: str, rated_by: str, level: int, at: datetime, author: str
) -> Resource:
    """Return where the child stands on one goal; `rated_by` "" is the level it began at."""
    code = GAS_SCORES[rated_by] if rated_by else GAS_BASELINE
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "category": survey(),
        "code": {"coding": [loinc(code)], "text": code[1]},
        "subject": reference("Patient", child),
        "focus": [reference("Goal", goal_key)],
        "effectiveDateTime": moment(at),
        "performer": [reference("Practitioner", author)],
        "valueCodeableConcept": {"coding": [loinc(GAS_LEVELS[level])], "text": f"{level:+d}"},
    }


def t_score(*, key: str, child: str, value: float, at: datetime, goals: Sequence[str]) -> Resource:
    """Return the goal attainment T-score of all goals at one moment."""
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "category": survey(),
        "code": local("measure", "gas-t-score", "Goal attainment T-score (mean 50, SD 10)"),
        "subject": reference("Patient", child),
        "focus": [reference("Goal", one) for one in goals],
        "effectiveDateTime": moment(at),
        "valueQuantity": {"value": value},
    }


def copm(
    *,
    key: str,
    child: str,
    problem: str,
    importance: int,
    performance: int,
    satisfaction: int,
    at: datetime,
    author: str,
) -> Resource:
    """Return one rating of one problem; scores only."""
    scores = {"importance": importance, "performance": performance, "satisfaction": satisfaction}
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "category": survey(),
        "code": local("measure", "copm", "COPM scores, 1 to 10"),
        "subject": reference("Patient", child),
        "effectiveDateTime": moment(at),
        "performer": [reference("Practitioner", author)],
        "note": [{"text": problem}],
        "component": [
            {"code": local("measure", f"copm-{name}", f"COPM {name}"), "valueInteger": score}
            for name, score in scores.items()
        ],
    }


def measure(
    *,
    key: str,
    child: str,
    instrument: str,
    what: str,
    body_site: str,
    value: float,
    unit: str,
    error: float,
    conditions: str,
    superseded: bool,
    corrects: bool,
    at: datetime,
    author: str,
    trials: Sequence[float] = (),
) -> Resource:
    """Return one finding with its measurement error, where one was read, and its trials."""
    status = "entered-in-error" if superseded else "corrected" if corrects else "final"
    coding = {"system": LOINC, "code": PAIN[instrument]} if instrument in PAIN else None
    code = {"coding": [coding], "text": what} if coding else local("measure", instrument, what)
    parts = [("trial", f"Trial {n}", one) for n, one in enumerate(trials, 1)]
    if error:
        parts.append(("error", "Standard error of measurement", error))
    components = [
        {"code": local("measure", name, text), "valueQuantity": quantity(one, unit)}
        for name, text, one in parts
    ]
    return {
        "resourceType": "Observation",
        "id": key,
        "status": status,
        "code": code,
        "subject": reference("Patient", child),
        "effectiveDateTime": moment(at),
        "performer": [reference("Practitioner", author)],
        "valueQuantity": quantity(value, unit),
        **({"bodySite": {"text": body_site}} if body_site else {}),
        **({"note": [{"text": conditions}]} if conditions else {}),
        **({"component": components} if components else {}),
    }


def gmfm_items(
    *,
    key: str,
    child: str,
    items: Mapping[str, int | str],
    conditions: str,
    superseded: bool,
    at: datetime,
    author: str,
) -> Resource:
    """Return the item scores of one gross motor examination by number; not tested is not 0."""
    not_performed = {"system": f"{HL7}/data-absent-reason", "code": "not-performed"}
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "entered-in-error" if superseded else "final",
        "category": survey(),
        "code": local("measure", "gmfm-items", "GMFM-88, item scores by number (0 to 3)"),
        "subject": reference("Patient", child),
        "effectiveDateTime": moment(at),
        "performer": [reference("Practitioner", author)],
        **({"note": [{"text": conditions}]} if conditions else {}),
        "component": [
            {
                "code": local("gmfm", number, f"Item {number}"),
                **(
                    {"valueInteger": score}
                    if isinstance(score, int)
                    else {"dataAbsentReason": {"coding": [not_performed]}}
                ),
            }
            for number, score in sorted(items.items(), key=lambda pair: int(pair[0]))
        ],
    }


def survey() -> list[dict[str, Any]]:
    """Return the category of what somebody rated."""
    return [{"coding": [{"system": f"{HL7}/observation-category", "code": "survey"}]}]
