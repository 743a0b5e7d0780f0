"""Pages of planning. They read the request, call the services and show what came of it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rheobase.clinic import clock
from rheobase.clinic.assessment import case as records
from rheobase.clinic.assessment import chart
from rheobase.clinic.assessment import services as assessing
from rheobase.clinic.assessment.models import Episode
from rheobase.clinic.assessment.templatetags.chart import TO_DO
from rheobase.clinic.plan import forms, services, shown
from rheobase.clinic.plan.models import Draft, SignedPlan
from rheobase.clinic.policy import needs
from rheobase.errors import BadInput, RheobaseError
from rheobase.evidence.muscles import muscles
from rheobase.evidence.protocols import Focus, protocols
from rheobase.evidence.tasks import tasks
from rheobase.planner.proposal import Proposal, Refusal, Why
from rheobase.stimulus.pads import Side
from rheobase.stimulus.pattern import Coordination
from rheobase.stimulus.prescription import Posture

REFUSED = 422


@needs("see chart")
def plans(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """List the signed plans and the drafts of a child."""
    context = chart.frame(request.child, "plan") | {
        "plans": SignedPlan.objects.filter(episode__child=request.child).select_related(
            "signed_by"
        ),
        "drafts": Draft.objects.filter(episode__child=request.child).select_related("by")[:10],
        "today": assessing.today(),
        "gaps": chart.gaps(request.child, assessing.current_episode(request.child))[:4],
    }
    return render(request, "plan/list.html", context)


@needs("write chart")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, episode: uuid.UUID) -> HttpResponse:
    """Ask what the plan is for, then propose."""
    row = get_object_or_404(Episode, pk=episode)
    typed: Any = request.POST or _asked(request)
    error = ""
    if request.method == "POST":
        try:
            draft = services.start_draft(row, request.POST, by=request.user, at=clock.now())
            return redirect("plan:draft", draft=draft.pk)
        except (RheobaseError, ValueError) as refusal:
            error = str(refusal)
    if not typed:
        goal = row.goals.last()
        typed = {"focus": goal.focus if goal else "", "what": "muscles"}
    context = chart.frame(request.child, "plan") | {
        "typed": typed,
        "error": error,
        "focuses": [(f.value, assessing.FOCUS_WORDS[f]) for f in Focus],
        "muscles": sorted(muscles().values(), key=lambda m: _(m.name)),
        "tasks": tasks().values(),
        "protocols": protocols().values(),
        "postures": [p.value for p in Posture],
        "sides": [s.value for s in Side],
        "rows": [
            (n, typed.get(f"muscle:{n}", ""), typed.get(f"side:{n}", "")) for n in services.ROWS
        ],
        "needs_infant": services.needs_infant_override(request.child, clock.now()),
        "screened": row.screenings.exists(),
    }
    return render(request, "plan/new.html", context, status=REFUSED if error else 200)


def _asked(request: HttpRequest) -> dict[str, str]:
    """Return what an earlier draft asked, to ask again with changes."""
    key = request.GET.get("again", "")
    try:
        draft = Draft.objects.get(pk=uuid.UUID(key), episode__child=request.child)
    except (ValueError, Draft.DoesNotExist):
        return {}
    return dict(draft.edits.get("asked", {}))


def _in_the_way(refusal: Refusal | None) -> dict[str, Any]:
    """Return why there is no plan; questions that only wait for an answer are one reason."""
    reasons = refusal.reasons if refusal else ()
    waiting = [why.what.rpartition(": ")[0] for why in reasons if why.to_do == TO_DO]
    return {
        "refusal": refusal,
        "reasons": [why for why in reasons if why.to_do != TO_DO],
        "waiting": waiting,
    }


@needs("write chart")
@require_http_methods(["GET", "POST"])
def draft_page(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Show a proposal or a refusal; take the therapist's changes and predict anew."""
    row = get_object_or_404(Draft.objects.select_related("episode", "by"), pk=draft)
    try:
        proposal, refusal = services.proposal_of(row), services.refusal_of(row)
    except BadInput:
        messages.error(request, _("This draft is of an older form. Ask for a new plan."))
        return redirect("plan:list", child=request.child.pk)
    if proposal is None:
        context = chart.frame(request.child, "plan") | {"draft": row} | _in_the_way(refusal)
        return render(request, "plan/refused.html", context)
    error = ""
    reasons: tuple[Why, ...] = ()
    if request.method == "POST":
        try:
            edits = forms.read_edits(proposal, request.POST)
            answer = services.edit_draft(row, edits, by=request.user, at=clock.now())
            if not isinstance(answer, Refusal):
                return redirect("plan:draft", draft=answer.pk)
            reasons = answer.reasons
        except RheobaseError as problem:
            error = str(problem)
    return _show(request, row, proposal, error=error, reasons=reasons)


def _show(
    request: HttpRequest, row: Draft, proposal: Proposal, *, error: str, reasons: Any
) -> HttpResponse:
    earlier = services.earlier(row)
    before = services.proposal_of(earlier) if earlier else None
    refused = bool(error or reasons)
    context = chart.frame(request.child, "plan") | {
        "draft": row,
        "proposal": proposal,
        "cards": shown.cards(proposal, request.POST, before),
        "sensor": shown.sensor(proposal, request.POST),
        "map": shown.map_of(proposal.case.child, tuple(c.order for c in proposal.channels)),
        "why": shown.why_table(proposal),
        "typed": request.POST,
        "postures": [p.value for p in Posture],
        "coordinations": [c.value for c in Coordination],
        "session": request.POST.get("session_min", f"{proposal.session_min:g}"),
        "units_at_first": request.POST.get("units_at_first", proposal.units_at_first),
        "focus": assessing.FOCUS_WORDS[proposal.case.focus],
        "changed": before is not None,
        "signed": row.signedplan_set.first(),
        "fresh": proposal.case.today == assessing.today(),
        "error": error,
        "reasons": reasons,
    }
    return render(request, "plan/draft.html", context, status=REFUSED if refused else 200)


@needs("sign plan")
@require_POST
def sign(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Sign a draft."""
    row = get_object_or_404(Draft, pk=draft)
    try:
        plan = services.sign(
            row, by=request.user, at=clock.now(), agreed=request.POST.get("agreed") == "yes"
        )
    except RheobaseError as error:
        messages.error(request, str(error))
        return redirect("plan:draft", draft=draft)
    messages.success(request, _("Version %(version)s is signed.") % {"version": plan.version})
    return redirect("plan:signed", plan=plan.pk)


@needs("see chart")
def signed(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Show a signed plan: it can be read, printed and used, never changed."""
    row = get_object_or_404(SignedPlan.objects.select_related("signed_by", "draft"), pk=plan)
    try:
        prescription = services.prescription_of(row)
    except BadInput:
        messages.error(request, _("This plan is of an older form and cannot be used. Plan again."))
        return redirect("plan:list", child=request.child.pk)
    facts = records.facts(request.child, assessing.today())
    newest = SignedPlan.objects.filter(episode=row.episode).order_by("-version").first()
    context = chart.frame(request.child, "plan") | {
        "plan": row,
        "prescription": prescription,
        "rows": shown.signed_rows(prescription),
        "sensor": shown.signed_sensor(prescription.sensing),
        "map": shown.map_of(facts, prescription.channels),
        "newest": newest,
        "expired": row.valid_until < assessing.today(),
    }
    return render(request, "plan/signed.html", context)
