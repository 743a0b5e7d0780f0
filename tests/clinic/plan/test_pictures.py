"""The pictures of a prediction say in words what they draw, and never more digits than are known."""

import pytest

from rheobase.clinic.plan import joint, pictures, services
from rheobase.model.response import Band


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (21.7149, "22"),
        (8.31, "8.3"),
        (0.431, "0.43"),
        (0.0123, "0.01"),
        (1e-14, "0"),
        (147.0, "147"),
    ],
)
def test_a_prediction_has_two_digits(value, words):
    assert pictures.near(value) == words


def test_a_range_is_said_with_its_middle_first():
    assert pictures.spoken(Band(low=0.051, middle=0.51, high=0.92), "%", 100) == "51 % (5.1 to 92)"


@pytest.fixture
def channel(draft):
    """The first channel of Mila's proposal."""
    return services.proposal_of(draft).channels[0]


def test_recruitment_names_the_target_the_neighbours_and_the_ceiling(channel):
    svg = pictures.recruitment(channel.prediction, channel.order)
    assert f"At the ceiling of {channel.order.ceiling_ma:g} mA: quadriceps (target)" in svg
    assert "target-band" in svg
    assert "near-1-line" in svg
    assert "style=" not in svg


def test_the_fan_says_direction_and_limiter(channel):
    svg = joint.fan(channel.prediction.movement)
    assert "extension of the knee by" in svg
    assert "limited by" in svg


def test_the_threshold_is_drawn_beside_the_ceiling(channel):
    svg = pictures.threshold(channel.prediction, channel.order)
    assert "ceiling" in svg
    assert "most likely" in svg


def test_the_model_can_be_warmed_before_anybody_asks():
    services.warm()
