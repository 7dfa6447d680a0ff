"""Node groups: what people may ask for, what comes of it, and what is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Environment, Stack
from aws_cdk.assertions import Template

from lean_silicon.eks import (
    AcceleratedCluster,
    AcceleratedNodeGroup,
    Capacity,
    GpuNodeGroup,
    IdleAlarm,
    NeuronNodeGroup,
    NodeGroupOptions,
)
from lean_silicon.evidence import EvaluationRecord, Rung
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Requirement, Task, Workload

BLOCK = Capacity.capacity_block("cr-0123456789abcdef0")
SERVING = Workload(task=Task.INFERENCE, parameters=8_000_000_000)
REASON = "The kernels are written in CUDA"
TRAINING = Workload(task=Task.TRAINING)
RESERVED = Capacity.reservation("cr-0123456789abcdef0")
OHIO = Environment(account="111122223333", region="us-east-2")


def neuron(
    cluster: AcceleratedCluster, name: str, instance_type: str = "trn1.32xlarge", **more: Any
) -> NeuronNodeGroup:
    return NeuronNodeGroup(cluster, name, cluster=cluster, instance_type=instance_type, **{"maximum": 2, **more})


def gpu(cluster: AcceleratedCluster, name: str, instance_type: str = "g6e.xlarge", **more: Any) -> GpuNodeGroup:
    given = {"maximum": 2, "reason": REASON, **more}
    return GpuNodeGroup(cluster, name, cluster=cluster, instance_type=instance_type, **given)


class Made:
    """A cluster with a group for each thing that can be asked for, synthesized once."""

    def __init__(self) -> None:
        self.stack = Stack(App(analytics_reporting=False), "Eks", env=OHIO)
        self.cluster = cluster = AcceleratedCluster(self.stack, "Cluster")
        first, second, *_ = (
            NodeGroupOptions(availability_zone=each.availability_zone) for each in cluster.node_subnets
        )
        alarm = NodeGroupOptions(idle_alarm=IdleAlarm(below_percent=10, hours=6))
        labels = NodeGroupOptions(labels={"team": "search"}, release_version="1.35.0-20260213", repair=False)
        self.groups: dict[str, AcceleratedNodeGroup] = {
            "plain": neuron(cluster, "Plain", options=alarm),
            "block": neuron(cluster, "Block", capacity=BLOCK, options=second),
            "reserved": neuron(cluster, "Reserved", capacity=RESERVED, options=first),
            "spot": neuron(cluster, "Spot", "inf2.xlarge", capacity=Capacity.spot()),
            "interruptible": neuron(cluster, "Interruptible", "inf2.xlarge", workload=Workload(interruptible=True)),
            "serving": neuron(cluster, "Serving", "inf2.xlarge", workload=SERVING),
            "tuning": neuron(cluster, "Tuning", workload=Workload(task=Task.FINE_TUNING)),
            "asked": neuron(cluster, "Asked", workload=SERVING, options=NodeGroupOptions(efa=True)),
            "refused": neuron(cluster, "Refused", options=NodeGroupOptions(efa=False)),
            "alone": neuron(cluster, "Alone", maximum=1),
            "gpu": gpu(cluster, "Gpu", workload=SERVING, options=NodeGroupOptions(idle_alarm=None)),
            "unsaid": gpu(cluster, "Unsaid", "p5.48xlarge", options=NodeGroupOptions(idle_alarm=None)),
            "unsaid-small": gpu(cluster, "UnsaidSmall", "g6.8xlarge", options=NodeGroupOptions(idle_alarm=None)),
            "labels": neuron(cluster, "Labels", "inf2.xlarge", options=labels),
        }
        record = EvaluationRecord(Rung.RAG, "s3://evaluations/rag.json", 0.5, 0.8, date(2026, 10, 1))
        self.groups["tuning"].add_evidence(record)
        self.groups["tuning"].acknowledge("MGD001", "SageMaker does not offer the kernel module that the job needs")
        self.resources: dict[str, Any] = Template.from_stack(self.stack).to_json()["Resources"]

    def resource(self, name: str) -> dict[str, Any]:
        """A node group as the template has it."""
        found: dict[str, Any] = self.resources[self.stack.get_logical_id(self.groups[name].resource)]
        return found

    def group(self, name: str) -> dict[str, Any]:
        """Properties of a node group."""
        found: dict[str, Any] = self.resource(name)["Properties"]
        return found

    def launch(self, name: str) -> dict[str, Any]:
        """Data of a node group's launch template."""
        template = self.resources[self.group(name)["LaunchTemplate"]["Id"]["Ref"]]
        found: dict[str, Any] = template["Properties"]["LaunchTemplateData"]
        return found


@pytest.fixture(scope="module")
def made() -> Made:
    return Made()


def test_volumes_are_encrypted_gp3_and_the_metadata_service_wants_tokens(made: Made) -> None:
    data = made.launch("plain")
    [mapping] = data["BlockDeviceMappings"]
    assert mapping["Ebs"]["Encrypted"] is True
    assert mapping["Ebs"]["VolumeType"] == "gp3"
    assert made.resources[mapping["Ebs"]["KmsKeyId"]["Fn::GetAtt"][0]]["Type"] == "AWS::KMS::Key"
    assert data["MetadataOptions"]["HttpTokens"] == "required"


def test_a_capacity_block_is_named_in_the_launch_template_with_its_type(made: Made) -> None:
    data, properties = made.launch("block"), made.group("block")
    assert data["InstanceMarketOptions"] == {"MarketType": "capacity-block"}
    assert data["InstanceType"] == "trn1.32xlarge"
    target = data["CapacityReservationSpecification"]["CapacityReservationTarget"]
    assert target == {"CapacityReservationId": "cr-0123456789abcdef0"}
    assert properties["CapacityType"] == "CAPACITY_BLOCK"
    assert "InstanceTypes" not in properties
    assert properties["Subnets"] == [made.stack.resolve(made.cluster.node_subnets[1].subnet_id)]


@pytest.mark.parametrize("name", ["block", "reserved"])
def test_reserved_capacity_has_the_fabric_and_no_placement_group_of_ours(made: Made, name: str) -> None:
    assert len(made.launch(name)["NetworkInterfaces"]) == 8
    assert "Placement" not in made.launch(name)


def test_a_reservation_is_used_on_demand_in_its_zone(made: Made) -> None:
    assert made.group("reserved")["CapacityType"] == "ON_DEMAND"
    assert made.group("reserved")["InstanceTypes"] == ["trn1.32xlarge"]
    assert "InstanceMarketOptions" not in made.launch("reserved")
    assert len(made.group("reserved")["Subnets"]) == 1


def test_work_that_can_be_interrupted_asks_for_spot_capacity(made: Made) -> None:
    assert made.group("interruptible")["CapacityType"] == "SPOT"


def test_spot_capacity_says_that_the_work_can_be_interrupted(made: Made) -> None:
    assert made.group("spot")["CapacityType"] == "SPOT"
    assert made.groups["spot"].workload.interruptible is True


def test_the_workload_is_declared_for_the_rules(made: Made) -> None:
    declared = made.resource("serving")["Metadata"]["LeanSilicon"]["Workload"]
    assert declared == {"Task": "inference", "Parameters": 8000000000}


def test_evidence_and_acceptances_reach_the_template(made: Made) -> None:
    [entry] = made.resource("tuning")["Metadata"]["LeanSilicon"]["Evidence"]
    assert entry["Rung"] == "rag"
    acknowledged = [entry.data for entry in made.groups["tuning"].resource.node.metadata]
    assert "LeanSilicon::MGD001" in str(acknowledged)


def test_the_reason_for_gpus_is_declared_with_cuda(made: Made) -> None:
    workload = made.groups["gpu"].workload
    assert workload.requires == (Requirement.CUDA,)
    assert (workload.reason, workload.task) == (REASON, Task.INFERENCE)


@pytest.mark.parametrize(
    ("name", "adapters"),
    [
        ("plain", 8),  # trains, may be two nodes
        ("alone", 0),  # a single node has nobody to talk to
        ("serving", 0),
        ("asked", 8),
        ("refused", 0),
        ("unsaid", 32),  # p5.48xlarge: several adapters, what for is not said
        ("unsaid-small", 0),  # g6.8xlarge: one adapter
    ],
)
def test_nodes_that_train_together_get_the_fabric_and_others_every_zone(made: Made, name: str, adapters: int) -> None:
    assert made.groups[name].efa_interfaces == adapters
    assert ("vpc.amazonaws.com/efa.present" in made.groups[name].labels) is bool(adapters)
    assert len(made.launch(name).get("NetworkInterfaces", ())) == adapters
    assert len(made.group(name)["Subnets"]) == (1 if adapters else len(made.cluster.node_subnets))


def test_interfaces_are_in_the_clusters_security_group(made: Made) -> None:
    groups = [each["Groups"] for each in made.launch("plain")["NetworkInterfaces"]]
    assert all(each[0]["Fn::GetAtt"][1] == "ClusterSecurityGroupId" for each in groups)


def test_labels_release_and_repair_are_as_asked(made: Made) -> None:
    properties = made.group("labels")
    assert properties["Labels"] == {"aws.amazon.com/neuron.present": "true", "team": "search"}
    assert properties["ReleaseVersion"] == "1.35.0-20260213"
    assert properties["NodeRepairConfig"] == {"Enabled": False}


def test_one_alarm_watches_a_kind_of_accelerator_in_a_cluster(made: Made) -> None:
    alarms = [each["Properties"] for each in made.resources.values() if each["Type"] == "AWS::CloudWatch::Alarm"]
    [alarm] = alarms
    of_two = [made.groups[name].idle_alarm for name in ("plain", "serving")]
    assert len({each.node.path for each in of_two if each is not None}) == 1
    assert made.groups["gpu"].idle_alarm is None
    assert (alarm["MetricName"], alarm["Namespace"]) == ("node_neuroncore_utilization", "ContainerInsights")
    assert (alarm["Threshold"], alarm["EvaluationPeriods"], alarm["Period"]) == (10, 6, 3600)
    assert alarm["TreatMissingData"] == "notBreaching"


def test_the_metric_of_gpus_is_that_of_their_kind(made: Made) -> None:
    assert made.groups["gpu"].metric_accelerator_utilization().metric_name == "node_gpu_utilization"


def test_nodes_wait_for_the_pods_network_and_for_their_permissions(made: Made) -> None:
    kinds = [made.resources[name]["Type"] for name in made.resource("plain")["DependsOn"]]
    assert kinds.count("AWS::EKS::Addon") == 4
    assert {"AWS::IAM::Policy", "AWS::IAM::Role"} <= set(kinds)


def test_nodes_may_join_pull_images_and_hand_roles_to_pods_and_nothing_else(made: Made) -> None:
    role = made.group("plain")["NodeRole"]["Fn::GetAtt"][0]
    [document] = [
        each["Properties"]["PolicyDocument"]
        for each in made.resources.values()
        if each["Type"] == "AWS::IAM::Policy" and {"Ref": role} in each["Properties"]["Roles"]
    ]
    assert "ManagedPolicyArns" not in made.resources[role]["Properties"]
    allowed = [each["Action"] for each in document["Statement"]]
    actions = {action for each in allowed for action in ([each] if isinstance(each, str) else each)}
    assert actions == {
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceTypes",
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:BatchImportUpstreamImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
        "eks-auth:AssumeRoleForPodIdentity",
    }


@pytest.mark.parametrize(("name", "task"), [("inf2.xlarge", Task.INFERENCE), ("trn2.3xlarge", Task.TRAINING)])
def test_what_is_not_said_is_what_the_silicon_is_for(cluster: AcceleratedCluster, name: str, task: Task) -> None:
    assert neuron(cluster, f"Usual-{task}", name).workload.task is task


def test_what_an_hour_costs_has_a_band_and_grows_with_the_nodes(cluster_in_ohio: AcceleratedCluster) -> None:
    found = neuron(cluster_in_ohio, "Cost", maximum=4).footprint(utilisation=0.8)
    cost, power = found["maximum"].cost, found["maximum"].power
    assert cost is not None
    assert power is not None
    assert cost.likely == pytest.approx(4 * 21.5, rel=0.02)
    assert power.low < power.likely < power.high
    assert found["minimum"].power is not None
    assert found["minimum"].power.likely == 0


def test_spot_costs_at_most_what_on_demand_costs(cluster_in_ohio: AcceleratedCluster) -> None:
    spot = neuron(cluster_in_ohio, "SpotCost", capacity=Capacity.spot()).footprint()["maximum"]
    on_demand = neuron(cluster_in_ohio, "OnDemandCost").footprint()["maximum"]
    assert spot.cost is not None
    assert on_demand.cost is not None
    assert spot.cost.low < spot.cost.likely < on_demand.cost.likely
    assert spot.cost.high == on_demand.cost.high
    assert any(said.startswith("spot") for said in spot.assumptions)


def test_reserved_capacity_says_that_its_price_is_not_known(cluster_in_ohio: AcceleratedCluster) -> None:
    zone = cluster_in_ohio.node_subnets[0].availability_zone
    group = neuron(cluster_in_ohio, "BlockCost", capacity=BLOCK, options=NodeGroupOptions(availability_zone=zone))
    assert any("what was paid in advance is unknown" in said for said in group.footprint()["maximum"].assumptions)


def test_a_number_of_nodes_that_is_a_parameter_is_unknown_and_not_zero(cluster_in_ohio: AcceleratedCluster) -> None:
    number = CfnParameter(Stack.of(cluster_in_ohio), "Number", type="Number").value_as_number
    found = neuron(cluster_in_ohio, "Parameter", maximum=number).footprint()["maximum"]
    assert found.cost is None
    assert found.assumptions == ("the number of nodes is not known at synth",)


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"minimum": 3, "maximum": 2}, "minimum is 3, desired 3, maximum 2"),
        ({"minimum": 1, "desired": 0, "maximum": 2}, "minimum is 1, desired 0, maximum 2"),
        ({"minimum": -1, "maximum": 2}, "it must be 0 <= minimum"),
        ({"maximum": 0}, "maximum is 0; a group that may never have a node does nothing"),
    ],
)
def test_fails_for_numbers_that_are_not_in_order(cluster: AcceleratedCluster, sizes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        neuron(cluster, f"Sizes-{said}", **sizes)


def test_fails_for_the_fabric_on_a_type_without_it(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match=r"inf2\.xlarge has no Elastic Fabric Adapter; leave efa out"):
        neuron(cluster, "NoFabric", "inf2.xlarge", options=NodeGroupOptions(efa=True))


def test_fails_for_gpus_without_a_reason(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match=r"without a reason; .* Say why in reason=, or use NeuronNodeGroup"):
        GpuNodeGroup(cluster, "NoReason", cluster=cluster, instance_type="g6e.xlarge", maximum=1, reason="  ")
    with pytest.raises(InvalidValueError, match="without a reason"):
        gpu(cluster, "NoneReason", reason=None)


def test_fails_for_reserved_capacity_without_its_zone(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match="availability_zone is missing; a capacity-block is in one zone"):
        neuron(cluster, "NoZone", capacity=BLOCK)


ZONES = {"availability-zones:account=111122223333:region=us-east-2": ["us-east-2a", "us-east-2b", "us-east-2c"]}
"""What the CDK's command line looks up, and gives to the second run of an app."""


def test_the_run_before_the_zones_are_looked_up_asks_for_them_and_the_next_takes_the_subnet_of_it(
    tmp_path: Path,
) -> None:
    there = NodeGroupOptions(availability_zone="us-east-2b")
    for context in ({}, ZONES):
        app = App(analytics_reporting=False, context=context, outdir=str(tmp_path / f"zones-{len(context)}"))
        stack = Stack(app, "Eks", env=OHIO)
        group = neuron(AcceleratedCluster(stack, "Cluster"), "Block", capacity=BLOCK, options=there)
        manifest = json.loads((Path(app.synth().directory) / "manifest.json").read_text(encoding="utf-8"))
        missing = [each["provider"] for each in manifest.get("missing", [])]
        assert missing == ([] if context else ["availability-zones"])
    [subnet] = stack.resolve(group.resource.subnets)
    found = Template.from_stack(stack).to_json()["Resources"][subnet["Ref"]]["Properties"]
    assert found["AvailabilityZone"] == "us-east-2b"


def test_fails_for_a_zone_in_which_the_cluster_has_no_subnet() -> None:
    cluster = AcceleratedCluster(Stack(App(analytics_reporting=False, context=ZONES), "Eks", env=OHIO), "Cluster")
    said = "'us-east-2z', in which the cluster's VPC has no private subnet; it has them in: us-east-2a, us-east-2b, us-east-2c"
    with pytest.raises(InvalidValueError, match=said):
        neuron(cluster, "NoSubnet", options=NodeGroupOptions(availability_zone="us-east-2z"))


def test_fails_for_capacity_that_is_text(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match=r"capacity is 'spot'; use Capacity\.on_demand\(\), \.spot\(\)"):
        neuron(cluster, "Text", capacity="spot")


def test_fails_for_a_zone_where_the_zones_are_known_at_deployment_only(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match="known at deployment only; give the stack an env"):
        neuron(cluster, "Unknown", options=NodeGroupOptions(availability_zone="us-east-2a"))


@pytest.mark.parametrize("size", [10, 20_000])
def test_fails_for_a_volume_that_cannot_be(cluster: AcceleratedCluster, size: int) -> None:
    with pytest.raises(InvalidValueError, match=f"root volume has {size} GiB; it must have 20 to 16384"):
        neuron(cluster, f"Volume-{size}", options=NodeGroupOptions(volume_gib=size))


def test_fails_for_a_type_that_the_region_does_not_offer() -> None:
    stack = Stack(App(analytics_reporting=False), "Paris", env=Environment(account="111122223333", region="eu-west-3"))
    cluster = AcceleratedCluster(stack, "Cluster")
    with pytest.raises(InvalidValueError, match=r"trn2\.48xlarge is not offered in eu-west-3"):
        neuron(cluster, "NotHere", "trn2.48xlarge")
