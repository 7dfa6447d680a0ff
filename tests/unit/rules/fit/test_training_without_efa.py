"""FIT003: the network between machines that train together."""

from __future__ import annotations

from typing import Any

import pytest
from sample_fit import launch_template, node_group, scaling_group
from sample_templates import Judge, of_rule, training

from lean_silicon.rules import Severity

_TRAINING = {"Task": "training", "Parameters": 20_000_000_000, "Precision": "bf16"}
_EFA = [
    {"DeviceIndex": 0, "InterfaceType": "efa"},
    {"DeviceIndex": 1, "NetworkCardIndex": 1, "InterfaceType": "efa-only"},
]
_SIZES = {"ScalingConfig": {"MinSize": 0, "DesiredSize": 0, "MaxSize": 4}}
_FROM_TEMPLATE = {"LaunchTemplate": {"Id": {"Ref": "Launch"}}}


def _nodes(*types: str, workload: dict[str, Any] | None = _TRAINING, **properties: Any) -> dict[str, Any]:
    return node_group(
        *types or ("trn1.32xlarge",), workload=workload, AmiType="AL2023_x86_64_NEURON", **{**_SIZES, **properties}
    )


def test_nodes_without_a_launch_template_have_no_efa(judged: Judge) -> None:
    [finding] = of_rule(judged(_nodes()), "FIT003")
    assert finding.severity is Severity.WARNING
    assert "Up to 4 machines" in finding.message
    assert "8 EFA interfaces" in finding.message


def test_a_launch_template_with_ordinary_interfaces_has_none_either(judged: Judge) -> None:
    own = {**_nodes(**_FROM_TEMPLATE), **launch_template(NetworkInterfaces=[{"DeviceIndex": 0}])}
    assert len(of_rule(judged(own), "FIT003")) == 1


def test_efa_without_a_placement_group_is_half_of_it(judged: Judge) -> None:
    [finding] = of_rule(judged({**_nodes(**_FROM_TEMPLATE), **launch_template(NetworkInterfaces=_EFA)}), "FIT003")
    assert "no placement group" in finding.message


@pytest.mark.parametrize(
    "data",
    [
        {"Placement": {"GroupName": {"Ref": "Close"}}},
        {"Placement": {"GroupId": "pg-0123456789abcdef0"}},
        {"InstanceMarketOptions": {"MarketType": "capacity-block"}},
        {
            "CapacityReservationSpecification": {
                "CapacityReservationTarget": {"CapacityReservationId": "cr-0123456789abcdef0"}
            }
        },
    ],
)
def test_efa_with_a_placement_or_a_reservation_passes(judged: Judge, data: dict[str, Any]) -> None:
    own = {**_nodes(**_FROM_TEMPLATE), **launch_template(NetworkInterfaces=_EFA, **data)}
    own["Close"] = {"Type": "AWS::EC2::PlacementGroup", "Properties": {"Strategy": "cluster"}}
    assert of_rule(judged(own), "FIT003") == []


def test_a_launch_template_of_elsewhere_is_unknown(judged: Judge) -> None:
    assert of_rule(judged(_nodes(LaunchTemplate={"Id": "lt-0123456789abcdef0"})), "FIT003") == []


def test_one_machine_needs_no_network(judged: Judge) -> None:
    assert of_rule(judged(_nodes(ScalingConfig={"MinSize": 0, "DesiredSize": 1, "MaxSize": 1})), "FIT003") == []


def test_types_without_efa_and_work_that_does_not_train_are_left_alone(judged: Judge) -> None:
    assert of_rule(judged(_nodes("trn1.2xlarge")), "FIT003") == []
    assert of_rule(judged(_nodes(workload=None)), "FIT003") == []
    assert of_rule(judged(_nodes(workload={"Task": "inference", "Parameters": 8_000_000_000})), "FIT003") == []


def test_fine_tuning_that_may_fit_one_machine_may_run_on_each_by_itself(judged: Judge) -> None:
    lora = {"Task": "peft", "Parameters": 8_000_000_000, "Precision": "bf16", "Adapter": "lora", "ContextTokens": 2048}
    assert of_rule(judged(_nodes(workload=lora)), "FIT003") == []
    together = {"ScalingConfig": {"MinSize": 2, "DesiredSize": 2, "MaxSize": 2}}
    assert len(of_rule(judged(_nodes(workload=lora, **together)), "FIT003")) == 1


def test_an_auto_scaling_group_may_name_the_placement_group_itself(judged: Judge) -> None:
    own = launch_template(InstanceType="p5.48xlarge", NetworkInterfaces=_EFA)
    assert len(of_rule(judged({**scaling_group(workload=_TRAINING), **own}), "FIT003")) == 1
    assert of_rule(judged({**scaling_group(workload=_TRAINING, PlacementGroup="close"), **own}), "FIT003") == []


def test_interfaces_that_a_condition_decides_are_not_judged(judged: Judge) -> None:
    kind = {"Fn::If": ["WithEfa", "efa", {"Ref": "AWS::NoValue"}]}
    sections = {
        "Parameters": {"Network": {"Type": "String"}},
        "Conditions": {"WithEfa": {"Fn::Equals": [{"Ref": "Network"}, "efa"]}},
    }
    own = {
        **_nodes(**_FROM_TEMPLATE),
        **launch_template(NetworkInterfaces=[{"InterfaceType": kind}], Placement={"GroupName": "close"}),
    }
    assert of_rule(judged(own, **sections), "FIT003") == []
    own = {**_nodes(**_FROM_TEMPLATE), **launch_template(NetworkInterfaces=[{"InterfaceType": {"Ref": "Network"}}])}
    assert of_rule(judged(own, **sections), "FIT003") == []


def _multi_node_job(**container: Any) -> dict[str, Any]:
    node_range = {"TargetNodes": "0:", "Container": {"InstanceType": "p5.48xlarge", "Image": "trainer:1", **container}}
    return {
        "Job": {
            "Type": "AWS::Batch::JobDefinition",
            "Metadata": {"LeanSilicon": {"Workload": _TRAINING}},
            "Properties": {
                "Type": "multinode",
                "NodeProperties": {"NumNodes": 4, "MainNode": 0, "NodeRangeProperties": [node_range]},
            },
        }
    }


def test_a_multi_node_job_hands_the_device_to_its_containers(judged: Judge) -> None:
    [finding] = of_rule(judged(_multi_node_job()), "FIT003")
    assert "/dev/infiniband/uverbs0" in finding.message
    device = {"HostPath": "/dev/infiniband/uverbs0", "ContainerPath": "/dev/infiniband/uverbs0"}
    assert of_rule(judged(_multi_node_job(LinuxParameters={"Devices": [device]})), "FIT003") == []
    assert of_rule(judged(_multi_node_job(Privileged=True)), "FIT003") == []


def test_sagemaker_sets_up_efa_itself(judged: Judge) -> None:
    assert of_rule(judged(training("ml.p5.48xlarge", _TRAINING)), "FIT003") == []


@pytest.mark.parametrize("wrong", [7, None, True, [], {}, ["efa"], {"Fn::If": []}, "many", {"Ref": "Nowhere"}])
def test_values_of_the_wrong_kind_raise_nothing(judged: Judge, wrong: Any) -> None:
    templates = (
        {**_nodes(ScalingConfig=wrong, **_FROM_TEMPLATE), **launch_template(NetworkInterfaces=wrong)},
        {**_nodes(LaunchTemplate=wrong), **launch_template(NetworkInterfaces=[wrong])},
        {
            **scaling_group(workload=_TRAINING, MaxSize=wrong),
            **launch_template(InstanceType="p5.48xlarge", Placement=wrong),
        },
        _multi_node_job(LinuxParameters=wrong, Privileged=wrong),
    )
    for template in templates:
        assert all(finding.severity is Severity.WARNING for finding in of_rule(judged(template), "FIT003"))
