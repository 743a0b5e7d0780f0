"""The only module that does local-time arithmetic, and the only one that knows time zones.

Wall time and zone are the truth of a future visit; UTC is derived, and derived again when the rules
of a zone change (Alberta stopped changing its clocks in 2026: tzdata older than 2026.3 is wrong).
"""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

import tzdata

from rheobase.errors import BadInput

OLDEST_TZDATA = (2026, 3)


def use_packaged_zones() -> None:
    """Take the rules of all zones from the pinned `tzdata` package, never from the system.

    Raises:
        BadInput: if the package is too old to know Alberta's change of 2026.
    """
    version = tuple(int(part) for part in tzdata.__version__.split(".")[:2])
    if version < OLDEST_TZDATA:
        raise BadInput(
            f"tzdata {tzdata.__version__} does not know that Alberta stopped changing its clocks. "
            "Install tzdata 2026.3 or newer."
        )
    zoneinfo.reset_tzpath(to=[])
    zoneinfo.ZoneInfo.clear_cache()


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """Return the date on the clinic's wall."""
    return now().astimezone(zoneinfo.ZoneInfo(zone)).date()


def to_utc(wall: datetime, zone: str) -> datetime:
    """Return the moment of a wall time.

    Args:
        wall: naive local time.
        zone: name of the zone.

    Raises:
        BadInput: if that wall time does not exist (clocks jump over it).
    """
    local = wall.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0)
    moment = local.astimezone(UTC)
    if moment.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None) != wall:
        raise BadInput(
            f"{wall:%Y-%m-%d %H:%M} does not exist in {zone}: clocks jump. Choose another time."
        )
    return moment


def to_utc_or_after(wall: datetime, zone: str) -> datetime:
    """Return the moment of a wall time or, where clocks jump over it, the moment of the jump."""
    while True:
        try:
            return to_utc(wall, zone)
        except BadInput:
            wall += timedelta(minutes=1)


def to_wall(moment: datetime, zone: str) -> datetime:
    """Return the naive local time of a moment."""
    return moment.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the moments at which a local day begins and ends (23, 24 or 25 hours apart)."""
    next_day = day + timedelta(days=1)
    return (
        to_utc_or_after(datetime.combine(day, time.min), zone),
        to_utc_or_after(datetime.combine(next_day, time.min), zone),
    )


def age_months(born: date, on: date) -> float:
    """Return completed months plus the fraction of the running one. [months]."""
    whole = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    return whole + (on.day - born.day) % 30.4375 / 30.4375
