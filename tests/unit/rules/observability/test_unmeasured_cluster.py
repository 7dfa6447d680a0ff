"""OBS003: a cluster with accelerators measures them."""

from __future__ import annotations

from typing import Any

import pytest
from sample_bedrock import WRONG
from sample_observability import addon, cluster, judged_together
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity


def chart(name: str) -> dict[str, Any]:
    properties = {"ClusterName": {"Ref": "Cluster"}, "Chart": name, "Repository": "https://charts.example.com"}
    return {"Chart": {"Type": "Custom::AWSCDK-EKS-HelmChart", "Properties": properties}}


def test_a_cluster_with_gpus_and_no_add_on_is_a_warning(judged: Judge) -> None:
    [finding] = of_rule(judged(cluster()), "OBS003")
    assert finding.severity is Severity.WARNING
    assert finding.resource.logical_id == "Cluster"
    assert "through ClusterNodes" in finding.message


@pytest.mark.parametrize(
    "name", ["amazon-cloudwatch-observability", "amazon-sagemaker-hyperpod-observability", "adot", {"Ref": "Name"}]
)
def test_an_add_on_that_measures_or_may_is_enough(judged: Judge, name: Any) -> None:
    verdict = judged({**cluster(), **addon(name, {"Ref": "Cluster"})}, Parameters={"Name": {"Type": "String"}})
    assert of_rule(verdict, "OBS003") == []


@pytest.mark.parametrize("name", ["vpc-cni", "coredns", "aws-ebs-csi-driver"])
def test_other_add_ons_are_not(judged: Judge, name: str) -> None:
    assert len(of_rule(judged({**cluster(), **addon(name, {"Ref": "Cluster"})}), "OBS003")) == 1


def test_the_add_on_of_another_cluster_is_not(judged: Judge) -> None:
    resources = {**cluster(), **cluster(name="Second"), **addon("amazon-cloudwatch-observability", {"Ref": "Second"})}
    assert [finding.resource.logical_id for finding in of_rule(judged(resources), "OBS003")] == ["Cluster"]


def test_an_add_on_in_another_stack_is_believed() -> None:
    elsewhere = addon("amazon-cloudwatch-observability", {"Fn::ImportValue": "cluster"})
    assert of_rule(judged_together(cluster(), elsewhere), "OBS003") == []
    assert len(of_rule(judged_together(cluster(), addon("vpc-cni", "cluster")), "OBS003")) == 1


@pytest.mark.parametrize("name", ["kube-prometheus-stack", "dcgm-exporter", "datadog"])
def test_a_chart_that_measures_is_enough(judged: Judge, name: str) -> None:
    assert of_rule(judged({**cluster(), **chart(name)}), "OBS003") == []


def test_a_chart_that_does_something_else_is_not(judged: Judge) -> None:
    assert len(of_rule(judged({**cluster(), **chart("nvidia-device-plugin")}), "OBS003")) == 1


def test_a_manifest_with_functions_in_its_text_is_read(judged: Judge) -> None:
    text = {
        "Fn::Join": [
            "",
            [
                '[{"kind":"Namespace","metadata":{"name":"amazon-cloudwatch","labels":{"r":"',
                {"Ref": "AWS::Region"},
                '"}}}]',
            ],
        ]
    }
    manifest = {
        "Type": "Custom::AWSCDK-EKS-KubernetesResource",
        "Properties": {"ClusterName": {"Ref": "Cluster"}, "Manifest": text},
    }
    assert of_rule(judged({**cluster(), "Manifest": manifest}, region=None), "OBS003") == []


def test_clusters_without_accelerators_pass(judged: Judge) -> None:
    assert of_rule(judged(cluster("m7g.large")), "OBS003") == []
    assert of_rule(judged({"Cluster": cluster()["Cluster"]}), "OBS003") == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_no_exception(judged: Judge, wrong: Any) -> None:
    judged({**cluster(wrong), **addon(wrong, wrong)})
    judged(
        {
            **cluster(),
            "Chart": {"Type": "Custom::AWSCDK-EKS-HelmChart", "Properties": {"Chart": wrong, "ClusterName": wrong}},
        }
    )
