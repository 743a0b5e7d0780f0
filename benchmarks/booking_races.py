"""No double booking, on SQLite and PostgreSQL, in full numbers; the guard removed shows what it prevents.

    rheobase bench booking_races

Twelve processes make 150 random bookings each; sixteen clients fight a hundred times for one slot of
therapist, room, child and three units; visits move onto one slot, are cancelled while others book, and
held times end while their family confirms. The short form of each runs with the tests
(tests/clinic/booking/test_race.py, the same program). `RHEOBASE_TIMES` (100) is the number of rounds.
"""

import json
import os
from pathlib import Path

from _practice import databases, in_its_own_process

RACING = Path(__file__).parents[1] / "tests/clinic/booking/racing.py"
TIMES = int(os.environ.get("RHEOBASE_TIMES", "100"))
KINDS = (
    "crowd-unguarded",
    "crowd",
    "unguarded",
    "careless",
    "booking",
    "moves",
    "cancels",
    "holds",
    "offers",
)
ATTEMPTS = 150


def main():
    table = {}
    for kind in KINDS:
        rounds = ATTEMPTS * TIMES // 100 if kind.startswith("crowd") else TIMES
        with databases() as (urls, folder):  # an empty one for every race
            for name, url in urls.items():
                found = json.loads(
                    in_its_own_process(RACING, url, folder / name, str(rounds), kind)
                )
                row = {"double bookings": found["overlaps"]}
                if "booked" in found:
                    row |= {"attempts": found["attempts"], "booked": found["booked"]}
                    row |= {"attempts per second": found["per_s"]}
                else:
                    row |= {"rounds with one winner": found["winners"].count(1), "rounds": rounds}
                if not kind.endswith(("unguarded", "careless")):
                    row |= {"visits without what they need": found["torn"]}
                table |= {f"{kind}, {name}: {what}": value for what, value in row.items()}
    return table


if __name__ == "__main__":
    for what, value in main().items():
        print(f"{what}: {value}")
