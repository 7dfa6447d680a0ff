"""Nodes of every accelerated type that EKS runs: image, architecture, fabric, storage, scheduling; all in one synthesized stack."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template
from service_model import refusals

from lean_silicon.catalog import Component, InstanceType, Lifecycle, load_catalog
from lean_silicon.eks import AcceleratedCluster, AcceleratedNodeGroup, GpuNodeGroup, NeuronNodeGroup
from lean_silicon.eks.addons import ImageRegistry
from lean_silicon.eks.addons.efa import efa_values
from lean_silicon.eks.addons.neuron import neuron_values
from lean_silicon.eks.addons.nvidia import nvidia_values
from lean_silicon.sizing import Task, Workload

TRAINING = Workload(task=Task.TRAINING)


def _runs_on_eks(kind: InstanceType) -> bool:
    return (
        kind.accelerators is not None
        and kind.accelerators.accelerator.maker in ("NVIDIA", "AWS")
        and kind.lifecycle not in (Lifecycle.END_OF_LIFE, Lifecycle.RETIRED)
        and load_catalog().offer(kind.name, Component.EKS).is_offered
    )


TYPES = [kind for kind in load_catalog().types(Component.EKS) if _runs_on_eks(kind)]
NAMES = [kind.name for kind in TYPES]

CARDS = {"p6-b300.48xlarge": 17, "p5.48xlarge": 32, "p5en.48xlarge": 16, "p4d.24xlarge": 4, "trn1.32xlarge": 8}
"""Network cards as EC2's DescribeInstanceTypes has them."""


@pytest.fixture(scope="module")
def groups() -> dict[str, AcceleratedNodeGroup]:
    stack = Stack(App(analytics_reporting=False), "Eks")
    cluster = AcceleratedCluster(stack, "Cluster")
    made: dict[str, AcceleratedNodeGroup] = {}
    for kind in TYPES:
        assert kind.accelerators is not None
        if kind.accelerators.is_neuron:
            made[kind.name] = NeuronNodeGroup(
                stack, kind.name, cluster=cluster, instance_type=kind.name, maximum=2, workload=TRAINING
            )
        else:
            made[kind.name] = GpuNodeGroup(
                stack,
                kind.name,
                cluster=cluster,
                instance_type=kind.name,
                maximum=2,
                workload=TRAINING,
                reason="kernels in CUDA",
            )
    return made


@pytest.fixture(scope="module")
def resources(groups: dict[str, AcceleratedNodeGroup]) -> dict[str, dict[str, Any]]:
    """Properties by the name of the type, of node groups and launch templates."""
    stack = Stack.of(groups[NAMES[0]])
    template = Template.from_stack(stack).to_json()["Resources"]
    found = {}
    for name, group in groups.items():
        properties = template[stack.get_logical_id(group.resource)]["Properties"]
        launch = template[properties["LaunchTemplate"]["Id"]["Ref"]]["Properties"]["LaunchTemplateData"]
        found[name] = {"group": properties, "launch": launch}
    return found


def test_the_catalogue_has_the_types_that_people_ask_for() -> None:
    wanted = {
        "inf2.xlarge",
        "trn1.32xlarge",
        "trn2.48xlarge",
        "trn2u.48xlarge",
        "g5g.xlarge",
        "g6e.xlarge",
        "g6f.large",
    }
    assert wanted | {"p4d.24xlarge", "p5.48xlarge", "p6-b200.48xlarge", "p6-b300.48xlarge"} <= set(NAMES)
    assert len(NAMES) > 50


KNOWN_AT_DEPLOYMENT = {
    "Ref": "lt-0123456789abcdef0",
    "Fn::GetAtt": "arn:aws:iam::111122223333:role/node",
    "Fn::Base64": "TUlNRQ==",
    "Fn::Join": "joined",
}


def as_request(value: Any, *, lower: bool, keep: tuple[str, ...] = ("Labels", "Tags")) -> Any:
    """What CloudFormation asks of a service: names in its spelling, and something in the place of references."""
    if isinstance(value, dict):
        for function, known in KNOWN_AT_DEPLOYMENT.items():
            if function in value:
                return known
        return {
            (name[0].lower() + name[1:] if lower else name): each
            if lower and name in keep
            else as_request(each, lower=lower, keep=keep)
            for name, each in value.items()
        }
    return [as_request(each, lower=lower, keep=keep) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", TYPES, ids=NAMES)
class TestEveryType:
    def test_starts_from_the_image_with_its_driver(self, kind: InstanceType, resources: dict[str, Any]) -> None:
        assert kind.accelerators is not None
        wanted = {
            (True, "x86_64"): "AL2023_x86_64_NEURON",
            (False, "x86_64"): "AL2023_x86_64_NVIDIA",
            (False, "arm64"): "AL2023_ARM_64_NVIDIA",
        }[kind.accelerators.is_neuron, str(kind.architecture)]
        assert resources[kind.name]["group"]["AmiType"] == wanted

    def test_has_each_elastic_fabric_adapter_of_the_catalogue_on_a_card_of_its_own(
        self, kind: InstanceType, resources: dict[str, Any], groups: dict[str, AcceleratedNodeGroup]
    ) -> None:
        interfaces = resources[kind.name]["launch"].get("NetworkInterfaces", [])
        fabric = [each for each in interfaces if each["InterfaceType"].startswith("efa")]
        assert len(fabric) == groups[kind.name].efa_interfaces == kind.efa_interfaces
        assert len({each["NetworkCardIndex"] for each in fabric}) == len(fabric)
        assert len(interfaces) == CARDS.get(kind.name, len(interfaces))

    def test_starts_with_the_primary_interface_which_has_an_address(
        self, kind: InstanceType, resources: dict[str, Any]
    ) -> None:
        interfaces = resources[kind.name]["launch"].get("NetworkInterfaces", [])
        primary = [each for each in interfaces if (each["NetworkCardIndex"], each["DeviceIndex"]) == (0, 0)]
        assert len(primary) == bool(interfaces)
        assert all(each["InterfaceType"] != "efa-only" for each in primary)
        assert all(each["InterfaceType"] == "efa-only" for each in interfaces if each not in primary)

    def test_is_close_to_its_peers_where_it_has_a_fabric(self, kind: InstanceType, resources: dict[str, Any]) -> None:
        found = resources[kind.name]
        assert ("Placement" in found["launch"]) is bool(kind.efa_interfaces)
        assert (len(found["group"]["Subnets"]) == 1) is bool(kind.efa_interfaces)

    def test_makes_one_volume_of_its_nvme_drives(self, kind: InstanceType, resources: dict[str, Any]) -> None:
        user_data = resources[kind.name]["launch"].get("UserData")
        assert (user_data is not None) is bool(kind.local_storage_gb)
        assert user_data is None or '"strategy": "RAID0"' in user_data["Fn::Base64"]

    def test_keeps_other_pods_away_and_tells_an_autoscaler_what_it_has(
        self, kind: InstanceType, resources: dict[str, Any]
    ) -> None:
        assert kind.accelerators is not None
        resource = "aws.amazon.com/neuron" if kind.accelerators.is_neuron else "nvidia.com/gpu"
        group = resources[kind.name]["group"]
        assert group["Taints"] == [{"Key": resource, "Value": "present", "Effect": "NO_SCHEDULE"}]
        assert group["Labels"][f"{resource}.present"] == "true"
        prefix = "k8s.io/cluster-autoscaler/node-template/resources"
        assert group["Tags"][f"{prefix}/{resource}"] == str(kind.accelerators.count)

    def test_has_the_plug_ins_that_count_its_devices_and_its_fabric(
        self, kind: InstanceType, resources: dict[str, Any]
    ) -> None:
        """The charts' own lists of types lack some: ``trn2.3xlarge`` and ``p6-b300.48xlarge`` in past versions."""
        assert kind.accelerators is not None
        makers = ImageRegistry.makers()
        if kind.accelerators.is_neuron:
            assert kind.name in neuron_values(makers, problem_detector=True, kube_scheduler=None)["neuronInstances"]
        else:
            affinity = nvidia_values(makers)["affinity"]["nodeAffinity"]
            [term] = affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
            [wanted] = term["matchExpressions"]
            assert resources[kind.name]["group"]["Labels"][wanted["key"]] in wanted["values"]
        assert (kind.name in efa_values("eks/efa")["supportedInstanceLabels"]["values"]) is bool(kind.efa_interfaces)

    def test_costs_nothing_while_nothing_runs_and_repairs_itself(
        self, kind: InstanceType, resources: dict[str, Any]
    ) -> None:
        group = resources[kind.name]["group"]
        assert group["ScalingConfig"] == {"MinSize": 0, "DesiredSize": 0, "MaxSize": 2}
        assert group["NodeRepairConfig"] == {"Enabled": True}


@pytest.mark.parametrize("name", ["inf2.xlarge", "trn1.32xlarge", "g5g.xlarge", "g6e.xlarge", "p6-b300.48xlarge"])
def test_nodes_are_asked_for_as_ec2_and_eks_take_it(name: str, resources: dict[str, Any]) -> None:
    found = resources[name]
    group = {"nodegroupName": "nodes", **as_request(found["group"], lower=True)}
    template = {"LaunchTemplateName": "nodes", "LaunchTemplateData": as_request(found["launch"], lower=False)}
    assert refusals("eks", "CreateNodegroup", group) == []
    assert refusals("ec2", "CreateLaunchTemplate", template) == []
