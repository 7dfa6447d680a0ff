"""``Ref``: parameters, pseudo parameters, resources."""

from __future__ import annotations

from typing import Any

import pytest

from lean_silicon.templates import Resolved, Resolver, read_template


def resolver(*, region: str | None = None, stack: str | None = None, **sections: Any) -> Resolver:
    return Resolver(read_template({"Resources": {}, **sections}, path="t.json", region=region, stack=stack))


def parameter(**declared: Any) -> tuple[Resolved, ...]:
    return resolver(Parameters={"P": {"Type": "String", **declared}}).possibilities({"Ref": "P"})


def unknown(**declared: Any) -> str:
    (found,) = parameter(**declared)
    assert found.value is None
    assert found.unknown is not None
    return found.unknown


def test_a_default_is_judged_to_be_the_value() -> None:
    assert parameter(Default="ml.g5.xlarge", AllowedValues=["ml.g5.xlarge", "ml.p3.2xlarge"]) == (
        Resolved("ml.g5.xlarge", origin="default of parameter P"),
    )


def test_without_default_every_allowed_value_is_possible() -> None:
    assert parameter(AllowedValues=["ml.g5.xlarge", "ml.p3.2xlarge"]) == (
        Resolved("ml.g5.xlarge", origin="allowed value of parameter P", admitted_only=True),
        Resolved("ml.p3.2xlarge", origin="allowed value of parameter P", admitted_only=True),
    )


def test_a_single_allowed_value_is_the_value() -> None:
    assert parameter(AllowedValues=["ml.g5.xlarge"]) == (
        Resolved("ml.g5.xlarge", origin="allowed value of parameter P"),
    )


def test_without_default_and_allowed_values_the_parameter_is_named() -> None:
    assert unknown() == "parameter P has no default and no allowed values"


def test_more_allowed_values_than_can_be_told_are_one_unknown() -> None:
    assert "65 allowed values" in unknown(AllowedValues=[str(i) for i in range(65)])


@pytest.mark.parametrize(
    "kind", ["AWS::SSM::Parameter::Value<String>", "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"]
)
def test_the_default_of_an_ssm_parameter_is_a_name_not_a_value(kind: str) -> None:
    assert "SSM Parameter Store" in unknown(Type=kind, Default="/ml/type", AllowedValues=["/ml/type"])


@pytest.mark.parametrize("hidden", [True, "true"])
def test_a_hidden_default_is_not_told(hidden: object) -> None:
    assert unknown(NoEcho=hidden, Default="hunter2") == "parameter P is hidden (NoEcho)"


@pytest.mark.parametrize(
    ("kind", "default", "expected"),
    [
        ("Number", "3", 3),
        ("Number", 3, 3),
        ("Number", "1.5", 1.5),
        ("Number", " 7 ", 7),
        ("Number", "many", "many"),
        ("Number", "nan", "nan"),
        ("Number", "inf", "inf"),
        ("Number", "9" * 5000, "9" * 5000),
        ("String", 3, "3"),
        ("String", True, "true"),
        ("String", "", ""),
        ("CommaDelimitedList", "ml.g5.xlarge, ml.g5.2xlarge", ["ml.g5.xlarge", "ml.g5.2xlarge"]),
        ("List<Number>", "1,2.5", [1, 2.5]),
        ("List<AWS::EC2::Subnet::Id>", "subnet-1,subnet-2", ["subnet-1", "subnet-2"]),
        ("AWS::EC2::KeyPair::KeyName", "key", "key"),
        ("AWS::SSM::Parameter::Name", "/a", "/a"),
    ],
)
def test_a_value_has_the_type_of_its_parameter(kind: str, default: object, expected: object) -> None:
    (found,) = parameter(Type=kind, Default=default)
    assert found.value == expected
    assert type(found.value) is type(expected)


@pytest.mark.parametrize(
    "declared",
    [
        {"Default": {"a": 1}},
        {"Default": None},
        {"Type": ["String"], "Default": "a"},
        {"Type": {"Ref": "x"}},
        {"AllowedValues": "ml.g5.xlarge"},
        {"AllowedValues": [{"a": 1}, None]},
        {"AllowedValues": []},
    ],
)
def test_a_declaration_of_the_wrong_type_is_unknown(declared: dict[str, Any]) -> None:
    assert "parameter P" in unknown(**declared)


@pytest.mark.parametrize("section", [None, 3, "text", [], {"P": None}, {"P": "String"}, {"P": ["String"]}])
def test_a_parameters_section_of_the_wrong_type_is_unknown(section: object) -> None:
    (found,) = resolver(Parameters=section).possibilities({"Ref": "P"})
    assert found.unknown is not None


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("us-east-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
    ],
)
def test_the_partition_follows_from_the_region(region: str, partition: str, suffix: str) -> None:
    known = resolver(region=region)
    assert known.plain([{"Ref": "AWS::Region"}, {"Ref": "AWS::Partition"}, {"Ref": "AWS::URLSuffix"}]) == [
        region, partition, suffix,
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["AWS::Region", "AWS::Partition", "AWS::URLSuffix"])
def test_without_a_region_what_follows_from_it_is_unknown(name: str) -> None:
    (found,) = resolver().possibilities({"Ref": name})
    assert found.unknown == f"{name} is unknown because the region of this template is"


@pytest.mark.parametrize("name", ["AWS::AccountId", "AWS::StackId", "AWS::NotificationARNs", "AWS::Invented"])
def test_what_only_a_deployment_knows_is_unknown(name: str) -> None:
    (found,) = resolver(region="us-east-1").possibilities({"Ref": name})
    assert found.unknown == f"{name} is known only when the stack is deployed"


def test_the_name_of_the_stack_is_known_where_an_assembly_says_it() -> None:
    assert resolver(stack="Training").plain({"Ref": "AWS::StackName"}) == "Training"


def test_no_value_is_absent_not_unknown() -> None:
    assert resolver().possibilities({"Ref": "AWS::NoValue"}) == (Resolved(None),)


def test_the_name_of_a_resource_is_known_when_it_exists() -> None:
    (found,) = resolver(Resources={"Model": {"Type": "AWS::SageMaker::Model"}}).possibilities({"Ref": "Model"})
    assert found.unknown == "the name of the resource Model is known only when it has been created"


def test_a_name_that_is_nothing_is_unknown() -> None:
    (found,) = resolver().possibilities({"Ref": "Nothing"})
    assert found.unknown == "Ref names 'Nothing', which is neither a parameter nor a resource of this template"


@pytest.mark.parametrize("argument", [None, 3, [], {}, ["P"], {"Ref": "P"}, True])
def test_a_reference_of_the_wrong_type_is_unknown(argument: object) -> None:
    (found,) = resolver().possibilities({"Ref": argument})
    assert found.unknown is not None
    assert found.unknown.startswith("Ref takes the name of a parameter or resource")
