"""Names that EKS takes, and those that it does not."""

from __future__ import annotations

import pytest
from aws_cdk import Aws

from lean_silicon.eks.names import check_cluster_name, check_node_group_name
from lean_silicon.exceptions import InvalidValueError


@pytest.mark.parametrize(
    "name", ["research", "1-research_2", "a" * 63, pytest.param(Aws.STACK_NAME, id="a token"), None]
)
def test_takes_what_eks_takes_and_what_is_known_at_deployment_only(name: str | None) -> None:
    check_cluster_name(name)
    check_node_group_name(name)


@pytest.mark.parametrize("name", ["", "-research", "research.1", "forschung-ü", "a" * 101])
def test_fails_for_what_eks_refuses(name: str) -> None:
    with pytest.raises(InvalidValueError, match=r"cluster_name is .* 1 to 100 letters"):
        check_cluster_name(name)
    with pytest.raises(InvalidValueError, match=r"node_group_name is .* 1 to 63 letters"):
        check_node_group_name(name)
