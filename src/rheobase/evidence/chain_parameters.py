"""The parameters of the chain, read from the tables and handed to the model as plain values."""

from collections.abc import Mapping
from functools import cache

from rheobase.evidence.load import Number, numbers, raw
from rheobase.evidence.movement_facts import movement_facts, poses
from rheobase.evidence.muscle_sets import certificates, fatigue, kinetics
from rheobase.evidence.muscles import muscles
from rheobase.evidence.nerve import axon_course, polarisation
from rheobase.model.body.growth import Curve
from rheobase.model.body.norms import Fact, Norms
from rheobase.model.field.tissue import Tissue
from rheobase.model.twins.parameters import ChainParameters
from rheobase.stimulus.codec import from_plain


def _facts(table: Mapping[str, Number]) -> dict[str, Fact]:
    return {
        key: Fact(
            value=one.value,
            unit=one.unit,
            spread=one.spread,
            source=one.source,
            population=one.population,
            tag=one.tag,
        )
        for key, one in table.items()
    }


@cache
def norms() -> Norms:
    """Return curves and facts about bodies.

    Raises:
        BadInput: if a table is incomplete.
    """
    return Norms(curves=_curves("growth"), facts=_facts(numbers("body")))


@cache
def chain_parameters() -> ChainParameters:
    """Return the parameters of the whole chain: hand them to `twins_of`.

    Raises:
        BadInput: if a table is incomplete.
    """
    varied = ("tau_1_ms", "tau_2_ms", "tau_c_ms", "km")
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
        facts=_facts(numbers("chain")),
    )


def _curves(table: str) -> dict[str, Curve]:
    return {key: from_plain(Curve, entry, f"{table}.{key}") for key, entry in raw(table).items()}
