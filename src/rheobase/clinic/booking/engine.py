"""Free times, computed and never stored: hours minus what is reserved, on a grid of quarter hours.

Each resource becomes one whole number whose bits are the quarter hours of the range; "free for the
whole visit" is then a few shifts and ANDs. Pure functions: the clock and the rows are handed in.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple, final

from rheobase.clinic import clock
from rheobase.errors import BadInput

QUARTER = timedelta(minutes=15)
QUARTER_S = 900
MINUTE = timedelta(minutes=1)
LONGEST = timedelta(days=1)  # of a reservation; the database refuses longer ones


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """Hours that repeat every week on the clinic's wall. Monday is 0."""

    weekday: int
    starts: time
    ends: time
    first_day: date
    last_day: date | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """Hours of one day instead of the weekly ones; closed if both times are None."""

    day: date
    starts: time | None
    ends: time | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When one therapist works."""

    weekly: tuple[Weekly, ...]
    dated: tuple[Dated, ...] = ()

    def on(self, day: date) -> tuple[tuple[time, time], ...]:
        """Return the stretches of one day, on the wall."""
        dated = [d for d in self.dated if d.day == day]
        if dated:
            return tuple((d.starts, d.ends) for d in dated if d.starts and d.ends)
        return tuple(
            (w.starts, w.ends)
            for w in self.weekly
            if w.weekday == day.weekday()
            and w.first_day <= day
            and (w.last_day is None or day <= w.last_day)
        )


class Busy(NamedTuple):
    """One reservation: [starts, ends), buffers included. A plain tuple: there are thousands of them."""

    resource: str
    starts_s: int  # seconds since 1970 [UTC]
    ends_s: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a visit needs.

    Attributes:
        minutes: of the visit itself; it must lie inside the hours.
        before_min, after_min: kept free around it for therapist, room, child and units.
        units: number of stimulators; the same ones for the whole visit.
    """

    minutes: int
    before_min: int
    after_min: int
    units: int

    def __post_init__(self) -> None:
        least = min(self.before_min, self.after_min, self.units)
        longest_min = self.before_min + self.minutes + self.after_min
        if self.minutes <= 0 or least < 0 or longest_min >= LONGEST // MINUTE:
            raise BadInput(
                f"A visit of {self.minutes} minutes, {self.before_min} and {self.after_min} minutes "
                f"around it and {self.units} units cannot be planned. Correct the service."
            )

    def around(self, starts: datetime) -> tuple[datetime, datetime]:
        """Return from when to when everything is reserved."""
        return (
            starts - timedelta(minutes=self.before_min),
            starts + timedelta(minutes=self.minutes + self.after_min),
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pools:
    """What there is to choose from; each name is a resource.

    Attributes:
        therapists: resource to hours.
        rooms: resources.
        units: resources.
        child: the child's resource.
    """

    therapists: Mapping[str, Hours]
    rooms: tuple[str, ...]
    units: tuple[str, ...]
    child: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """One free time, and who and what could serve it.

    Attributes:
        starts: in UTC.
        wall: the same moment on the clinic's wall.
        therapists, rooms, units: resources that are free, in the order they were given.
    """

    starts: datetime
    wall: datetime
    therapists: tuple[str, ...]
    rooms: tuple[str, ...]
    units: tuple[str, ...]


def free_times(
    need: Need,
    pools: Pools,
    busy: Iterable[Busy | tuple[str, int, int]],
    *,
    earliest: datetime,
    first_day: date,
    last_day: date,
    zone: str,
) -> list[Free]:
    """Return every time at which the visit can begin, soonest first.

    Where clocks go back, an hour of the wall comes twice; its times are offered once, as the first.

    Args:
        need: what the visit needs.
        pools: what there is to choose from.
        busy: reservations that touch the range; of other resources they are ignored.
        earliest: no time before this moment (now, plus the notice).
        first_day: of the clinic's calendar.
        last_day: included.
        zone: the clinic's.
    """
    grid = Grid.over(first_day, last_day, zone)
    taken = grid.taken(busy)
    fits = {r: grid.starts_free(taken.get(r, 0), need) for r in _resources(pools)}
    days = [first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1)]
    walls = grid.walls(zone)
    open_to = {
        r: fits[r] & grid.starts_inside(hours, days, need, walls)
        for r, hours in pools.therapists.items()
    }
    any_therapist = _union(open_to.values())
    any_room = _union(fits[r] for r in pools.rooms)
    possible = any_therapist & any_room & fits[pools.child] & grid.from_moment(earliest)
    who = _Sets(open_to)
    rooms = _Sets({r: fits[r] for r in pools.rooms})
    units = _Sets({r: fits[r] for r in pools.units})
    found = []
    for bit in _bits(possible):
        starts = grid.moment(bit)
        wall = clock.to_wall(starts, zone)
        if len(units.at(bit)) >= need.units and not wall.fold:
            found.append(
                Free(
                    starts=starts,
                    wall=wall,
                    therapists=who.at(bit),
                    rooms=rooms.at(bit),
                    units=units.at(bit),
                )
            )
    return found


@final
class _Sets:
    """Which of some resources are free at a bit; asked for rising bits, counted anew only at a change."""

    def __init__(self, masks: Mapping[str, int]) -> None:
        self._masks = masks
        self._changes = _union(mask ^ (mask << 1) for mask in masks.values())
        self._last = -1
        self._answer: tuple[str, ...] = ()

    def at(self, bit: int) -> tuple[str, ...]:
        """Return the resources that are free at a bit."""
        if self._last < 0 or (self._changes >> (self._last + 1)) & _ones(0, bit - self._last):
            self._answer = tuple(r for r, mask in self._masks.items() if mask >> bit & 1)
        self._last = bit
        return self._answer


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Quarter hours from a moment on; bit n of a number is quarter n."""

    origin: datetime
    size: int

    @classmethod
    def over(cls, first_day: date, last_day: date, zone: str) -> "Grid":
        """Return the grid of these days, with room for a visit's buffers on both sides."""
        starts = clock.day_bounds(first_day, zone)[0] - LONGEST
        ends = clock.day_bounds(last_day, zone)[1] + LONGEST
        return cls(origin=starts, size=(ends - starts) // QUARTER)

    def moment(self, bit: int) -> datetime:
        """Return when a quarter hour begins."""
        return self.origin + bit * QUARTER

    def taken(self, busy: Iterable[Busy | tuple[str, int, int]]) -> dict[str, int]:
        """Return, for each resource, the quarter hours that are touched by a reservation."""
        masks: dict[str, int] = defaultdict(int)
        origin_s, size = int(self.origin.timestamp()), self.size
        for resource, starts_s, ends_s in busy:
            first = max(0, (starts_s - origin_s) // QUARTER_S)
            end = min(size, -((origin_s - ends_s) // QUARTER_S))
            if end > first:
                masks[resource] |= ((1 << (end - first)) - 1) << first
        return masks

    def starts_free(self, taken: int, need: Need) -> int:
        """Return the starts at which nothing taken is touched, buffers included."""
        before = -(-need.before_min // 15)
        length = before + -(-(need.minutes + need.after_min) // 15)
        return _runs(_ones(0, self.size) & ~taken, length) << before

    def walls(self, zone: str) -> Callable[[date, time], int]:
        """Return a function from a wall time to minutes after the origin; it reckons each one once."""

        @cache
        def minutes_of(day: date, wall: time) -> int:
            moment = clock.to_utc_or_after(datetime.combine(day, wall), zone)
            return (moment - self.origin) // MINUTE

        return minutes_of

    def starts_inside(
        self, hours: Hours, days: Iterable[date], need: Need, walls: Callable[[date, time], int]
    ) -> int:
        """Return the starts at which the visit itself lies inside the hours."""
        mask = 0
        for day in days:
            for opens, closes in hours.on(day):
                first = -(-walls(day, opens) // 15)
                last = (walls(day, closes) - need.minutes) // 15
                mask |= _ones(first, last + 1)
        return mask

    def from_moment(self, moment: datetime) -> int:
        """Return the starts at or after a moment."""
        return _ones(max(0, -((self.origin - moment) // QUARTER)), self.size)


def nearest(times: Iterable[Free], wanted: datetime, count: int) -> list[Free]:
    """Return the free times that are nearest to a wanted moment, in their order of time."""
    closest = sorted(times, key=lambda free: abs(free.starts - wanted))[:count]
    return sorted(closest, key=lambda free: free.starts)


def _resources(pools: Pools) -> list[str]:
    return [*pools.therapists, *pools.rooms, *pools.units, pools.child]


def _ones(first: int, end: int) -> int:
    """Return ones at bits first to end - 1."""
    return ((1 << (end - first)) - 1) << first if end > first else 0


def _runs(mask: int, length: int) -> int:
    """Return the bits at which a run of `length` ones begins (doubling, so log2 steps)."""
    done = 1
    while done < length:
        step = min(done, length - done)
        mask &= mask >> step
        done += step
    return mask


def _union(masks: Iterable[int]) -> int:
    result = 0
    for mask in masks:
        result |= mask
    return result


def _bits(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
