"""Pods and the machines that they run on are told once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lean_silicon.estimates import Estimate, estimate
from lean_silicon.templates import App, read_template

CLUSTER = {"Ref": "Cluster"}
TYPE = "node.kubernetes.io/instance-type"
SMALL, LARGE = "inf2.xlarge", "inf2.8xlarge"


def applied(manifest: dict[str, Any], cluster: Any = CLUSTER) -> dict[str, Any]:
    properties = {"Manifest": json.dumps([manifest]), "ClusterName": cluster, "ServiceToken": "arn"}
    return {"Type": "Custom::AWSCDK-EKS-KubernetesResource", "Properties": properties}


def pool(*types: str, cluster: Any = CLUSTER) -> dict[str, Any]:
    requirements = [
        {"key": TYPE, "operator": "In", "values": list(types)},
        {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand"]},
    ]
    spec = {"template": {"spec": {"requirements": requirements}}}
    return applied(
        {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "p"}, "spec": spec}, cluster
    )


def pods(*types: str, cluster: Any = CLUSTER) -> dict[str, Any]:
    terms = [{"matchExpressions": [{"key": TYPE, "operator": "In", "values": list(types)}]}]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    limits = {"limits": {"aws.amazon.com/neuron": "1"}}
    spec = {"affinity": {"nodeAffinity": required}, "containers": [{"name": "vllm", "resources": limits}]}
    return applied(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "d"},
            "spec": {"template": {"spec": spec}},
        },
        cluster,
    )


def group(kind: str, desired: int = 2) -> dict[str, Any]:
    sizes = {"MinSize": 0, "DesiredSize": desired, "MaxSize": 4}
    properties = {"ClusterName": CLUSTER, "InstanceTypes": [kind], "ScalingConfig": sizes}
    return {"Type": "AWS::EKS::Nodegroup", "Properties": properties}


def estimated(**resources: dict[str, Any]) -> Estimate:
    read = read_template({"Resources": resources}, path="stack.template.json", region="us-east-2", stack="Stack")
    return estimate(App(templates=[read]))


def asking(result: Estimate) -> list[str]:
    return [row.use.resource.logical_id for row in result.rows]


def likely(result: Estimate) -> float:
    costs = [row.monthly.cost for row in result.rows if row.monthly is not None]
    return sum(cost.likely for cost in costs if cost is not None)


def test_a_pool_and_the_pods_on_it_are_one_machine_of_a_type_that_the_pods_accept() -> None:
    together = estimated(Pool=pool(SMALL, LARGE), Pods=pods(LARGE))
    assert asking(together) == ["Pool"]
    [row] = together.rows
    assert row.instance_types == (LARGE, SMALL)
    assert likely(together) == pytest.approx(likely(estimated(Pods=pods(LARGE))))
    assert "runs the pods of Pods, which are not counted again" in row.assumptions


def test_a_pool_alone_is_likeliest_of_its_cheapest_type() -> None:
    [row] = estimated(Pool=pool(SMALL, LARGE)).rows
    assert row.instance_types == (SMALL, LARGE)


def test_a_node_group_has_the_machines_that_it_says_whatever_runs_there() -> None:
    together = estimated(Group=group(LARGE, desired=2), Pods=pods(LARGE))
    assert asking(together) == ["Group"]
    assert likely(together) == pytest.approx(likely(estimated(Group=group(LARGE, desired=2))))


def test_several_deployments_on_one_pool_are_named_and_not_added() -> None:
    together = estimated(Pool=pool(SMALL, LARGE), First=pods(LARGE), Second=pods(SMALL))
    assert asking(together) == ["Pool"]
    assert sum("not counted again" in said for said in together.rows[0].assumptions) == 2


@pytest.mark.parametrize(
    "host",
    [
        pytest.param(pool(LARGE, cluster="another"), id="of another cluster"),
        pytest.param(pool(SMALL), id="of other types"),
        pytest.param({"Type": "AWS::SQS::Queue", "Properties": {}}, id="not in the template"),
    ],
)
def test_pods_whose_machines_nobody_here_starts_are_machines_of_their_own(host: dict[str, Any]) -> None:
    result = estimated(Host=host, Pods=pods(LARGE))
    assert "Pods" in asking(result)
    assert not any("not counted again" in said for row in result.rows for said in row.assumptions)
