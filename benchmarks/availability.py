"""Free times of 30 days among 250 000 reservations: five years, 20 therapists, 10 rooms, 12 units.

    rheobase bench availability

Every figure is the whole answer as the booking page gets it: hours, rooms, units and reservations
read from the database, the free quarter hours of 20 therapists reckoned, the wall times made. Promise:
95 of 100 answers within 60 ms on SQLite and 100 ms on PostgreSQL, in the same number of queries
whatever is booked. `RHEOBASE_TIMES` answers are timed (60), for 30 days and for 7.
"""

import gc
import json
import os
import sys
import time
from datetime import timedelta

from _practice import LAST_DAY, NOW, databases, fill, in_its_own_process, ready

TIMES = int(os.environ.get("RHEOBASE_TIMES", "60"))
PROMISED_P95_MS = {"SQLite": 60.0, "PostgreSQL": 100.0}


def measure():
    """Fill this process's database and time the answers."""
    ready()
    from django.db import connection, reset_queries
    from django.test.utils import CaptureQueriesContext

    from rheobase.clinic.booking.availability import Wish, free_for

    (ben, _, _, _, service, children), rows = fill()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    gc.collect()
    gc.freeze()  # as `rheobase serve` does when everything is loaded
    first = NOW.date() + timedelta(days=1)
    assert first + timedelta(days=30) < LAST_DAY
    found = {"reservations": rows}
    for days in (7, 30):
        took, free, queries = [], 0, 0
        for n in range(TIMES):
            wish = Wish(by=ben, child=children[n], service=service, therapist=None, now=NOW)
            began = time.perf_counter()
            free = len(free_for(wish, first, first + timedelta(days=days - 1)))
            took.append((time.perf_counter() - began) * 1e3)
            reset_queries()
        with CaptureQueriesContext(connection) as seen:
            free_for(wish, first, first + timedelta(days=days - 1))
        queries = len(seen)
        took.sort()
        found[f"{days} days"] = {
            "free times": free,
            "queries": queries,
            "p50 [ms]": round(took[len(took) // 2], 1),
            "p95 [ms]": round(took[int(len(took) * 0.95)], 1),
            "worst [ms]": round(took[-1], 1),
        }
    return found


def main():
    table = {}
    with databases() as (urls, folder):
        for name, url in urls.items():
            found = json.loads(in_its_own_process(__file__, url, folder, "measure"))
            table[f"{name}: reservations"] = found.pop("reservations")
            for days, figures in found.items():
                table |= {f"{name}, {days}: {what}": value for what, value in figures.items()}
            kept = found["30 days"]["p95 [ms]"] <= PROMISED_P95_MS[name]
            table[f"{name}, 30 days: promise of {PROMISED_P95_MS[name]:.0f} ms kept"] = kept
    return table


if __name__ == "__main__" and sys.argv[1:] == ["measure"]:
    sys.stdout.write(json.dumps(measure()))
