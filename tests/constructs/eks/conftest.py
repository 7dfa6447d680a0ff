"""One cluster, in a stack whose region is not known, to which each module adds its nodes."""

from __future__ import annotations

import pytest
from aws_cdk import App, Environment, Stack

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
