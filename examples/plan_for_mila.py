"""What is proposed for Mila, who is six, and why 20 Hz? (Mila is invented.)"""

from pathlib import Path

from rheobase.planner.case import Case
from rheobase.planner.files import read_file
from rheobase.planner.proposal import Proposal
from rheobase.planner.propose import propose

case = read_file(Case, Path(__file__).parent / "cases" / "mila_gluteus_medius_walking.json")
proposal = propose(case)
assert isinstance(proposal, Proposal)

for channel in proposal.channels:
    order = channel.order
    print(f"{order.side} {order.muscle}: {order.frequency_hz:g} Hz, {order.pulse_width_us:g} µs")

reason = next(r for r in proposal.reasons if r.about == "A.frequency_hz")
print(f"{reason.value}: {reason.why} [{reason.source}, {reason.standing}]")

assert proposal.channels[0].order.frequency_hz == 20.0
assert reason.source == "alabdulwahab2009"
