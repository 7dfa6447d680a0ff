"""Karpenter itself: its chart, its queue, and what its roles may do."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk.assertions import Match, Template
from eks_documents import charts, unknown_values
from eks_pools import Pools

from lean_silicon.eks.addons.versions import KARPENTER
from lean_silicon.eks.karpenter.interruptions import EVENTS


@pytest.fixture(scope="module")
def template(pools: Pools) -> Template:
    return Template.from_stack(Stack.of(pools.chat))


@pytest.fixture(scope="module")
def statements(template: Template) -> list[dict[str, Any]]:
    """What the controller's policy says."""
    [policy] = [
        each["Properties"]
        for name, each in template.find_resources("AWS::IAM::Policy").items()
        if "KarpenterRole" in name
    ]
    return list(policy["PolicyDocument"]["Statement"])


def actions_of(statement: dict[str, Any]) -> list[str]:
    found = statement["Action"]
    return found if isinstance(found, list) else [found]


def test_chart_and_definitions_are_pinned_to_one_version(pools: Pools) -> None:
    found = charts(Stack.of(pools.chat))
    assert {found[name]["Version"] for name in ("karpenter", "karpenter-crd")} == {KARPENTER.version}
    assert found["karpenter"]["Repository"] == "oci://public.ecr.aws/karpenter/karpenter"


def test_the_chart_has_every_value_that_it_is_given(pools: Pools) -> None:
    values = charts(Stack.of(pools.chat))["karpenter"]["Values"]
    assert unknown_values("karpenter", values) == []
    assert unknown_values("karpenter", {"settings": {"clustername": "x"}}) == ["settings.clustername"]
    assert values["settings"]["interruptionQueue"]


def test_it_hears_of_every_interruption(template: Template) -> None:
    template.resource_count_is("AWS::Events::Rule", len(EVENTS))
    for source, detail_type in EVENTS.values():
        template.has_resource_properties(
            "AWS::Events::Rule", {"EventPattern": {"source": [source], "detail-type": [detail_type]}}
        )


def test_the_queue_is_encrypted_and_takes_messages_over_tls_from_its_own_rules(template: Template) -> None:
    template.has_resource_properties("AWS::SQS::Queue", {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 300})
    policy = next(iter(template.find_resources("AWS::SQS::QueuePolicy").values()))
    sending = [each for each in policy["Properties"]["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    assert len(sending) == len(EVENTS)
    assert all("aws:SourceArn" in each["Condition"]["ArnEquals"] for each in sending)


def test_the_controller_starts_and_ends_only_machines_of_its_own(statements: list[dict[str, Any]]) -> None:
    ending = [each for each in statements if "ec2:TerminateInstances" in actions_of(each)]
    assert [set(each["Condition"]["StringEquals"]) for each in ending] == [{"aws:ResourceTag/eks:eks-cluster-name"}]
    tagging = [each for each in statements if "ec2:CreateTags" in actions_of(each)]
    assert all("StringEquals" in each["Condition"] for each in tagging)


def test_the_controller_makes_no_instance_profiles_and_passes_the_nodes_role_only(
    statements: list[dict[str, Any]],
) -> None:
    iam = {action for each in statements for action in actions_of(each) if action.startswith("iam:")}
    assert iam == {"iam:GetInstanceProfile", "iam:ListInstanceProfiles", "iam:PassRole"}
    [passing] = [each for each in statements if actions_of(each) == ["iam:PassRole"]]
    assert "KarpenterNodeRole" in passing["Resource"]["Fn::GetAtt"][0]


def test_nodes_may_join_the_cluster(template: Template) -> None:
    template.has_resource_properties(
        "AWS::EKS::AccessEntry",
        {"Type": "EC2_LINUX", "PrincipalArn": {"Fn::GetAtt": [Match.string_like_regexp("KarpenterNodeRole"), "Arn"]}},
    )


def test_the_controller_gets_its_role_by_pod_identity(template: Template) -> None:
    template.has_resource_properties(
        "AWS::EKS::PodIdentityAssociation", {"Namespace": "kube-system", "ServiceAccount": "karpenter"}
    )
