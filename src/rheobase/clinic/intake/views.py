"""Forms and consents: the list, a form to answer, an answer to read, a consent to give or withdraw."""

import uuid
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rheobase.clinic import clock, policy
from rheobase.clinic.intake import services, wording
from rheobase.clinic.intake.models import Consent, FormAnswer
from rheobase.clinic.policy import needs
from rheobase.errors import RheobaseError


@needs("see intake")
def overview(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """List forms and consents of a child: what is done, what is missing, what was before."""
    context = {
        "child": request.child,
        "items": services.checklist(request.child, clock.now()),
        "answers": FormAnswer.objects.filter(child=request.child).select_related("form", "by"),
        "consents": Consent.objects.filter(child=request.child).select_related(
            "by", "withdrawal__by"
        ),
        "may_answer": policy.may(request.user, "answer intake", request.child),
        "may_consent": policy.may(request.user, "consent", request.child),
        "itself": policy.may(request.user, "note consent", request.child)
        and policy.mature(clock.now()).filter(child=request.child).exists(),
        "titles": {text.kind: text.title for text in wording.CONSENTS},
    }
    return render(request, "intake/overview.html", context)


@needs("answer intake")
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, child: uuid.UUID, kind: str) -> HttpResponse:
    """Ask the questions of one form; what was typed stays when something is missing."""
    now = clock.now()
    if kind not in wording.TITLES:
        return redirect("intake:list", child=child)
    form = services.current_form(kind, now)
    error = ""
    if request.method == "POST":
        try:
            services.answer(
                child=request.child,
                form=form,
                typed=lambda name: request.POST.get(name, ""),
                by=request.user,
                now=now,
            )
        except RheobaseError as refusal:
            error = str(refusal)
        else:
            messages.success(
                request, _("Thank you. Your answers are saved; the therapist reads them.")
            )
            return redirect("intake:list", child=child)
    day = clock.to_wall(now, settings.CLINIC_ZONE).date()
    asked = services.asked(form, request.child, day)
    context = {
        "child": request.child,
        "form": form,
        "groups": _grouped(asked, _typed(request, asked, kind)),
        "error": error,
        "today": day,
    }
    return render(request, "intake/form.html", context, status=422 if error else 200)


@needs("see intake")
def answers(request: HttpRequest, form: uuid.UUID) -> HttpResponse:
    """Show what somebody answered, in the words that were asked."""
    row = get_object_or_404(FormAnswer.objects.select_related("form", "by"), pk=form)
    context = {"child": request.child, "row": row, "lines": services.in_words(row)}
    return render(request, "intake/answers.html", context)


@needs("note consent")
@require_http_methods(["GET", "POST"])
def give_itself(request: HttpRequest, child: uuid.UUID, kind: str) -> HttpResponse:
    """Note what a child who decides itself consents to, read together with its therapist."""
    return _give(request, kind)


@needs("consent")
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, child: uuid.UUID, kind: str) -> HttpResponse:
    """Show the words of a consent, and note that it is given."""
    return _give(request, kind)


def _give(request: HttpRequest, kind: str) -> HttpResponse:
    text = wording.consent_text(kind)
    if text is None:
        return _list(request)
    error = ""
    if request.method == "POST":
        try:
            if request.POST.get("read") != "yes":
                error = _("Tick that you have read it and that your questions are answered.")
            else:
                services.give(child=request.child, kind=kind, by=request.user, now=clock.now())
                messages.success(
                    request, _("Thank you. Your consent is noted; you can withdraw it here.")
                )
                return _list(request)
        except RheobaseError as refusal:
            error = str(refusal)
    itself = policy.mature(clock.now()).filter(child=request.child).exists()
    context = {
        "child": request.child,
        "text": text,
        "said": text.said_to(itself=itself),
        "error": error,
        "itself": itself,
    }
    return render(request, "intake/consent.html", context, status=422 if error else 200)


@needs("note consent")
@require_http_methods(["GET", "POST"])
def withdraw_itself(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """Note that a child who decides itself withdraws a consent."""
    return _withdraw(request, consent)


@needs("consent")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """Ask once whether a consent ends, and why if the family wants to say."""
    return _withdraw(request, consent)


def _withdraw(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(Consent, pk=consent)
    if request.method == "POST":
        try:
            services.withdraw(
                consent=row, by=request.user, reason=request.POST.get("reason", ""), now=clock.now()
            )
        except RheobaseError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The consent is withdrawn from this moment on."))
        return _list(request)
    context = {"child": request.child, "row": row, "text": wording.consent_text(row.kind)}
    return render(request, "intake/withdraw.html", context)


def _list(request: HttpRequest) -> HttpResponse:
    """Go back to the list; somebody who may consent but not look goes to the start."""
    if policy.may(request.user, "see intake", request.child):
        return redirect("intake:list", child=request.child.pk)
    return redirect("people:start")


def _typed(request: HttpRequest, asked: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """Return what stands in each field: typed just now, or answered the last time."""
    if request.method == "POST":
        return {
            q["key"]: {
                "answer": request.POST.get(q["key"], ""),
                "on": request.POST.get(f"{q['key']}:on", ""),
                "where": request.POST.get(f"{q['key']}:where", ""),
            }
            for q in asked
        }
    last = FormAnswer.objects.filter(child=request.child, form__kind=kind).first()
    before = last.answers if last else {}
    return {k: v if isinstance(v, dict) else {"answer": v} for k, v in before.items()}


def _grouped(asked: list[dict[str, Any]], typed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the questions under their headings, each with what stands in it."""
    order = list(wording.GROUPS)
    sorted_ones = sorted(asked, key=lambda q: order.index(q["group"]) if "group" in q else 0)
    return [
        {
            "title": wording.GROUPS.get(group, ""),
            "questions": [{**q, "given": typed.get(q["key"], {})} for q in questions],
        }
        for group, questions in groupby(sorted_ones, key=lambda q: q.get("group", ""))
    ]
