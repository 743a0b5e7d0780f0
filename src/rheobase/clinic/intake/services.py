"""The rules of forms and consents: which version is asked, what counts as answered, who may consent."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from rheobase.clinic import clock, policy
from rheobase.clinic.intake import wording
from rheobase.clinic.intake.models import Consent, ConsentWithdrawal, FormAnswer, FormVersion
from rheobase.clinic.language import day_words
from rheobase.clinic.people.models import Child, Guardianship, User
from rheobase.errors import BadInput, NotAllowed

RENEW = timedelta(days=183)  # proposed default: health answers are asked again after half a year
LONGEST, LONGEST_PLACE = 2000, 300  # characters
HERSELF = noop("the child")  # who gave a consent, where the child decides itself


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a child's checklist.

    Attributes:
        key: kind of the form or consent.
        title: in plain words.
        consent: whether it is a consent, not a form.
        done: answered on the wording of today and not too old; or given and not withdrawn.
        detail: since when, or why it is asked again; "" if never answered.
        for_stimulation: whether muscle stimulation needs it.
        required: whether a visit waits for it.
    """

    key: str
    title: str
    consent: bool
    done: bool
    detail: str
    for_stimulation: bool
    required: bool


def current_form(kind: str, now: datetime) -> FormVersion:
    """Return the form as it is worded now, published as a new version if its words are new.

    Raises:
        BadInput: if there is no such form.
    """
    if kind not in wording.TITLES:
        raise BadInput(f"There is no form {kind!r}. Use one of: {', '.join(wording.TITLES)}.")
    questions = wording.questions_of(kind)
    newest = FormVersion.objects.filter(kind=kind).order_by("-version").first()
    if newest and newest.questions == questions:
        return newest
    published, _made = FormVersion.objects.get_or_create(
        kind=kind,
        version=newest.version + 1 if newest else 1,
        defaults={"title": wording.TITLES[kind], "questions": questions, "published": now},
    )
    return published


def asked(form: FormVersion, child: Child, day: date) -> list[dict[str, Any]]:
    """Return the questions that are asked at the child's age."""
    months = clock.age_months(child.born, day)
    return [q for q in form.questions if months >= q.get("from_months", 0)]


def answer(
    *, child: Child, form: FormVersion, typed: Callable[[str], str], by: User, now: datetime
) -> FormAnswer:
    """Add what a guardian answered. Text may stay empty; a choice may not ("I do not know" is one).

    Args:
        child: whom it is about.
        form: the version that was shown.
        typed: returns the text of a field, "" if it is missing.
        by: who answers.
        now: the present moment. [UTC]

    Raises:
        BadInput: if a question is open or a date lies ahead; it says how many.
    """
    day = clock.to_wall(now, settings.CLINIC_ZONE).date()
    answers, open_questions = {}, 0
    for question in asked(form, child, day):
        given = _given(question, typed, day)
        if given is None:
            open_questions += 1
        else:
            answers[question["key"]] = given
    if open_questions:
        raise BadInput(
            ngettext(
                "%(count)d question is still open. Answer it; “I do not know” is an answer too.",
                "%(count)d questions are still open. Answer each one; “I do not know” is an answer too.",
                open_questions,
            )
            % {"count": open_questions}
        )
    return FormAnswer.objects.create(child=child, form=form, answers=answers, by=by, at=now)


def _given(question: dict[str, Any], typed: Callable[[str], str], day: date) -> Any:
    """Return one answer, or None if the question is open."""
    key = question["key"]
    value = _no_longer_than(LONGEST, typed(key))
    if question["kind"] == "text":
        return value
    if value not in [*dict(question["choices"]), wording.UNKNOWN]:
        return None
    given: dict[str, str] = {"answer": value}
    if question["asks_date"] and (on := typed(f"{key}:on")):
        given["on"] = _past(on, day)
    if question["asks_sites"] and (where := _no_longer_than(LONGEST_PLACE, typed(f"{key}:where"))):
        given["where"] = where
    return given


def _no_longer_than(most: int, text: str) -> str:
    text = text.strip()
    if len(text) > most:
        raise BadInput(
            _(
                "An answer is longer than %(most)s characters. Shorten it, and tell the therapist the "
                "rest."
            )
            % {"most": most}
        )
    return text


def _past(text: str, day: date) -> str:
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            _("“%(typed)s” is not a date. Choose it from the calendar.") % {"typed": text}
        ) from None
    if on > day:
        raise BadInput(_("%(day)s lies ahead. Give a date that has been.") % {"day": day_words(on)})
    return on.isoformat()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One question with what was answered, in words.

    Attributes:
        key: of the question.
        text: the question.
        answer: in the words of the choice.
        on: the date that belongs to it, "" if none.
        where: where on the body, "" if not said.
        stands_out: whether a therapist should look at it (anything but "no").
    """

    key: str
    text: str
    answer: str
    on: str
    where: str
    stands_out: bool

    @property
    def whole(self) -> str:
        """Everything that was said, in one line."""
        return ", ".join(part for part in (self.answer, self.on, self.where) if part)


def in_words(row: FormAnswer) -> list[Line]:
    """Return the answers of a form in the words that were asked."""
    lines = []
    for question in row.form.questions:
        given = row.answers.get(question["key"])
        if given is None:
            continue
        plain = given if isinstance(given, dict) else {"text": given}
        key = plain.get("answer", "")
        labels = {**dict(question.get("choices", [])), wording.UNKNOWN: noop("I do not know")}
        lines.append(
            Line(
                key=question["key"],
                text=question["text"],
                answer=labels.get(key, "") or plain.get("text", ""),
                on=plain.get("on", ""),
                where=plain.get("where", ""),
                stands_out=key not in ("", "no"),
            )
        )
    return lines


def checklist(child: Child, now: datetime) -> list[Item]:
    """Return what is answered and given for one child, and what is not."""
    return checklists([child.pk], now)[child.pk]


def checklists(children: Iterable[UUID], now: datetime) -> dict[UUID, list[Item]]:
    """Return the checklists of several children, in three queries however many they are."""
    wanted = set(children)
    answers: dict[UUID, dict[str, FormAnswer]] = defaultdict(dict)
    for row in FormAnswer.objects.filter(child__in=wanted).select_related("form").order_by("at"):
        answers[row.child_id][row.form.kind] = row
    consents: dict[UUID, dict[str, Consent]] = defaultdict(dict)
    for given in in_force(wanted, now).order_by("at"):
        consents[given.child_id][given.kind] = given
    versions = {kind: wording.questions_of(kind) for kind in wording.TITLES}
    return {
        child: [
            *(_form_item(kind, answers[child].get(kind), versions[kind], now) for kind in versions),
            *(_consent_item(text, consents[child].get(text.kind)) for text in wording.CONSENTS),
        ]
        for child in wanted
    }


def _form_item(kind: str, row: FormAnswer | None, words: Any, now: datetime) -> Item:
    detail = _("answered %(day)s") % {"day": day_words(row.at)} if row else ""
    done = row is not None
    if row and row.form.questions != words:
        done, detail = False, _("the questions have changed")
    elif row and kind == wording.HEALTH and now - row.at > RENEW:
        detail = _("last answered %(day)s: please check again") % {"day": day_words(row.at)}
        done = False
    return Item(
        key=kind,
        title=wording.TITLES[kind],
        consent=False,
        done=done,
        detail=detail,
        for_stimulation=wording.FOR_STIMULATION[kind],
        required=True,
    )


def _consent_item(text: wording.ConsentText, given: Consent | None) -> Item:
    return Item(
        key=text.kind,
        title=text.title,
        consent=True,
        done=given is not None,
        detail=_("given %(day)s") % {"day": day_words(given.at)} if given else "",
        for_stimulation=wording.FOR_STIMULATION[text.kind],
        required=text.required,
    )


def in_force(children: Iterable[UUID], now: datetime) -> QuerySet[Consent]:
    """Return the consents that count: not withdrawn; of a child who decides itself, its own alone."""
    rows = Consent.objects.filter(child__in=children, withdrawal__isnull=True)
    return rows.exclude(~Q(relation=HERSELF), child__in=policy.mature(now))


def give(*, child: Child, kind: str, by: User, now: datetime) -> Consent:
    """Add a guardian's consent, or that of a child who decides itself, in the words of today.

    Args:
        child: for whom.
        kind: to what.
        by: the guardian; for a child who decides itself, the therapist in whose presence it did.
        now: the present moment. [UTC]

    Raises:
        NotAllowed: if this person may not consent for this child.
        BadInput: if there is no such consent, or it is given already.
    """
    text = wording.consent_text(kind)
    if text is None:
        raise BadInput(f"There is no consent {kind!r}. Go back to the list.")
    relation = _relation(by, child, now)
    with transaction.atomic():
        if in_force([child.pk], now).filter(kind=kind).exists():
            raise BadInput(_("This consent is in force already. Nothing to do."))
        return Consent.objects.create(
            child=child,
            kind=kind,
            version=text.version,
            text=_(text.said_to(itself=relation == HERSELF)),  # the words that were read
            by=by,
            relation=relation,
            at=now,
        )


def _relation(by: User, child: Child, now: datetime) -> str:
    """Return as what somebody decides about consent.

    Raises:
        NotAllowed: if they may not.
    """
    if policy.may(by, "note consent", child) and policy.mature(now).filter(child=child).exists():
        return HERSELF
    if not policy.may(by, "consent", child):
        raise NotAllowed(_("Only a guardian who may consent for this child can do this."))
    rows = Guardianship.objects.filter(user=by, child=child, can_consent=True, starts__lte=now)
    return rows.latest("starts").relation


def withdraw(*, consent: Consent, by: User, reason: str, now: datetime) -> ConsentWithdrawal:
    """End a consent; it stays on record that it was given.

    Raises:
        NotAllowed: if this person may not consent for this child.
    """
    _relation(by, consent.child, now)
    row, _made = ConsentWithdrawal.objects.get_or_create(
        consent=consent, defaults={"by": by, "at": now, "reason": reason.strip()[:500]}
    )
    return row
