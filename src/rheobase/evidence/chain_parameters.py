"""The parameters of the chain, read from the tables and handed to the model as plain values."""

from functools import cache

from rheobase.evidence.facts import facts
from rheobase.evidence.load import numbers, raw
from rheobase.evidence.movement_facts import movement_facts, poses
from rheobase.evidence.muscle_sets import certificates, fatigue, kinetics
from rheobase.evidence.muscles import muscles
from rheobase.evidence.nerve import axon_course, polarisation
from rheobase.model.body.growth import Curve
from rheobase.model.body.norms import Norms
from rheobase.model.field.tissue import Tissue
from rheobase.model.twins.parameters import ChainParameters
from rheobase.stimulus.codec import from_plain


@cache
def norms() -> Norms:
    """Return curves and facts about bodies.

    Raises:
        BadInput: if a table is incomplete.
    """
    return Norms(curves=_curves("growth"), facts=facts("body"))


@cache
def chain_parameters() -> ChainParameters:
    """Return the parameters of the whole chain: hand them to `twins_of`.

    Raises:
        BadInput: if a table is incomplete.
    """
    varied = (
        "km", "tau_1_ms", "tau_2_ms", "tau_c_ms",
        "alpha_a_per_ms2", "alpha_tau_1_per_n", "alpha_km_per_ms_n", "tau_fat_ms",
    )  # fmt: skip
    spread = {name: certificates("ding2003")[name].spread for name in varied}
    return ChainParameters(
        norms=norms(),
        muscles=muscles(),
        tissue=Tissue(
            **{f"{key}_s_per_m": number.value for key, number in numbers("field").items()}
        ),
        nerve=polarisation(),
        motor_axons=axon_course("motor"),
        skin_axons=axon_course("sensory"),
        kinetics=kinetics("ding2003"),
        fatigue=fatigue(),
        kinetics_spread=spread,
        movement=movement_facts(),
        poses=poses(),
        facts=facts("chain"),
    )


def _curves(table: str) -> dict[str, Curve]:
    return {key: from_plain(Curve, entry, f"{table}.{key}") for key, entry in raw(table).items()}
