"""One child under every dose: rows of a table. Pure: the same study and number, the same rows.

Ours
    The numbers are those of `respond`, one for one. At the train's own amplitude, per twin:
      recruited            share of the target's motor axons
      neighbour_recruited  the greatest share among its neighbours
      selectivity          recruited - neighbour_recruited, -1 to 1
    What the model refuses is a row with its reason. Where only words may be shown (below two
    years, unless calibrated) the numbers are empty and the words stay.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.cohort.children import drawn, drawn_plain
from rheobase.cohort.doses import Dose, doses_of, montage_of
from rheobase.cohort.study import Study
from rheobase.errors import BadInput
from rheobase.model.body.child import Child
from rheobase.model.chain import band, respond
from rheobase.model.response import Band, Response
from rheobase.model.twins import ChainParameters, Twins, twins_of
from rheobase.model.twins.recruitment import Pulse, recruitment
from rheobase.stimulus.pads import Montage

Array = NDArray[np.float64]
Row = dict[str, Any]  # by column of `columns.columns_of`; what is missing is empty

QUANTILES = (("p05", "low"), ("p50", "middle"), ("p95", "high"))


def rows_of(study: Study, number: int, parameters: ChainParameters) -> list[Row]:
    """Return the rows of one child of a study, dose by dose.

    Args:
        study: what is asked.
        number: of the child, 0 to `children` - 1.
        parameters: of the chain, see `evidence.chain_parameters`.
    """
    doses = doses_of(study.doses)
    try:
        one = drawn(study.population, number, parameters.norms)
    except BadInput as error:
        about = _who(number, drawn_plain(study.population, number)[0])
        return [{**about, **_asked(dose), "refused": str(error)} for dose in doses]
    twins = twins_of(one.child, parameters, n=study.twins, seed=one.twins_seed)
    about = _who(number, one.child)
    return [{**about, **row} for row in answers_of(twins, doses)]


def answers_of(twins: Twins, doses: Sequence[Dose]) -> list[Row]:
    """Return what the doses will probably do to one child, a row each.

    Args:
        twins: of the child; those that `calibrated` returns have numbers below two years too.
        doses: in any order; those that share a pulse are quicker side by side.
    """
    return [_answer(twins, dose) for dose in doses]


def _answer(twins: Twins, dose: Dose) -> Row:
    row = _asked(dose)
    try:
        row.update(_body(twins, dose))
        montage = montage_of(twins, dose.placement)
        row.update(_pads(montage))
        response = respond(twins, montage, dose.train, dose.task)
    except BadInput as error:
        return {**row, "refused": str(error)}
    row.update(_words(response))
    if not response.words_only:
        row.update(_numbers(response))
        row.update(_spill(twins, montage, dose, response))
    return row


def _who(number: int, child: Child) -> Row:
    return {
        "child": number,
        "age_months": child.age_months,
        "sex": child.sex.value,
        "condition": child.condition.value,
        "gmfcs": child.gmfcs,
        **{f"measured_{m.quantity.value}": m.value for m in child.measures},
    }


def _asked(dose: Dose) -> Row:
    return {
        "dose": dose.number,
        "placement": dose.placement.name,
        "muscle": dose.placement.muscle,
        "side": dose.placement.side.value,
        "amplitude_ma": dose.train.amplitude_ma,
        "pulse_width_us": dose.train.pulse_width_us,
        "frequency_hz": dose.train.frequency_hz,
    }


def _body(twins: Twins, dose: Dose) -> Row:
    """Return the median twin at the target: what thresholds depend on most."""
    sizes = twins.sizes(dose.placement.side)
    segment = twins.parameters.muscle(dose.placement.muscle).segment
    found = {
        "height_p50_cm": 100.0 * sizes.height_m,
        "mass_p50_kg": sizes.mass_kg,
        "girth_p50_mm": sizes.girth_mm.get(segment),
        "fat_p50_mm": sizes.fat_mm.get(segment),
    }
    return {name: float(np.median(v)) for name, v in found.items() if v is not None}


def _pads(montage: Montage) -> Row:
    return {
        f"{name}_{what}": value
        for name, pad in (("active", montage.active), ("other", montage.other))
        for what, value in (
            ("segment", pad.place.segment.value),
            ("u", pad.place.u),
            ("phi_deg", pad.place.phi_deg),
            ("width_mm", pad.width_mm),
            ("height_mm", pad.height_mm),
        )
    }


def _words(response: Response) -> Row:
    moves = response.movement
    return {
        "strength": response.strength.value,
        "words_only": response.words_only,
        "joint": moves.joint if moves else None,
        "direction": moves.direction if moves else None,
        "limiter": moves.limiter if moves else None,
        "no_movement": response.no_movement or None,
    }


def _numbers(response: Response) -> Row:
    row = {
        **_band("motor_threshold", response.motor_threshold_ma, "_ma"),
        **_band("sensory_threshold", response.sensory_threshold_ma, "_ma"),
        **_band("torque", response.torque_nm, "_nm"),
        **_band("torque_fraction", response.torque_fraction),
        **_band("fatigue_left", response.fatigue_left),
        **_band("discomfort", response.discomfort),
    }
    if response.movement is not None:
        row.update(_band("angle", response.movement.change_deg, "_deg"))
    return row


def _spill(twins: Twins, montage: Montage, dose: Dose, response: Response) -> Row:
    """Return recruitment at the train's amplitude, from what the chain has just computed."""
    train, muscle = dose.train, twins.parameters.muscle(dose.task.muscle)
    pulse = Pulse(waveform=train.waveform, pulse_width_us=train.pulse_width_us, gap_us=train.gap_us)
    found = recruitment(twins, montage, pulse, muscle, dose.task.side)
    at_ma = np.array([train.amplitude_ma])
    target = found.target(at_ma)[:, 0]
    row = _band("recruited", band(target))
    near = {key: found.fraction(key, at_ma)[:, 0] for key in response.neighbours}
    if not near:
        return row
    bands = {key: band(share) for key, share in near.items()}
    most = np.max(list(near.values()), axis=0)
    row["neighbour"] = max(bands, key=lambda key: bands[key].middle)
    row["neighbours"] = [
        {"muscle": key, **_band("recruited", one)} for key, one in sorted(bands.items())
    ]
    row.update(_band("neighbour_recruited", band(most)))
    row.update(_band("selectivity", band(target - most)))
    return row


def _band(name: str, values: Band, unit: str = "") -> Row:
    return {f"{name}_{short}{unit}": getattr(values, long) for short, long in QUANTILES}
