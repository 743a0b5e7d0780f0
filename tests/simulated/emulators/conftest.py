"""What tests with an emulated unit in their own process share."""

import pytest
from tests.session.bench import punctual


@pytest.fixture
def punctually():
    """A crowded machine must not starve the emulated units, whose threads begin with a test's priority."""
    with punctual():
        yield
