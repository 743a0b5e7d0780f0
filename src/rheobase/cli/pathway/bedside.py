"""Steps 7 to 9: a session on virtual units with a virtual child, its journal, its note."""

import asyncio
import itertools
import time
from typing import Any, final

from rheobase.cli._processes import bedside_process
from rheobase.cli.pathway.stage import Stage
from rheobase.clinic import clock
from rheobase.clinic.diary import services as diary
from rheobase.clinic.live import services as live
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.plan.models import SignedPlan
from rheobase.home import service_token
from rheobase.session.client import AsyncClient, Client
from rheobase.simulated.child import eager
from rheobase.simulated.rehearsal import Rehearsal
from rheobase.stimulus import Prescription

BLOCK_MIN = 0.25


@final
class Desk:
    """The console's place: presses and looks over HTTP, as the browser does."""

    def __init__(self, client: AsyncClient, session: str) -> None:
        self._client, self._session = client, session
        self._keys = itertools.count(1)
        self._seen_s = 0.0

    async def press(self, do: str, slot: str = "", **data: Any) -> dict[str, Any]:
        """Carry out a command and return the snapshot."""
        wish = {"key": f"pathway-{next(self._keys)}", "do": do, "slot": slot, **data}
        return await self._client.command(self._session, wish)

    async def look(self, wait_s: float) -> dict[str, Any]:
        """Show presence, wait, and return the snapshot."""
        if time.monotonic() - self._seen_s > 0.5:
            await self._client.presence(self._session)
            self._seen_s = time.monotonic()
        await asyncio.sleep(wait_s)
        return await self._client.snapshot(self._session)


def prepare(stage: Stage) -> dict[str, Any]:
    """Steps 7 and 8 happen at one bedside; this opens it, and `deliver` goes on from its journal."""
    plan = SignedPlan.objects.get(pk=stage.kept("plan"))
    before = Treatment.objects.filter(plan=plan, ended__isnull=True)
    visit = live.visit_of_today(stage.child, clock.now(), stage.zone)
    with bedside_process(start=True) as url:
        with Client(url, service_token()) as client:
            for broken_off in before:
                live.taken_in(broken_off, client, clock.now())
            treatment = live.begin(
                plan,
                therapist=stage.therapist,
                units=live.free_units(visit)[: len(live.prescription_of(plan).channels)],
                visit=visit,
                at=clock.now(),
                zone=stage.zone,
                client=client,
            )
        stage.keep("treatment", treatment.pk)
        stage.progress.save()
        asyncio.run(_session(url, str(treatment.pk), live.prescription_of(plan)))
        with Client(url, service_token()) as client:
            live.taken_in(treatment, client, clock.now())
    treatment.refresh_from_db()
    found = treatment.events.filter(kind="found")
    levels = treatment.events.filter(kind="ladder")
    return {
        "skin_before": treatment.summary["skin"].get("before"),
        "units_checked": len(treatment.units),
        "motor_points": {event.slot: event.data["data"]["position"] for event in found},
        "ladder_ma": {
            f"{event.slot} {event.data['data']['level']}": event.data["data"]["amplitude_ma"]
            for event in levels
        },
        "comfort_without_current": treatment.summary["behaviour"]["first"],
    }


async def _session(url: str, session: str, prescription: Prescription) -> None:
    client = AsyncClient(url, service_token())
    try:
        desk = Desk(client, session)
        await Rehearsal(desk, prescription, eager(prescription)).run(BLOCK_MIN)
    finally:
        await client.close()


def deliver(stage: Stage) -> dict[str, Any]:
    """Step 8: what the units confirmed."""
    treatment = Treatment.objects.get(pk=stage.kept("treatment"))
    summary = treatment.summary
    confirmed = treatment.events.filter(kind="confirmed").count()
    return {
        "units": len(summary["slots"]),
        "minutes": summary["minutes"],
        "contractions": sum(slot["contractions"] for slot in summary["slots"]),
        "charge_uc": round(sum(slot["charge_uc"] for slot in summary["slots"]), 1),
        "highest_ma": max(slot["highest_ma"] for slot in summary["slots"]),
        "confirmations": confirmed,
        "how_it_ended": treatment.how_it_ended,
    }


def record(stage: Stage) -> dict[str, Any]:
    """Step 9: the note drafted from the journal, completed, signed; then an addendum."""
    treatment = Treatment.objects.get(pk=stage.kept("treatment"))
    note = diary.note_of(treatment, stage.therapist, clock.now())
    if note.signed is None:
        text = note.text + "\nMila counted every rise. Next time: one hand only."
        note = diary.signed(note, text, stage.therapist, clock.now())
    if not note.addenda.exists():
        diary.added(
            note, "Mother says the skin was clear in the evening.", stage.therapist, clock.now()
        )
    return {
        "events": treatment.events.count(),
        "note_characters": len(note.text),
        "signed": note.signed is not None,
        "whole": diary.is_whole(note),
        "addenda": note.addenda.count(),
    }
