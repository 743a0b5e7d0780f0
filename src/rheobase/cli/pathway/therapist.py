"""Steps 3 to 6 as Ada takes them: screening, measures, goals, and a signed plan."""

from typing import Any

from rheobase.cli.pathway.stage import Stage
from rheobase.clinic import clock
from rheobase.clinic.assessment import measures, scales, services
from rheobase.clinic.assessment.models import CopmRating, Episode, Goal
from rheobase.clinic.plan import services as planning
from rheobase.clinic.plan.models import SignedPlan
from rheobase.errors import NotReady
from rheobase.evidence.contraindications import questions
from rheobase.planner.case import Answer

REASON = "Spastic diplegia; standing up and walking to the bus"
BASICS = {
    "gmfcs:body": "II",
    "height_cm:body": "116.5",
    "mass_kg:body": "20.8",
    "faces:body": "0",
}
LEGS = {
    "ankle-dorsiflexion-passive_max_deg:left": "8",
    "ankle-dorsiflexion-passive_max_deg:right": "5",
    "knee-extension-strength_mrc:left": "3",
    "knee-extension-strength_mrc:right": "3",
    "ankle-dorsiflexion-strength_mrc:left": "2",
    "knee-extension-force_n:left": "62 66",
    "knee-extension-lever_arm_mm:left": "210",
    "ankle-plantarflexion-tone_mas_code:left": "1+",
    "ankle-plantarflexion-tone_mas_code:right": "2",
    "ankle-dorsiflexion-active_deg:left": "-6",
}
AFTER = {"knee-extension-force_n:left": "88 92", "ankle-dorsiflexion-active_deg:left": "-4"}
GOALS = (
    {
        "text": "Stands up from the school chair",
        "focus": "strength",
        "level:-2": "With two hands held",
        "level:-1": "With one hand held",
        "level:0": "Alone, pushing off with both hands",
        "level:1": "Alone, pushing off with one hand",
        "level:2": "Alone, arms crossed",
        "weight": "2",
        "baseline": "-2",
    },
    {
        "text": "Stands at the bus stop",
        "focus": "motor_control",
        "level:-2": "Leaning on somebody",
        "level:-1": "Holding a rail with two hands",
        "level:0": "Holding a rail with one hand for a minute",
        "level:1": "Free for ten seconds",
        "level:2": "Free for a minute",
        "weight": "1",
        "baseline": "-1",
    },
)
PLAN = {
    "focus": "strength",
    "what": "task",
    "task": "sit_to_stand",
    "task_side": "left",
    "posture": "sitting",
}


def screen(stage: Stage) -> dict[str, Any]:
    """Step 3: every rule answered; what needs a clearance is cleared by name."""
    episode = _episode(stage)
    months = clock.age_months(stage.child.born, clock.today(stage.zone))
    asked = services.form_of(episode)
    answered = {
        one.rule.key: one.answer or Answer(answer=next(iter(dict(one.rule.choices))))
        for one in asked
    }
    if not episode.screenings.filter(at__gte=stage.began).exists():
        services.record_screening(episode, answered, by=stage.therapist, at=clock.now())
    found = services.findings_now(episode)
    grades: dict[str, int] = {}
    for one in found:
        grades[one.grade.value] = grades.get(one.grade.value, 0) + 1
    return {
        "questions": len(questions(months, family=False)),
        "answered_by_the_family": sum(bool(one.who) for one in asked),
        "findings": grades,
        "sources": len({source for one in found for source in one.sources}),
    }


def assess(stage: Stage) -> dict[str, Any]:
    """Step 4: measures, each with its error; body measures feed the child's model."""
    taken = record_measures(stage, {"basics": BASICS, "legs": LEGS}, since=True)
    forces = [m for m in taken if m.quantity == "force_n"]
    return {
        "measures": len(taken),
        "knee_extension_left_n": round(forces[0].value, 1),
        "error_n": round(forces[0].error, 1),
        "with_error": sum(m.error > 0 for m in taken),
    }


def record_measures(stage: Stage, parts: dict[str, dict[str, str]], *, since: bool) -> list[Any]:
    """Add the measures of some sheets and return them; once in a run if `since`."""
    episode = _episode(stage)
    have = list(episode.measures.filter(at__gte=stage.began))
    if since and have:
        return have
    moment = clock.now()
    for part, typed in parts.items():
        entries, wrong = measures.read_sheet(part, typed)
        if wrong:
            raise NotReady(f"The sheet was refused: {wrong}.")
        measures.record(
            episode,
            entries,
            by=stage.therapist,
            at=moment,
            conditions="sitting, shoes off",
            with_stimulation=False,
        )
    return list(episode.measures.filter(at=moment))


def aim(stage: Stage) -> dict[str, Any]:
    """Step 5: two goals with the family, and what matters to it."""
    episode = _episode(stage)
    for typed in GOALS:
        if not Goal.objects.filter(episode=episode, text=typed["text"]).exists():
            services.add_goal(episode, typed, by=stage.therapist, at=clock.now())
    if not episode.problems.exists():
        problem = {"text": "Getting on the bus with the others", "importance": "9"}
        services.add_problem(episode, problem, clock.now())
    if not CopmRating.objects.filter(problem__episode=episode).exists():
        _rate_problems(stage, 3, 2)
    goals = list(episode.goals.all())
    score = scales.gas_t_score([g.baseline for g in goals], [g.weight for g in goals])
    _, performance, satisfaction = services.copm_means(episode)[0]
    return {
        "goals": len(goals),
        "t_score_before": round(score, 2),
        "copm_performance": performance,
        "copm_satisfaction": satisfaction,
        "focus": goals[0].focus,
    }


def _rate_problems(stage: Stage, performance: int, satisfaction: int) -> None:
    episode = _episode(stage)
    typed = {}
    for problem in episode.problems.all():
        typed[f"{problem.pk}:performance"] = str(performance)
        typed[f"{problem.pk}:satisfaction"] = str(satisfaction)
    services.rate_problems(episode, typed, by=stage.therapist, at=clock.now())


def rescore(stage: Stage) -> list[tuple[Any, float]]:
    """Rate the goals and the problems again, once in a run."""
    episode = _episode(stage)
    rated = list(episode.goals.filter(ratings__at__gte=stage.began))
    if not rated:
        for goal, level in zip(episode.goals.all(), (0, 0), strict=True):
            services.rate_goal(goal, level, "therapist", by=stage.therapist, at=clock.now())
        _rate_problems(stage, 5, 5)
    return services.t_scores(episode)


def plan(stage: Stage) -> dict[str, Any]:
    """Step 6: a proposal from published protocols, checked and signed."""
    episode = _episode(stage)
    row = SignedPlan.objects.filter(episode=episode, signed_at__gte=stage.began).first()
    if row is None:
        draft = planning.start_draft(episode, PLAN, by=stage.therapist, at=clock.now())
        refused = planning.refusal_of(draft)
        if refused is not None:
            raise NotReady(f"No plan: {'; '.join(str(reason) for reason in refused.reasons)}")
        row = planning.sign(draft, by=stage.therapist, at=clock.now(), agreed=True)
    stage.keep("plan", row.pk)
    proposal = planning.proposal_of(row.draft)
    if proposal is None:
        raise NotReady("The draft of the signed plan has no proposal. Start the pathway anew.")
    return {
        "version": row.version,
        "digest": row.digest,
        "reasons": len(proposal.reasons),
        "references": len(proposal.references),
        "channels": [_channel(one) for one in proposal.channels],
    }


def _channel(one: Any) -> dict[str, Any]:
    order, expected = one.order, one.prediction
    numbers = {
        "slot": order.slot,
        "muscle": order.muscle,
        "side": order.side.value,
        "frequency_hz": order.frequency_hz,
        "pulse_width_us": order.pulse_width_us,
        "ceiling_ma": order.ceiling_ma,
    }
    if expected is None:
        return {**numbers, "no_prediction": one.no_prediction}
    return numbers | {
        "motor_threshold_ma": _band(expected.motor_threshold_ma),
        "torque_nm": _band(expected.torque_nm),
        "fatigue_left": _band(expected.fatigue_left),
    }


def _band(band: Any) -> list[float]:
    return [round(band.low, 2), round(band.middle, 2), round(band.high, 2)]


def _episode(stage: Stage) -> Episode:
    return services.open_episode(stage.child, stage.therapist, REASON, clock.now())
