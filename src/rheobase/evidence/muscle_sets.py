"""Named muscles from the table `muscle.toml`: one set, one paper, never mixed."""

from rheobase.errors import BadInput
from rheobase.evidence.load import Number, numbers
from rheobase.model.muscle.ding2003 import Ding2003, Fatigue
from rheobase.model.muscle.ding2007 import Ding2007
from rheobase.model.muscle.fuglevand1993 import PoolShape
from rheobase.model.muscle.hmed2018 import Hmed2018
from rheobase.model.muscle.marion2009 import Marion2009
from rheobase.model.muscle.marion2013 import Marion2013
from rheobase.model.muscle.potvin_fuglevand2017 import UnitFatigue

KINETICS = ("ding2003", "ding2007", "marion2009")
FATIGUE = ("ding2003", "marion2009")


def certificates(name: str) -> dict[str, Number]:
    """Return the numbers of one set with their birth certificates, by parameter.

    Raises:
        BadInput: if there is no such set.
    """
    prefix = name + "_"
    found = {
        key.removeprefix(prefix): number
        for key, number in numbers("muscle").items()
        if key.startswith(prefix)
    }
    if not found:
        raise BadInput(f"There is no muscle set {name!r} in evidence/muscle.toml. Check the name.")
    return found


def kinetics(name: str) -> Ding2003:
    """Return the fresh muscle of one set: "ding2003", "ding2007" or "marion2009" (at 90 deg).

    Raises:
        BadInput: if the set holds no kinetics.
    """
    if name not in KINETICS:
        raise BadInput(f"{name!r} has no kinetics of its own. Use one of: {', '.join(KINETICS)}.")
    value = _values(name)
    return Ding2003(
        a_n_per_ms=value["a_n_per_ms"],
        tau_1_ms=value["tau_1_ms"],
        tau_2_ms=value["tau_2_ms"],
        tau_c_ms=value["tau_c_ms"],
        km=value["km"],
        r0=value["km"] + value["r0_minus_km"],
        r0_follows_km=True,
    )


def fatigue(name: str = "ding2003") -> Fatigue:
    """Return the fatigue of one set: "ding2003", or "marion2009", two of whose rates are in doubt.

    Raises:
        BadInput: if the set holds no fatigue.
    """
    if name not in FATIGUE:
        raise BadInput(f"{name!r} has no fatigue of its own. Use one of: {', '.join(FATIGUE)}.")
    value = _values(name)
    return Fatigue(
        alpha_a_per_ms2=value["alpha_a_per_ms2"],
        alpha_tau_1_per_n=value["alpha_tau_1_per_n"],
        alpha_km_per_ms_n=value["alpha_km_per_ms_n"],
        tau_fat_ms=value["tau_fat_ms"],
    )


def pulse_width() -> Ding2007:
    """Return the recruitment by pulse width of Ding 2007."""
    value = _values("ding2007")
    return Ding2007(pd0_us=value["pd0_us"], pdt_us=value["pdt_us"])


def amplitude() -> Hmed2018:
    """Return the amplitude curve of Hmed 2018."""
    return Hmed2018(**_values("hmed2018"))


def knee_angle() -> Marion2009:
    """Return the angle parabola of Marion 2009."""
    value = _values("marion2009")
    return Marion2009(a_per_deg2=value["a_per_deg2"], b_per_deg=value["b_per_deg"])


def knee_speed() -> Marion2013:
    """Return the speed term of Marion 2013."""
    return Marion2013(**_values("marion2013"))


def pool_shape() -> PoolShape:
    """Return the shape of a motor-unit pool."""
    value = _values("potvin2017")
    return PoolShape(
        n_units=int(value["n_units"]),
        recruitment_range=value["recruitment_range"],
        twitch_range=value["twitch_range"],
        longest_contraction_ms=value["longest_contraction_ms"],
        contraction_range=value["contraction_range"],
    )


def unit_fatigue() -> UnitFatigue:
    """Return the fatigue of motor units."""
    value = _values("potvin2017")
    return UnitFatigue(
        fatigue_range=value["fatigue_range"],
        fatigue_rate_per_s=value["fatigue_rate_per_s"],
        slowing=value["slowing"],
    )


def _values(name: str) -> dict[str, float]:
    return {key: number.value for key, number in certificates(name).items()}
