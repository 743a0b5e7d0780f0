"""Adult currents with surface pads, from the whole chain: pads, field, axons, muscle.

Only the climb of motor branches and the calibre of skin endings were chosen with the first and the
third row in view; the others were not. An eighteen-year-old man stands for the adults.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from csv_rows import rows
from verdict import Verdict, within

from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import BodyMeasure, Child, Condition, Quantity, Sex
from rheobase.model.chain import respond
from rheobase.model.nerve.recruitment import rheobase_and_chronaxie
from rheobase.model.response import Response, Task
from rheobase.model.twins import Twins, twins_of
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.pads import Montage, Pad, Place, Segment, Side
from rheobase.stimulus.prescription import Posture
from rheobase.stimulus.pulse import Train, Waveform

MAN = Child(age_months=222, sex=Sex.MALE, condition=Condition.TYPICAL, gmfcs=None)
SMOOTH = "chronaxie of this axon model in the smooth field of pads is long, see strength_duration"
TRAIN = Train(
    waveform=Waveform.SYMMETRIC_BIPHASIC,
    amplitude_ma=10.0,
    pulse_width_us=300.0,
    frequency_hz=50.0,
    gap_us=0.0,
)


def answer(twins: Twins, muscle: str, montage: Montage, train: Train) -> Response:
    """Return the response of one muscle in sitting."""
    task = Task(
        muscle=muscle,
        side=Side.LEFT,
        posture=Posture.SITTING,
        voluntary=0.0,
        on_s=3.0,
        off_s=6.0,
        minutes=1.0,
    )
    return respond(twins, montage, train, task)


def thigh_pads() -> Montage:
    """Return two pads of 45 cm2 along the front of the thigh."""
    where = Place(segment=Segment.THIGH, side=Side.LEFT, u=0.35, phi_deg=10.0)
    high = Pad(place=where, width_mm=50.0, height_mm=90.0, round=False)
    return Montage(active=high, other=replace(high, place=replace(where, u=0.75)))


def quarter_ma(twins: Twins) -> float:
    """Return the current for a quarter of the knee's extension torque, median twin. [mA]"""
    currents = np.array([15.0, 25.0, 35.0, 45.0, 55.0, 65.0, 80.0, 100.0])
    share = [
        answer(
            twins, "quadriceps", thigh_pads(), replace(TRAIN, amplitude_ma=c)
        ).torque_fraction.middle
        for c in currents
    ]
    return float(np.interp(0.25, share, currents))


def forearm(twins: Twins) -> tuple[float, float]:
    """Return sensory rheobase [mA] and chronaxie [us] of pads on the forearm."""
    widths = np.array([50.0, 100.0, 200.0, 300.0, 500.0])
    montage = usual_montage(twins, twins.parameters.muscle("wrist_extensors"), Side.LEFT)
    one_phase = replace(TRAIN, waveform=Waveform.ASYMMETRIC_BIPHASIC)
    felt = [
        answer(
            twins, "wrist_extensors", montage, replace(one_phase, pulse_width_us=w)
        ).sensory_threshold_ma.middle
        for w in widths
    ]
    return rheobase_and_chronaxie(widths, np.array(felt))


def fat_ratio() -> float:
    """Return the current for the same torque under 14 mm of fat, over that under 5 mm. [1]"""
    needed = []
    for fat_mm in (5.0, 14.0):
        girth = 460.0 + 2.0 * np.pi * fat_mm
        measures = (
            _measure(Quantity.THIGH_SKINFOLD_MM, 2.0 * (fat_mm + 0.5)),
            _measure(Quantity.THIGH_GIRTH_MM, girth),
        )
        needed.append(quarter_ma(twins_of(replace(MAN, measures=measures), chain_parameters())))
    return needed[1] / needed[0]


def _measure(quantity: Quantity, value: float) -> BodyMeasure:
    return BodyMeasure(quantity=quantity, side=None, value=value, error=0.01 * value)


def verdicts() -> list[Verdict]:
    """Return all comparisons."""
    man = twins_of(MAN, chain_parameters())
    hip = usual_montage(man, chain_parameters().muscle("gluteus_medius"), Side.LEFT)
    rheobase, chronaxie = forearm(man)
    ours = (
        quarter_ma(man),
        answer(man, "gluteus_medius", hip, TRAIN).motor_threshold_ma.middle,
        rheobase,
        chronaxie,
        fat_ratio(),
    )
    table = list(rows(Path(__file__).parent / "bands.csv"))
    return [
        within(
            row["what"],
            number,
            float(row["low"]),
            float(row["high"]),
            unit=row["unit"],
            note=f"{row['value']}: {row['source']}" + (f"; {SMOOTH}" if missing else ""),
            known_miss=missing,
        )
        for row, number in zip(table, ours, strict=True)
        for missing in (row["what"] == "forearm sensory chronaxie",)
    ]
