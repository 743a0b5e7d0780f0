"""Free times: the quick answer is the slow one, and the clinic's wall clock is honoured."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.clinic import clock
from rheobase.clinic.booking.engine import (
    Busy,
    Dated,
    Hours,
    Need,
    Pools,
    Weekly,
    free_times,
    nearest,
)
from rheobase.errors import BadInput

ZONE = "America/Edmonton"
MONDAY = date(2026, 11, 23)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def weekdays(opens=time(9), closes=time(12), days=range(5)) -> Hours:
    return Hours(
        weekly=tuple(
            Weekly(weekday=d, starts=opens, ends=closes, first_day=date(2020, 1, 1), last_day=None)
            for d in days
        )
    )


def pools(therapists=None, rooms=("room:1",), units=()) -> Pools:
    return Pools(
        therapists=therapists or {"therapist:1": weekdays()},
        rooms=rooms,
        units=units,
        child="child:mila",
    )


def need(minutes=60, before_min=0, after_min=0, units=0) -> Need:
    return Need(minutes=minutes, before_min=before_min, after_min=after_min, units=units)


def wall(hour, minute=0, day=MONDAY) -> datetime:
    return clock.to_utc(datetime.combine(day, time(hour, minute)), ZONE)


def reserved(resource, starts, ends) -> Busy:
    return Busy(resource, int(starts.timestamp()), int(ends.timestamp()))


def answer(asked, of, busy=(), first=MONDAY, last=MONDAY, earliest=LONG_AGO, zone=ZONE):
    return free_times(asked, of, busy, earliest=earliest, first_day=first, last_day=last, zone=zone)


def test_an_empty_morning_offers_every_quarter_hour_that_ends_inside_it():
    times = [f"{free.wall:%H:%M}" for free in answer(need(60), pools())]
    assert times == [
        "09:00",
        "09:15",
        "09:30",
        "09:45",
        "10:00",
        "10:15",
        "10:30",
        "10:45",
        "11:00",
    ]


def test_a_visit_blocks_the_times_that_would_touch_it_and_no_others():
    busy = [reserved("therapist:1", wall(10), wall(11))]
    times = [f"{free.wall:%H:%M}" for free in answer(need(60), pools(), busy)]
    assert times == ["09:00", "11:00"]


def test_buffers_keep_time_free_around_a_visit_but_may_lie_outside_the_hours():
    busy = [reserved("therapist:1", wall(10), wall(11))]
    times = [f"{free.wall:%H:%M}" for free in answer(need(45, 15, 15), pools(), busy)]
    assert times == ["09:00", "11:15"]


def test_a_visit_of_another_resource_blocks_nothing():
    busy = [reserved("therapist:2", wall(9), wall(12))]
    assert len(answer(need(60), pools(), busy)) == 9


def test_the_child_cannot_be_in_two_places():
    assert answer(need(60), pools(), [reserved("child:mila", wall(9), wall(12))]) == []


def test_three_units_must_be_the_same_three_for_the_whole_visit():
    """Two are free all the time; the third is one unit first and another one later."""
    units = tuple(f"stimulator:{n}" for n in range(1, 5))
    busy = [
        reserved("stimulator:3", wall(9), wall(10, 30)),
        reserved("stimulator:4", wall(10, 30), wall(12)),
    ]
    times = [f"{free.wall:%H:%M}" for free in answer(need(60, units=3), pools(units=units), busy)]
    assert times == ["09:00", "09:15", "09:30", "10:30", "10:45", "11:00"]


def test_any_therapist_is_whoever_is_free():
    both = {"therapist:1": weekdays(), "therapist:2": weekdays(time(11), time(13))}
    busy = [reserved("therapist:1", wall(9), wall(11, 30))]
    found = answer(need(60), pools(both), busy)
    assert (f"{found[0].wall:%H:%M}", found[0].therapists) == ("11:00", ("therapist:2",))


def test_a_dated_exception_replaces_the_weekly_hours():
    closed = Hours(weekly=weekdays().weekly, dated=(Dated(day=MONDAY, starts=None, ends=None),))
    short = Hours(
        weekly=weekdays().weekly, dated=(Dated(day=MONDAY, starts=time(9), ends=time(10)),)
    )
    assert answer(need(60), pools({"therapist:1": closed})) == []
    assert len(answer(need(60), pools({"therapist:1": short}))) == 1


def test_nothing_is_offered_before_the_notice_is_over():
    times = answer(need(60), pools(), earliest=wall(10, 20))
    assert f"{times[0].wall:%H:%M}" == "10:30"


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Edmonton", date(2025, 3, 9)),
        ("America/Edmonton", date(2025, 11, 2)),
        ("America/Edmonton", date(2026, 3, 8)),
        ("America/Edmonton", date(2026, 11, 1)),
        ("America/Edmonton", date(2027, 3, 14)),
        ("America/Toronto", date(2026, 11, 1)),
        ("America/Toronto", date(2027, 3, 14)),
    ],
)
def test_nine_o_clock_stays_nine_o_clock_around_a_change_of_clocks(zone, day):
    every_day = {"therapist:1": weekdays(days=range(7))}
    found = answer(
        need(60),
        pools(every_day),
        first=day - timedelta(days=1),
        last=day + timedelta(days=1),
        zone=zone,
    )
    assert [f.wall.hour for f in found if f.wall.minute == 0] == [9, 10, 11] * 3
    assert all(clock.to_utc(f.wall, zone) == f.starts for f in found)


@pytest.mark.parametrize(
    ("zone", "day", "hours", "walls"),
    [
        ("America/Edmonton", date(2025, 3, 9), 23, 91),  # 02:00 to 03:00 does not exist
        ("America/Edmonton", date(2025, 11, 2), 25, 95),  # 01:00 to 02:00 comes twice
        ("America/Edmonton", date(2026, 3, 8), 23, 91),  # the last change of clocks in Alberta
        ("America/Edmonton", date(2026, 11, 1), 24, 95),
        ("America/Edmonton", date(2027, 3, 14), 24, 95),
        ("America/Edmonton", date(2027, 11, 7), 24, 95),
        ("America/Toronto", date(2026, 3, 8), 23, 91),
        ("America/Toronto", date(2026, 11, 1), 25, 95),
        ("America/Toronto", date(2027, 3, 14), 23, 91),
        ("Africa/Cairo", date(2026, 4, 24), 23, 91),  # clocks jump over midnight itself
    ],
)
def test_on_a_long_or_a_short_day_no_time_is_lost_and_none_is_offered_twice(
    zone, day, hours, walls
):
    """From 00:00 to 23:45 a quarter of an hour fits 95 times on the wall, less what clocks jump over."""
    starts, ends = clock.day_bounds(day, zone)
    assert (ends - starts) / timedelta(hours=1) == hours
    always = weekdays(opens=time(0), closes=time(23, 45), days=range(7))
    found = answer(need(15), pools({"therapist:1": always}), first=day, last=day, zone=zone)
    assert len(found) == len({f.wall for f in found}) == walls
    assert len({f.starts for f in found}) == walls
    assert all(starts <= f.starts and f.starts + QUARTER <= ends for f in found)
    assert all(clock.to_utc(f.wall, zone) == f.starts for f in found)


def test_hours_that_begin_inside_the_jump_of_the_clocks_begin_after_it():
    early = weekdays(opens=time(2, 30), closes=time(4), days=range(7))
    day = date(2026, 3, 8)
    found = answer(need(30), pools({"therapist:1": early}), first=day, last=day)
    assert [f"{f.wall:%H:%M}" for f in found] == ["03:00", "03:15", "03:30"]


def test_the_nearest_times_come_in_their_order_of_time():
    found = nearest(answer(need(60), pools()), wall(10), 3)
    assert [f"{f.wall:%H:%M}" for f in found] == ["09:45", "10:00", "10:15"]


def test_it_refuses_a_service_that_makes_no_sense():
    with pytest.raises(BadInput, match="Correct the service"):
        need(0)


busy_rows = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "therapist:1",
                "therapist:2",
                "room:1",
                "room:2",
                "stimulator:1",
                "stimulator:2",
                "child:mila",
            ]
        ),
        st.integers(0, 60),  # five minutes after eight
        st.integers(1, 30),
    ),
    max_size=12,
)


@given(
    rows=busy_rows,
    minutes=st.sampled_from([15, 30, 45, 60]),
    before=st.sampled_from([0, 15]),
    after=st.sampled_from([0, 15, 30]),
    units=st.integers(0, 2),
)
@settings(max_examples=150, deadline=None)
def test_the_quick_answer_is_the_slow_one(rows, minutes, before, after, units):
    """Brute force: try every quarter hour against every reservation, rounded to quarters outwards."""
    both = {"therapist:1": weekdays(), "therapist:2": weekdays(time(10), time(12))}
    of = pools(both, ("room:1", "room:2"), ("stimulator:1", "stimulator:2"))
    five = timedelta(minutes=5)
    busy = [reserved(r, wall(8) + s * five, wall(8) + (s + n) * five) for r, s, n in rows]
    asked = need(minutes, before, after, units)

    def outwards(b):
        starts, ends = (datetime.fromtimestamp(s, UTC) for s in b[1:])
        down = (starts - wall(0)) // QUARTER * QUARTER
        up = -((wall(0) - ends) // QUARTER) * QUARTER
        return wall(0) + down, wall(0) + up

    def is_free(resource, starts):
        opens, closes = asked.around(starts)
        return all(
            closes <= outwards(b)[0] or outwards(b)[1] <= opens
            for b in busy
            if b.resource == resource
        )

    slow = []
    for n in range(96):
        starts = wall(0) + n * QUARTER
        ends = starts + timedelta(minutes=minutes)
        who = [
            r
            for r, opens in (("therapist:1", 9), ("therapist:2", 10))
            if wall(opens) <= starts and ends <= wall(12) and is_free(r, starts)
        ]
        rooms = [r for r in of.rooms if is_free(r, starts)]
        free_units = [r for r in of.units if is_free(r, starts)]
        if who and rooms and len(free_units) >= units and is_free("child:mila", starts):
            slow.append((starts, tuple(who), tuple(rooms), tuple(free_units)))
    quick = [(f.starts, f.therapists, f.rooms, f.units) for f in answer(asked, of, busy)]
    assert quick == slow
