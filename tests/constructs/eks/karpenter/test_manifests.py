"""Pools as Karpenter and EKS Auto Mode get them."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from aws_cdk import App, Duration, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Match, Template
from eks_documents import check_manifest, manifests, of_kind
from eks_pools import CHAT, TRAINING, Pools, cluster_in_auto_mode

from lean_silicon.eks import AcceleratedCluster
from lean_silicon.eks.karpenter import (
    AutoModeNodePool,
    CapacityType,
    Consolidation,
    Disruption,
    EfficientNodePool,
    Karpenter,
    NodeOptions,
    PoolLimits,
)
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Requirement, Task, Workload


def pool(pools: Pools, name: str) -> dict[str, Any]:
    [found] = [each for each in of_kind(Stack.of(pools.chat), "NodePool") if each["metadata"]["name"] == name]
    return dict(found["spec"])


def node_class(pools: Pools, name: str) -> dict[str, Any]:
    [found] = [each for each in of_kind(Stack.of(pools.chat), "EC2NodeClass") if each["metadata"]["name"] == name]
    return dict(found["spec"])


def required(pools: Pools, name: str, key: str) -> list[str]:
    """The values of a requirement of a pool."""
    [found] = [each for each in pool(pools, name)["template"]["spec"]["requirements"] if each["key"] == key]
    assert found["operator"] == "In"
    return list(found["values"])


def new_karpenter() -> Karpenter:
    stack = Stack(App(analytics_reporting=False), "Test", env=Environment(region="us-east-2"))
    return Karpenter(stack, "Karpenter", cluster=AcceleratedCluster(stack, "Cluster"))


def test_every_object_is_valid_where_it_is_read(pools: Pools) -> None:
    found = [each for each in manifests(Stack.of(pools.chat)) if "karpenter" in each["apiVersion"]]
    assert [each["kind"] for each in found] == ["EC2NodeClass"] * 3 + ["NodePool"] * 3
    for manifest in found:
        check_manifest(manifest)


def test_the_schema_refuses_what_karpenter_would_drop(pools: Pools) -> None:
    [chat, *_] = of_kind(Stack.of(pools.chat), "NodePool")
    wrong = {**chat, "spec": {**chat["spec"], "ttlSecondsAfterEmpty": 30}}
    with pytest.raises(jsonschema.ValidationError, match="ttlSecondsAfterEmpty"):
        check_manifest(wrong)


def test_a_pool_admits_the_types_that_hold_its_workload_by_name(pools: Pools) -> None:
    admitted = required(pools, "chat", "node.kubernetes.io/instance-type")
    assert admitted == list(pools.chat.instance_types)
    assert {name.split(".")[0] for name in admitted} == {"inf2", "trn1"}


def test_reservations_are_used_first_then_spot_then_on_demand(pools: Pools) -> None:
    assert required(pools, "training", "karpenter.sh/capacity-type") == ["reserved", "spot", "on-demand"]
    assert node_class(pools, "training")["capacityReservationSelectorTerms"] == [{"id": "cr-0123456789abcdef0"}]


def test_machines_of_jobs_go_when_they_are_empty_and_those_of_servers_when_fewer_would_do(pools: Pools) -> None:
    assert pool(pools, "training")["disruption"]["consolidationPolicy"] == "WhenEmpty"
    assert pool(pools, "chat")["disruption"]["consolidationPolicy"] == "WhenEmptyOrUnderutilized"
    assert pool(pools, "chat")["template"]["spec"]["expireAfter"] == "1209600s"


def test_limits_stand_in_kubernetes_words(pools: Pools) -> None:
    assert pool(pools, "chat")["limits"] == {"aws.amazon.com/neuron": "12"}
    assert pool(pools, "data")["limits"] == {"cpu": "64"}


def test_only_pods_that_ask_for_accelerators_get_there(pools: Pools) -> None:
    taints = pool(pools, "chat")["template"]["spec"]["taints"]
    assert taints == [{"key": "aws.amazon.com/neuron", "value": "present", "effect": "NoSchedule"}]
    assert "taints" not in pool(pools, "data")["template"]["spec"]


def test_nodes_have_the_driver_encrypted_volumes_and_version_2_of_the_metadata_service(pools: Pools) -> None:
    spec = node_class(pools, "chat")
    [volume] = spec["blockDeviceMappings"]
    assert spec["amiSelectorTerms"] == [{"alias": "al2023@latest"}]
    assert (volume["ebs"]["encrypted"], volume["ebs"]["volumeType"]) == (True, "gp3")
    assert volume["ebs"]["kmsKeyID"].startswith("arn:aws:kms")
    assert spec["metadataOptions"]["httpTokens"] == "required"
    assert spec["instanceStorePolicy"] == "RAID0"


def test_nodes_start_in_private_subnets_of_every_zone(pools: Pools) -> None:
    assert len(node_class(pools, "chat")["subnetSelectorTerms"]) == len(pools.karpenter.cluster.node_subnets) >= 2


def test_graviton_does_what_needs_no_accelerator(pools: Pools) -> None:
    assert required(pools, "data", "kubernetes.io/arch") == ["arm64"]
    assert required(pools, "chat", "kubernetes.io/arch") == ["amd64"]


def test_options_reach_the_objects() -> None:
    karpenter = new_karpenter()
    stack = Stack.of(karpenter)
    group = ec2.PlacementGroup(stack, "Close", strategy=ec2.PlacementGroupStrategy.CLUSTER)
    EfficientNodePool(
        stack,
        "Chat",
        karpenter=karpenter,
        workload=CHAT,
        limits=PoolLimits(nodes=2, memory_gib=512),
        capacity_types=[CapacityType.ON_DEMAND],
        disruption=Disruption(Consolidation.WHEN_EMPTY, Duration.minutes(30), None, at_once=50),
        options=NodeOptions(
            volume_gib=500,
            image_version="v20260810",
            placement_group=group,
            labels={"team": "chat"},
            weight=10,
        ),
    )
    [spec] = [each["spec"] for each in of_kind(stack, "NodePool")]
    [machines] = [each["spec"] for each in of_kind(stack, "EC2NodeClass")]
    for manifest in manifests(stack):
        check_manifest(manifest)
    assert spec["disruption"] == {
        "consolidationPolicy": "WhenEmpty",
        "consolidateAfter": "1800s",
        "budgets": [{"nodes": "50%"}],
    }
    assert spec["template"]["spec"]["expireAfter"] == "Never"
    assert spec["template"]["metadata"]["labels"] == {"aws.amazon.com/neuron.present": "true", "team": "chat"}
    assert (spec["weight"], spec["limits"]) == (10, {"memory": "512Gi", "nodes": "2"})
    assert machines["amiSelectorTerms"] == [{"alias": "al2023@v20260810"}]
    assert "placementGroupSelector" in machines


def test_spot_is_left_out_where_an_interruption_would_lose_work() -> None:
    karpenter = new_karpenter()
    training = Workload(task=Task.TRAINING, parameters=TRAINING.parameters, precision=TRAINING.precision)
    made = EfficientNodePool(
        Stack.of(karpenter), "Train", karpenter=karpenter, workload=training, limits=PoolLimits(accelerators=64)
    )
    [spec] = [each["spec"] for each in of_kind(Stack.of(made), "NodePool")]
    values = [each["values"] for each in spec["template"]["spec"]["requirements"] if each["key"].endswith("type")]
    assert ["reserved", "on-demand"] in values


def test_gpus_come_with_their_reason() -> None:
    karpenter = new_karpenter()
    reason = "the attention kernels are CUDA-only until the port is done"
    needing = Workload(
        task=Task.INFERENCE,
        parameters=8_000_000_000,
        precision=CHAT.precision,
        context_tokens=4096,
        concurrency=4,
        requires=(Requirement.CUDA,),
        reason=reason,
    )
    made = EfficientNodePool(
        Stack.of(karpenter),
        "Gpu",
        karpenter=karpenter,
        workload=needing,
        limits=PoolLimits(accelerators=2),
        name="gpu",
    )
    assert made.accelerator_resource == "nvidia.com/gpu"
    assert all(kind.accelerators and kind.accelerators.is_gpu for kind in made.machines)
    template = Template.from_stack(Stack.of(karpenter))
    template.has_resource(
        "Custom::AWSCDK-EKS-KubernetesResource",
        {"Metadata": {"LeanSilicon": {"Workload": Match.object_like({"Reason": reason})}}},
    )


def test_auto_mode_gets_the_same_pool_with_its_own_class() -> None:
    stack = Stack(App(analytics_reporting=False), "Auto", env=Environment(region="us-east-2"))
    made = AutoModeNodePool(
        stack,
        "Chat",
        cluster=cluster_in_auto_mode(stack),
        workload=CHAT,
        limits=PoolLimits(accelerators=12),
        name="chat",
    )
    [machines] = of_kind(stack, "NodeClass")
    [found] = of_kind(stack, "NodePool")
    for manifest in (machines, found):
        check_manifest(manifest)
    assert found["spec"]["template"]["spec"]["nodeClassRef"]["group"] == "eks.amazonaws.com"
    assert made.instance_types == ("inf2.xlarge", "trn1.2xlarge", "inf2.8xlarge", "inf2.24xlarge", "inf2.48xlarge")
    Template.from_stack(stack).has_resource_properties("AWS::EKS::AccessEntry", {"Type": "EC2"})


def test_fails_for_a_pool_of_auto_mode_on_a_cluster_without_it() -> None:
    cluster = AcceleratedCluster(Stack(App(analytics_reporting=False), "Own", env=Environment(region="us-east-2")), "C")
    with pytest.raises(
        InvalidValueError, match=r"'Own/C' is not in EKS Auto Mode.*use Karpenter and EfficientNodePool"
    ):
        AutoModeNodePool(cluster, "Chat", cluster=cluster, workload=CHAT, limits=PoolLimits(accelerators=12))
