"""The cast of the tests is complete, so that every address of a child can be tried."""

from rheobase.clinic import policy


def test_every_child_can_have_one_of_everything(world):
    for child in world.children:
        assert set(world.records(child)) == set(policy.CHILD_OF)


def test_ada_is_a_stranger_to_noor_and_olivia_to_mila(world):
    assert set(policy.children_for(world.ada)) == {world.mila, world.jonas}
    assert set(policy.children_for(world.olivia)) == {world.noor}
