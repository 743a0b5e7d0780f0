"""Virtual twins: an ensemble that agrees with everything known of a child, and learns from it."""

from rheobase.model.twins.calibration import calibrated
from rheobase.model.twins.ensemble import Twins, twins_of
from rheobase.model.twins.parameters import ChainParameters

__all__ = ["ChainParameters", "Twins", "calibrated", "twins_of"]
