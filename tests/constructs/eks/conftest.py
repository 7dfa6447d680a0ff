"""Clusters to which each module adds its nodes, and one with everything, which is synthesized and judged once."""

from __future__ import annotations

import pytest
from aws_cdk import App, Environment, Stack
from eks_pools import Pools
from eks_workloads import Working, synthesized_work

from lean_silicon.eks import AcceleratedCluster

US_EAST_2 = Environment(account="111122223333", region="us-east-2")


@pytest.fixture(scope="module")
def cluster() -> AcceleratedCluster:
    """A cluster in a stack without a region."""
    return AcceleratedCluster(Stack(App(analytics_reporting=False), "Eks"), "Cluster")


@pytest.fixture(scope="module")
def cluster_in_ohio() -> AcceleratedCluster:
    """A cluster in us-east-2."""
    return AcceleratedCluster(Stack(App(analytics_reporting=False), "Eks", env=US_EAST_2), "Cluster")


@pytest.fixture(scope="session")
def working(tmp_path_factory: pytest.TempPathFactory) -> Working:
    """Every add-on, three pools, deployments and jobs."""
    return synthesized_work(tmp_path_factory.mktemp("working"))


@pytest.fixture(scope="session")
def pools(working: Working) -> Pools:
    """Karpenter and its pools there."""
    return working.pools


@pytest.fixture(scope="session")
def equipped(working: Working) -> Stack:
    """The stack with every add-on."""
    return working.stack
