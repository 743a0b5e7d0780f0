"""Goals: five levels in words, rated by whom, summed to a T-score that says what it is."""

from datetime import timedelta

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.assessment import services
from rheobase.clinic.assessment.models import Goal
from rheobase.errors import BadInput

WORDS = {
    "text": "Walk to the bus",
    "focus": "strength",
    "weight": "1",
    "baseline": "-1",
    "level:-2": "is carried",
    "level:-1": "walks half of it",
    "level:0": "walks all of it",
    "level:1": "in ten minutes",
    "level:2": "in five",
}


@pytest.fixture
def episode(world, at):
    return world.episodes["Mila"]


def test_a_goal_needs_all_five_levels_in_words(world, episode):
    with pytest.raises(BadInput, match=r"level \+1"):
        services.add_goal(episode, {**WORDS, "level:1": " "}, by=world.ada, at=clock.now())


def test_a_refused_goal_comes_back_with_everything_typed(world, episode, signed_in):
    page = reverse("assessment:new_goal", kwargs={"episode": episode.pk})
    answer = signed_in(world.ada).post(page, {**WORDS, "weight": "much"})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "walks half of it" in body
    assert "Weight is not a whole number" in body
    assert not Goal.objects.exists()


def test_the_t_score_begins_at_the_baseline_and_follows_the_ratings(world, episode):
    now = clock.now()
    goals = [
        services.add_goal(episode, WORDS, by=world.ada, at=now - timedelta(days=30))
        for _ in range(3)
    ]
    for goal in goals:
        services.rate_goal(goal, 0, "family", by=world.ada, at=now)
    scores = [round(t, 2) for _, t in services.t_scores(episode)]
    assert scores == [36.31, 50.00]


def test_a_level_outside_the_scale_is_refused(world, episode, signed_in):
    goal = services.add_goal(episode, WORDS, by=world.ada, at=clock.now())
    page = reverse("assessment:rate", kwargs={"goal": goal.pk})
    signed_in(world.ada).post(page, {"level": "3", "rated_by": "family"})
    assert not goal.ratings.exists()


def test_problems_are_rated_all_together_so_that_means_compare(world, episode):
    now = clock.now()
    for text in ("Shoes", "Ladder"):
        services.add_problem(episode, {"text": text, "importance": "8"}, now)
    one, two = episode.problems.order_by("at", "pk")
    with pytest.raises(BadInput, match="whole number"):
        services.rate_problems(
            episode,
            {f"{one.pk}:performance": "3", f"{one.pk}:satisfaction": "3"},
            by=world.ada,
            at=now,
        )
    typed = {
        f"{p.pk}:{w}": n
        for p, n in ((one, "3"), (two, "6"))
        for w in ("performance", "satisfaction")
    }
    services.rate_problems(episode, typed, by=world.ada, at=now)
    assert [(p, s) for _, p, s in services.copm_means(episode)] == [(4.5, 4.5)]


def test_a_sixth_problem_is_refused(world, episode):
    for n in range(5):
        services.add_problem(episode, {"text": f"Problem {n}", "importance": "5"}, clock.now())
    with pytest.raises(BadInput, match="the most"):
        services.add_problem(episode, {"text": "One more", "importance": "5"}, clock.now())
