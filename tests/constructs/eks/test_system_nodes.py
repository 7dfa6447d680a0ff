"""The nodes of the cluster's own pods."""

from __future__ import annotations

import pytest

from lean_silicon.eks import SystemNodes
from lean_silicon.exceptions import InvalidValueError


@pytest.mark.parametrize(
    ("region", "wanted"), [("us-east-2", "m8g.large"), ("il-central-1", "m7g.large"), (None, "m7g.large")]
)
def test_the_newest_graviton_of_the_region_is_taken(region: str | None, wanted: str) -> None:
    assert SystemNodes().type_in(region) == wanted


def test_a_type_of_yours_is_taken_everywhere() -> None:
    assert SystemNodes("c8g.xlarge").type_in("us-east-2") == "c8g.xlarge"


@pytest.mark.parametrize("name", ["m7i.large", "g5g.xlarge", "m99g.large"])
def test_fails_for_what_is_no_plain_graviton(name: str) -> None:
    with pytest.raises(InvalidValueError, match=f"nodes are {name}, which is no Graviton type without accelerators"):
        SystemNodes(name)


def test_fails_for_numbers_that_are_not_in_order() -> None:
    with pytest.raises(InvalidValueError, match="minimum is 3, desired 3, maximum 2"):
        SystemNodes(minimum=3, maximum=2)


def test_fails_for_a_cluster_that_may_have_no_node_for_its_own_pods() -> None:
    with pytest.raises(InvalidValueError, match="minimum is 0, and without a node there is no DNS"):
        SystemNodes(minimum=0)
