"""From the press of STOP in a browser to silence, through the whole served clinic.

    rheobase bench stop_from_browser

Pages, session service and supervisor in their own processes, three virtual units at 1 mA, Chromium
on the console with a therapist signed in. The press is the time stamp of the pointer event, on the
clock of Chromium, which is compared with ours before each press; silence is the moment the last
unit confirmed 0 mA. Promised: p99 at most 150 ms with four busy processes on two cores.

`RHEOBASE_PRESSES` presses are made under load (100), a fifth of them idle, half of them while a
colleague has plans computed by the same served pages, one after the other.
"""

import contextlib
import os
import socket
import tempfile
import threading
import time
import urllib.request
import uuid

from _bedside import BUSY, Bench, crowd, figures, order, program, scheduling, units

PROMISED_MS = 150.0
PRESSES = int(os.environ.get("RHEOBASE_PRESSES", "100"))
ASKED = {
    "focus": "strength",
    "what": "muscles",
    "muscle:1": "quadriceps",
    "side:1": "left",
    "muscle:2": "tibialis_anterior",
    "side:2": "left",
    "posture": "sitting",
}
PER_SESSION = 25  # a session may last 30 minutes
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


class Clinic:
    """A clinic of its own: Mila, her signed plan, Ada signed in, everything served."""

    def __init__(self):
        from rheobase.clinic.setup import ready

        ready()
        from rheobase.clinic import clock, demo
        from rheobase.clinic.assessment.models import Episode
        from rheobase.clinic.people.models import Child, User

        demo.fill(clock.now())
        self.ada = User.objects.get(username="ada")
        self.mila = Child.objects.get(given_name="Mila")
        self.episode = Episode.objects.get(child=self.mila)
        self.signed = order(self.mila.opaque)
        self.plan = self._sign()

    def _sign(self):
        from rheobase.clinic import clock
        from rheobase.clinic.plan.models import Draft, SignedPlan
        from rheobase.home import signing_key
        from rheobase.stimulus import seal, to_plain

        sealed, now = to_plain(seal(self.signed, signing_key())), clock.now()
        draft = Draft.objects.create(episode=self.episode, case={}, by=self.ada, at=now)
        return SignedPlan.objects.create(
            episode=self.episode,
            draft=draft,
            version=1,
            sealed=sealed,
            digest=sealed["digest"],
            signed_by=self.ada,
            signed_at=now,
            valid_until=self.signed.valid_until,
        )

    def assess(self):
        """Screen and measure Mila, so that plans can be asked for."""
        from rheobase.clinic import clock
        from rheobase.clinic.assessment import measures, services
        from rheobase.evidence.contraindications import questions
        from rheobase.planner.case import Answer

        answers = {}
        for rule in questions(clock.age_months(self.mila.born, services.today()), family=False):
            keys = [key for key, _ in rule.choices]
            calm = "no" if "no" in keys and rule.key != "communicate" else keys[0]
            answers[rule.key] = Answer(answer=calm)
        services.record_screening(self.episode, answers, by=self.ada, at=clock.now())
        basics = {"gmfcs:body": "II", "height_cm:body": "114", "mass_kg:body": "19.8"}
        entries, _ = measures.read_sheet("basics", basics)
        measures.record(
            self.episode,
            entries,
            by=self.ada,
            at=clock.now(),
            conditions="",
            with_stimulation=False,
        )

    def ticket(self):
        """Return the cookie of somebody signed in."""
        from django.test import Client

        client = Client()
        client.force_login(self.ada)
        return client.cookies["sessionid"].value

    def session(self, client):
        """Open a session at the bedside and record it, as the page does."""
        from rheobase.clinic import clock
        from rheobase.clinic.live.models import Treatment

        row = Treatment(
            id=uuid.uuid4(),
            child=self.mila,
            plan=self.plan,
            therapist=self.ada,
            bedside=client.base_url,
            started=clock.now(),
        )
        row.units = [
            {**one, "name": f"Virtual unit {one['slot']}"} for one in units(str(row.pk), "ABC")
        ]
        row.save(force_insert=True)
        return Bench(client, str(row.pk), self.signed)


class Console:
    """Chromium with the console of one session open."""

    def __init__(self, page, url, bench):
        self.page, self.bench = page, bench
        page.goto(f"{url}/live/{bench.session}/")
        page.locator("#now > *").first.wait_for()
        box = page.locator("#stop").bounding_box()
        self.at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def lag_ns(self):
        """Return what Chromium's clock is ahead of ours, from the quickest of some questions."""
        best = None
        for _ in range(15):
            before = time.monotonic_ns()
            theirs = self.page.evaluate("performance.timeOrigin + performance.now()") * 1e6
            after = time.monotonic_ns()
            if best is None or after - before < best[0]:
                best = after - before, theirs - (before + after) / 2
        return best[1]

    def press(self):
        """Press once; return where the time went. [ms]"""
        bench = self.bench
        bench.output()
        lag_ns = self.lag_ns()
        bench.events()
        began_ns = time.monotonic_ns()
        self.page.mouse.move(*self.at)
        self.page.mouse.down()
        self.page.mouse.up()
        silent_ns, events = bench.silent_ns(began_ns)
        pressed = float(self.page.get_attribute("#console", "data-stop-pressed-at")) * 1e6 - lag_ns
        handled = float(self.page.get_attribute("#console", "data-stop-sent-at")) * 1e6 - lag_ns
        heard = next(e["monotonic_ns"] for e in events if e["kind"] == "stop")
        return {
            "whole": (silent_ns - pressed) / 1e6,
            "browser": (handled - pressed) / 1e6,
            "clinic": (heard - handled) / 1e6,
            "bedside": (silent_ns - heard) / 1e6,
        }


def presses(clinic, client, page, url, number):
    """Press STOP again and again; a new session now and then."""
    spent, trips = [], 0
    while len(spent) < number:
        bench = clinic.session(client)
        console = Console(page, url, bench)
        for _ in range(min(PER_SESSION, number - len(spent))):
            spent.append(console.press())
        trips += bench.trips
        bench.finish()
    return spent, trips


@contextlib.contextmanager
def planning(clinic, url):
    """A colleague asks for one plan after the other; yield how many were computed."""
    import httpx

    clinic.assess()
    ended, plans = threading.Event(), []
    page = f"/plan/new/{clinic.episode.pk}/"
    cookies = {"sessionid": clinic.ticket(), "csrftoken": "c" * 32}
    http = httpx.Client(base_url=url, cookies=cookies, timeout=90.0, trust_env=False)

    def ask():
        while not ended.is_set():
            answer = http.post(page, data=ASKED, headers={"X-CSRFToken": "c" * 32})
            plans.append(answer.status_code)
            if answer.status_code != 302:
                return

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    try:
        yield plans
    finally:
        ended.set()
        asking.join(95.0)
        http.close()
    if set(plans) != {302}:
        raise RuntimeError(f"plans were answered with {sorted(set(plans))}")


def report(name, spent, trips):
    """Print the figures of the whole and of its parts."""
    whole = figures([one["whole"] for one in spent])
    parts = ", ".join(
        f"{part} {figures([one[part] for one in spent])['median_ms']:.0f}"
        f" (p99 {figures([one[part] for one in spent])['p99_ms']:.0f})"
        for part in ("browser", "clinic", "bedside")
    )
    print(
        f"{name:22s} n {whole['n']:3d}  median {whole['median_ms']:6.1f}  p99 {whole['p99_ms']:6.1f}"
        f"  worst {whole['worst_ms']:6.1f} ms   of it, median: {parts}   heartbeats missed {trips}",
        flush=True,
    )
    return whole


def main():
    """Measure, print, and return the figures."""
    with tempfile.TemporaryDirectory(prefix="stop-from-browser-") as folder:
        os.environ["RHEOBASE_HOME"] = folder
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs a loop in this thread
        return _measured()


def _measured():
    from playwright.sync_api import sync_playwright

    from rheobase.home import service_token
    from rheobase.session.client import Client

    clinic, port = Clinic(), _free_port()
    with (
        program("serve", "--port", str(port)) as (process, said),
        Client(said["bedside"], service_token()) as client,
        sync_playwright() as play,
    ):
        _answers(said["url"])
        print(f"web {scheduling(process.pid)}, load {os.getloadavg()[0]:.1f}", flush=True)
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": clinic.ticket(), "url": said["url"]}])
        page = context.new_page()
        found = {}
        idle = presses(clinic, client, page, said["url"], max(1, PRESSES // 5))
        found["idle"] = report("idle", *idle)
        with planning(clinic, said["url"]) as plans:
            beside = presses(clinic, client, page, said["url"], max(1, PRESSES // 2))
        found["beside plans"] = report(f"beside {len(plans)} plans", *beside)
        with crowd():
            busy = presses(clinic, client, page, said["url"], PRESSES)
        found["loaded"] = report(f"{BUSY} busy processes", *busy)
        browser.close()
    kept = found["loaded"]["p99_ms"] <= PROMISED_MS
    print(f"Promised p99 under load: {PROMISED_MS:g} ms. {'Kept.' if kept else 'NOT kept.'}")
    return found


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _answers(url):
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/sign-in/") as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"no page at {url}")


if __name__ == "__main__":
    main()
