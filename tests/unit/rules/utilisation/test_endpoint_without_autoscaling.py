"""UTL001: what scales an endpoint is found however it is written; what may scale it keeps the rule silent."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, of_rule
from sample_utilisation import ENDPOINT_NAME, WRONG, component, config, endpoint, managed, policy, target

from lean_silicon.rules import Severity

ALONE = {**config(), **endpoint()}
PROD = {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}
STAGE = {"Stage": {"Type": "String"}}


def test_an_accelerated_endpoint_that_nothing_scales_is_a_warning_that_says_what_was_looked_for(judged: Judge) -> None:
    [finding] = of_rule(judged(ALONE), "UTL001")
    assert finding.severity is Severity.WARNING
    assert "no scalable target of this template is for endpoint Endpoint" in finding.message
    assert "USD/h" in finding.message
    assert finding.property_path == "Properties.ProductionVariants[0].InstanceType"


@pytest.mark.parametrize(
    "resource_id",
    [
        None,
        {"Fn::Sub": "endpoint/${Endpoint.EndpointName}/variant/main"},
        {"Fn::Sub": ["endpoint/${Name}/variant/${Which}", {"Name": ENDPOINT_NAME, "Which": "main"}]},
        {"Fn::Join": ["/", ["endpoint", ENDPOINT_NAME, "variant", "main"]]},
        {
            "Fn::Join": [
                "/",
                [
                    "endpoint",
                    {"Fn::Select": [1, {"Fn::Split": ["/", {"Ref": "Endpoint"}]}]},
                    "variant",
                    {"Ref": "Which"},
                ],
            ]
        },
    ],
)
def test_a_target_with_a_policy_scales_it_however_its_id_is_written(judged: Judge, resource_id: Any) -> None:
    assert (
        of_rule(
            judged({**ALONE, **target(resource_id), **policy()}, Parameters={"Which": {"Type": "String"}}), "UTL001"
        )
        == []
    )


def test_a_target_and_an_endpoint_of_the_same_literal_name_belong_together(judged: Judge) -> None:
    named = {**config(), **endpoint(EndpointName="chat"), **policy()}
    assert of_rule(judged({**named, **target("endpoint/chat/variant/main")}), "UTL001") == []
    assert of_rule(judged({**named, **target("endpoint/other/variant/main")}), "UTL001")


def test_a_configuration_and_an_endpoint_of_the_same_literal_name_belong_together(judged: Judge) -> None:
    resources = {**config(EndpointConfigName="chat-1"), **endpoint(EndpointConfigName="chat-1"), **target(), **policy()}
    assert of_rule(judged(resources), "UTL001") == []


def test_a_target_of_another_variant_scales_this_one_not(judged: Judge) -> None:
    other = target({"Fn::Sub": "endpoint/${Endpoint.EndpointName}/variant/shadow"})
    assert of_rule(judged({**ALONE, **other, **policy()}), "UTL001")


def test_a_target_of_another_endpoint_scales_this_one_not(judged: Judge) -> None:
    other = {"Other": {"Type": "AWS::SageMaker::Endpoint", "Properties": {"EndpointConfigName": "elsewhere"}}}
    theirs = target({"Fn::Sub": "endpoint/${Other.EndpointName}/variant/main"})
    assert of_rule(judged({**ALONE, **other, **theirs, **policy()}), "UTL001")


def test_a_target_of_another_service_scales_no_endpoint(judged: Judge) -> None:
    table = target({"Ref": "Table"}, ServiceNamespace="dynamodb", ScalableDimension="dynamodb:table:ReadCapacityUnits")
    assert of_rule(judged({**ALONE, **table, **policy()}, Parameters={"Table": {"Type": "String"}}), "UTL001")


def test_a_target_without_policy_or_with_equal_bounds_moves_nothing(judged: Judge) -> None:
    [unmoved] = of_rule(judged({**ALONE, **target()}), "UTL001")
    assert "no scaling policy or schedule moves its scalable target Target" in unmoved.message
    [held] = of_rule(judged({**ALONE, **target(least=2, most=2), **policy()}), "UTL001")
    assert "holds it at 2" in held.message


def test_a_schedule_or_a_policy_on_the_same_id_moves_a_target(judged: Judge) -> None:
    nightly = [
        {"Schedule": "cron(0 20 * * ? *)", "ScheduledActionName": "night", "ScalableTargetAction": {"MaxCapacity": 1}}
    ]
    assert of_rule(judged({**ALONE, **target(ScheduledActions=nightly)}), "UTL001") == []
    by_id = policy(ScalingTargetId=None, ResourceId={"Fn::Sub": "endpoint/${Endpoint.EndpointName}/variant/main"})
    assert of_rule(judged({**ALONE, **target(), **by_id}), "UTL001") == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        target({"Ref": "Anything"}),
        target({"Fn::Sub": "endpoint/${Anything}/variant/main"}),
        target("endpoint/generated-name-1/variant/main"),
        {
            "Nested": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": "https://example.com/t.yaml", "Parameters": {"Endpoint": ENDPOINT_NAME}},
            }
        },
        {
            "Register": {
                "Type": "Custom::AWS",
                "Properties": {"Create": '{"service": "ApplicationAutoScaling", "action": "registerScalableTarget"}'},
            }
        },
        {
            "Role": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyDocument": {"Statement": [{"Action": "application-autoscaling:RegisterScalableTarget"}]}
                },
            }
        },
    ],
)
def test_what_may_scale_it_keeps_the_rule_silent(judged: Judge, elsewhere: dict[str, Any]) -> None:
    assert of_rule(judged({**ALONE, **elsewhere}, Parameters={"Anything": {"Type": "String"}}), "UTL001") == []


def test_a_configuration_without_endpoint_gets_a_note_since_its_scaling_may_be_elsewhere(judged: Judge) -> None:
    [finding] = of_rule(judged(config()), "UTL001")
    assert finding.severity is Severity.NOTE
    assert "no endpoint of this template uses the configuration" in finding.message


@pytest.mark.parametrize(
    "made",
    [
        config("ml.c7g.xlarge"),
        config("ml.unknown.xlarge"),
        config(AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://amzn-s3-demo-bucket/"}}),
        config(AsyncInferenceConfig={"Fn::If": ["Prod", {"OutputConfig": {}}, {"Ref": "AWS::NoValue"}]}),
        config(
            variant={"CapacityReservationConfig": {"MlReservationArn": "arn:aws:sagemaker:us-east-1:111122223333:x/y"}}
        ),
        config(variant=managed(1, 4)),
        config(variant=managed(1, 4, {"Ref": "Stage"})),
        {
            "Config": {
                "Type": "AWS::SageMaker::EndpointConfig",
                "Properties": {
                    "ProductionVariants": [
                        {"VariantName": "main", "ServerlessConfig": {"MaxConcurrency": 5, "MemorySizeInMB": 2048}}
                    ]
                },
            }
        },
    ],
)
def test_processors_queues_reserved_serverless_and_managed_variants_are_left_alone(
    judged: Judge, made: dict[str, Any]
) -> None:
    assert of_rule(judged({**made, **endpoint()}, Parameters=STAGE, Conditions=PROD), "UTL001") == []


def test_managed_scaling_follows_copies_so_unscaled_copies_or_equal_bounds_hold_it(judged: Judge) -> None:
    hosting = {**config(variant=managed(1, 4)), **endpoint(), **component()}
    [finding] = of_rule(judged(hosting), "UTL001")
    assert "only follows the copies of its inference components (Component)" in finding.message
    copies = target({"Fn::Sub": "inference-component/${Component.InferenceComponentName}"})
    assert of_rule(judged({**hosting, **copies, **policy()}), "UTL001") == []
    [held] = of_rule(judged({**config(variant=managed(2, 2)), **endpoint()}), "UTL001")
    assert "holds it at 2" in held.message


def test_each_type_of_a_condition_is_judged_by_itself(judged: Judge) -> None:
    choice = {"Fn::If": ["Prod", "ml.g5.12xlarge", "ml.c7g.large"]}
    [finding] = of_rule(judged({**config(choice), **endpoint()}, Parameters=STAGE, Conditions=PROD), "UTL001")
    assert "when Prod is true" in finding.message


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_an_exception(judged: Judge, wrong: Any) -> None:
    for made in (
        {**config(variant={"ManagedInstanceScaling": wrong}), **endpoint()},
        {**config(AsyncInferenceConfig=wrong), **endpoint(EndpointConfigName=wrong)},
        {**ALONE, **target(wrong, wrong, wrong, ScheduledActions=wrong), **policy(ScalingTargetId=wrong)},
        {
            **config(wrong, variant={"VariantName": wrong}),
            **endpoint(EndpointName=wrong),
            **component(EndpointName=wrong),
        },
    ):
        assert judged(made).findings is not None


@pytest.mark.parametrize("given", [ENDPOINT_NAME, {"Fn::Sub": "${Endpoint.EndpointName}"}, {"Ref": "Endpoint"}])
def test_an_endpoint_whose_name_other_stacks_are_given_is_a_note(judged: Judge, given: Any) -> None:
    exported = {"Name": {"Value": given, "Export": {"Name": "chat-endpoint"}}}
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": given}}
    for verdict in (judged(ALONE, Outputs=exported), judged({**ALONE, "Published": parameter})):
        [finding] = of_rule(verdict, "UTL001")
        assert finding.severity is Severity.NOTE
        assert "other stacks are given its name" in finding.message


@pytest.mark.parametrize(
    "outputs",
    [
        {"Name": {"Value": ENDPOINT_NAME}},
        {"Role": {"Value": "arn:aws:iam::111122223333:role/x", "Export": {"Name": "role"}}},
        {"Name": 3},
        {"Name": {"Export": None}},
        [],
    ],
)
def test_an_output_that_gives_no_other_stack_its_name_changes_nothing(judged: Judge, outputs: Any) -> None:
    [finding] = of_rule(judged(ALONE, Outputs=outputs), "UTL001")
    assert finding.severity is Severity.WARNING
