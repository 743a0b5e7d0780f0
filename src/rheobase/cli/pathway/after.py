"""Steps 10 and 11: measured again, scored again, drawn, printed; and what leaves the clinic."""

import csv
import io
import json
from typing import Any

from rheobase.cli.pathway import therapist
from rheobase.cli.pathway.stage import Stage
from rheobase.clinic import clock, tables
from rheobase.clinic.assessment import services as assessment
from rheobase.clinic.booking.models import Appointment
from rheobase.clinic.exchange import bundle, ics, research
from rheobase.clinic.exchange import services as exchange
from rheobase.clinic.outcomes import report
from rheobase.clinic.outcomes import services as outcomes
from rheobase.home import home


def follow(stage: Stage) -> dict[str, Any]:
    """Step 10: the same measures, the goals, dose against outcome, and a printed report."""
    episode = assessment.open_episode(stage.child, stage.therapist, therapist.REASON, clock.now())
    if episode.measures.filter(at__gte=stage.began).values("at").distinct().count() < 3:
        therapist.record_measures(stage, {"legs": therapist.AFTER}, since=False)
    scores = therapist.rescore(stage)
    courses = outcomes.courses(stage.child)
    doses = outcomes.doses(stage.child)
    paper = report.progress_report(stage.child)
    _keep(f"progress-{stage.progress.run}.pdf", paper)
    return {
        "t_score_before": round(scores[0][1], 2),
        "t_score_now": round(scores[-1][1], 2),
        "verdicts": {course.label: course.verdict for course in courses if len(course.points) > 1},
        "sessions": len(doses),
        "minutes": round(sum(dose.minutes for dose in doses), 2),
        "report_bytes": len(paper),
        "report_is_pdf": paper.startswith(b"%PDF"),
    }


def share(stage: Stage) -> dict[str, Any]:
    """Step 11: a FHIR bundle, an iCalendar file and feed, a table of sessions."""
    whole = bundle.of_child(stage.child, clock.now())
    visit = Appointment.objects.get(pk=stage.kept("visit"))
    one = ics.calendar(exchange.entries([visit]))
    feed_key = exchange.new_feed(stage.mother, clock.now())
    feed = ics.calendar(exchange.entries(exchange.visits_in_feed(stage.mother, clock.now())))
    rows = list(research.sessions([stage.child]))
    table = tables.csv_text(research.SESSIONS, rows)
    run = stage.progress.run
    _keep(f"mila-{run}.fhir.json", json.dumps(whole).encode())
    _keep(f"visit-{run}.ics", one)
    _keep(f"sessions-{run}.csv", table.encode())
    _keep(f"sessions-{run}.parquet", tables.parquet(research.SESSIONS, rows))
    kinds = {entry["resource"]["resourceType"] for entry in whole["entry"]}
    return {
        "fhir_resources": len(whole["entry"]),
        "fhir_kinds": sorted(kinds),
        "ics_bytes": len(one),
        "feed_visits": feed.count(b"BEGIN:VEVENT"),
        "feed_key_characters": len(feed_key),
        "csv_rows": len(list(csv.reader(io.StringIO(table)))) - 1,
        "names_in_the_calendar": stage.child.given_name.encode() in one + feed,
    }


def _keep(name: str, content: bytes) -> None:
    folder = home() / "pathway"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
