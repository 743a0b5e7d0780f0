"""The pathway as three people walk it in the browser: guardian, front desk and therapist.

Sara books with interest and answers the forms. Ben sees the visit and nothing clinical. Ada screens,
measures, agrees goals, plans, signs, runs three units, presses STOP, goes on, writes the note. Sara
sees the progress. One long test, because each step needs the one before.
"""

import re
import time

import pytest

pytestmark = pytest.mark.browser

GOAL = {
    "text": "Stands up from the school chair",
    "level:-2": "With two hands held",
    "level:-1": "With one hand held",
    "level:0": "Alone, pushing off with both hands",
    "level:1": "Alone, pushing off with one hand",
    "level:2": "Alone, arms crossed",
}


def test_from_the_booked_visit_to_the_measured_outcome(person):
    sara = person("sara")
    mila = books_with_interest(sara)
    answers_the_forms(sara, mila)
    sees_the_visit_but_no_notes(person("ben"), mila)
    ada = person("ada")
    screens(ada, mila)
    assesses(ada)
    agrees_a_goal(ada)
    plans_and_signs(ada)
    runs_three_units_and_stops(ada, mila)
    writes_the_note(ada, mila)
    measures_again(ada, mila)
    sees_progress(sara, mila)


def books_with_interest(sara):
    sara.keeps("family-home")
    sara.presses("Book a visit")
    sara.keeps("book-discipline")
    sara.presses("Physiotherapy")
    sara.keeps("book-service")
    sara.presses("three muscle groups")
    sara.keeps("book-tell-us-first")
    sara.page.check("text=Seizures or epilepsy")
    sara.presses("Continue")
    sara.keeps("book-with-whom")
    sara.presses("Any therapist")
    sara.sees("America/Edmonton")
    sara.keeps("book-times")
    sara.page.click(".times button >> nth=0")
    sara.sees("The therapist decides after the assessment")
    sara.keeps("book-confirm")
    sara.presses("Book this visit")
    sara.sees("Your visit is booked")
    sara.keeps("book-done")
    sara.goes("/")
    sara.presses("All visits")
    sara.keeps("family-visits")
    return re.search(r"[0-9a-f-]{36}", sara.page.url).group()


def answers_the_forms(sara, mila):
    sara.goes(f"/intake/child/{mila}/")
    sara.keeps("intake")
    sara.presses("Health questions")
    sara.keeps("intake-health")
    names = {
        box.get_attribute("name") for box in sara.page.query_selector_all("main input[type=radio]")
    }
    for name in names:
        sara.page.check(f"main input[name='{name}'] >> nth=0")
    sara.page.check("main input[name='cannot_communicate'][value='yes']")
    sara.page.check("main input[name='epilepsy'][value='controlled']")
    sara.page.click("main form button[type=submit]")
    sara.sees("answered")
    assert "in force" in sara.text()


def sees_the_visit_but_no_notes(ben, mila):
    ben.goes("/book/calendar/")
    ben.keeps("desk-calendar")
    ben.goes(f"/children/{mila}/")
    assert "Notes" not in ben.text()
    for closed in (
        f"/assess/{mila}/",
        f"/notes/child/{mila}/",
        f"/plan/child/{mila}/",
        f"/progress/{mila}/",
    ):
        answer = ben.page.goto(ben.clinic.url + closed)
        assert answer.status == 404
        assert "Lindqvist" not in ben.text()
    ben.said.clear()  # the browser reports the refusals


def screens(ada, mila):
    ada.keeps("therapist-today")
    ada.goes(f"/children/{mila}/")
    ada.keeps("child")
    ada.goes(f"/assess/{mila}/")
    ada.keeps("chart-empty")
    ada.follows("/assess/screening/")
    ada.keeps("screening")
    names = {
        box.get_attribute("name") for box in ada.page.query_selector_all("main input[type=radio]")
    }
    for name in names:
        boxes = ada.page.query_selector_all(f"main input[type=radio][name='{name}']")
        if not any(box.is_checked() for box in boxes):
            boxes[0].check()
    ada.page.click("main form button[type=submit]")
    ada.sees("Screen")
    ada.keeps("screening-findings")


def assesses(ada):
    ada.follows("/assess/measures/")
    ada.page.fill("[name='gmfcs:body']", "II")
    ada.page.fill("[name='height_cm:body']", "116.5")
    ada.page.fill("[name='mass_kg:body']", "20.8")
    ada.keeps("measures")
    ada.page.click("main form button[type=submit]")
    ada.sees("116.5")


def agrees_a_goal(ada):
    ada.follows("/assess/goals/")
    opens(ada)
    for name, words in GOAL.items():
        ada.page.fill(f"[name='{name}']", words)
    ada.page.select_option("[name=focus]", "strength")
    ada.keeps("goals")
    ada.page.locator("form", has=ada.page.locator("[name='level:0']")).locator(
        "button[type=submit]"
    ).click()
    ada.sees("Stands up from the school chair")
    ada.keeps("goals-agreed")


def opens(one):
    """Open whatever is folded on a page."""
    one.page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")


def plans_and_signs(ada):
    ada.follows("/plan/child/")
    ada.keeps("plans")
    ada.follows("/plan/new/")
    ada.keeps("plan-new")
    ada.page.check("[name=what][value=task]")
    ada.page.select_option("[name=task]", "sit_to_stand")
    ada.page.select_option("[name=task_side]", "left")
    ada.page.select_option("[name=focus]", "strength")
    ada.page.select_option("[name=posture]", "sitting")
    ada.page.click("main form button[type=submit]")
    ada.page.locator("svg").first.wait_for()  # up to 30 s
    ada.keeps("plan-draft")
    ada.page.check("[name=agreed]")
    ada.presses("^Sign")
    ada.sees("[Ss]igned")
    ada.keeps("plan-signed")


def runs_three_units_and_stops(ada, mila):
    ada.goes(f"/live/child/{mila}/")
    ada.keeps("sessions")
    ada.presses("Prepare a session")
    ada.keeps("session-prepare")
    ada.presses("Open the console")
    console = Console(ada)
    console.through_the_checks()
    for slot in "ABC":
        console.twitches(slot)
    for slot in "ABC":
        console.finds(slot)
    for slot in "ABC":
        console.climbs(slot)
    ada.keeps("console-levels")
    ada.presses("Start the activity", "#now")
    ada.presses("Now!", "#now")
    console.waits_for_current()
    ada.keeps("console-activity")
    ada.page.locator("#stop").click()
    ada.sees("Stopped. Every unit is silent")
    console.is_silent()
    ada.keeps("console-stopped")
    ada.presses("End here", "#now")
    ada.presses("faint", "#now")
    ada.presses("Done", "#now")
    ada.sees("The session has ended")
    ada.keeps("console-done")
    ada.presses("Write the note", "#now")


class Console:
    """The console as Ada uses it."""

    def __init__(self, ada):
        self.page, self.ada = ada.page, ada

    def through_the_checks(self):
        self.page.locator("#now form").wait_for()
        self.ada.keeps("console-today")
        for box in self.page.query_selector_all("#now input[type=checkbox]"):
            box.check()
        self.ada.presses("All confirmed", "#now")
        self.ada.presses("^clear", "#now")
        for slot in "ABC":
            self.ada.presses(f"On: {slot}", "#now")
            self.page.get_by_role("button", name=f"On: {slot}").wait_for(state="detached")
        self.ada.presses("^0$", "#scores")

    def louder(self, slot, times):
        for _ in range(times):
            before = self.level(slot)
            self.page.click(f"[data-slot={slot}] [data-do=louder]")
            self.waits_until(lambda before=before: self.level(slot) != before, 15.0)
            self.page.wait_for_timeout(600)  # a step of 1 mA is not followed by another for 0.5 s
        assert not self.page.is_visible("#refusal"), self.page.inner_text("#refusal")

    def twitches(self, slot):
        self.louder(slot, 2)
        self.ada.presses("Twitch seen", "#now")
        self.waits_until(lambda: self.level(slot) == 0.0, 15.0)

    def finds(self, slot):
        self.louder(slot, 3)
        self.ada.presses("Keep this place", "#now")
        self.waits_until(lambda: self.level(slot) == 0.0, 15.0)

    def climbs(self, slot):
        self.louder(slot, 3)
        row = self.page.locator("#now .choices").nth("ABC".index(slot))
        for _ in range(40):
            row.get_by_role("button", name=re.compile("functional")).click()
            self.page.wait_for_timeout(400)
            if "mA" in row.inner_text():
                return
        pytest.fail(f"Unit {slot} does not reach its level: {self.page.inner_text('#refusal')}")

    def level(self, slot):
        return float(self.page.inner_text(f"[data-slot={slot}] [data-out=level]"))

    def confirmed(self):
        return [float(one) for one in self.page.locator("[data-out=confirmed]").all_inner_texts()]

    def waits_for_current(self):
        self.ada.sees("Block 1 runs")
        self.waits_until(lambda: any(self.confirmed()), 15.0)

    def is_silent(self):
        self.waits_until(lambda: not any(self.confirmed()), 15.0)
        assert self.confirmed() == [0.0, 0.0, 0.0]

    def waits_until(self, is_so, longest_s):
        end = time.monotonic() + longest_s
        while not is_so():
            assert time.monotonic() < end, self.page.inner_text("main")
            self.page.wait_for_timeout(50)


def writes_the_note(ada, mila):
    ada.sees("Draft from the journal")
    ada.keeps("note-draft")
    draft = ada.page.input_value("#text")
    assert "quadriceps" in draft
    ada.page.fill("#text", draft + "\nMila counted every rise.")
    ada.presses("^Sign$")
    ada.sees("Signed by Ada")
    ada.page.fill("#text", "Mother says the skin was clear in the evening.")
    ada.presses("^Add$")
    ada.sees("Addendum by Ada")
    ada.keeps("note-signed")
    ada.goes(f"/notes/child/{mila}/")
    ada.keeps("notes")


def measures_again(ada, mila):
    ada.goes(f"/assess/{mila}/")
    ada.keeps("chart")
    ada.follows("/assess/goals/")
    opens(ada)
    ada.page.locator("[name=level]").first.wait_for()
    ada.keeps("goals-rating")
    ada.goes(f"/progress/{mila}/")
    ada.keeps("progress")
    paper = ada.page.request.get(f"{ada.clinic.url}/progress/{mila}/report.pdf")
    assert paper.body().startswith(b"%PDF")
    bundle = ada.page.request.get(f"{ada.clinic.url}/exchange/child/{mila}/fhir/")
    assert bundle.status in (200, 404)


def sees_progress(sara, mila):
    sara.goes(f"/progress/{mila}/family/")
    sara.keeps("family-progress")
    answer = sara.page.goto(f"{sara.clinic.url}/notes/child/{mila}/")
    assert answer.status == 404
    sara.said.clear()  # the browser reports the refusal
