"""The room's service opens a session with a sensor, shows it, and refuses one that does not fit."""

from dataclasses import replace

import pytest

from rheobase.errors import BadInput
from rheobase.simulated import cast
from tests.session.served import Hand, make_key, service


def test_an_invented_child_is_heard_through_the_service(tmp_path):
    home = tmp_path / "home"
    make_key(home)
    signed = cast.by_sensor(cast.mila(), replace(cast.SENSING, repetitions=5))
    with service(home) as (client, _):
        hand = Hand(client, home, signed)
        with pytest.raises(BadInput, match="none was named"):
            hand.open()
        real = [{**unit, "make": "manual"} for unit in hand.opening["units"]]
        with pytest.raises(BadInput, match="never start a real unit"):
            client.create(**{**hand.opening, "units": real, "sensor": "training"})
        hand.opening["sensor"] = "training"
        hand.open()
        shown = hand.until(lambda shown: shown["trigger"]["sensor"]["level"] is not None)
        sensor = shown["trigger"]["sensor"]
        assert (sensor["stream"], sensor["unit"], sensor["state"]) == (
            "invented child",
            "µV",
            "no threshold",
        )
        assert shown["trigger"]["buttons"] == []
        assert "rest" not in shown["allowed"]  # it has its place among the levels
