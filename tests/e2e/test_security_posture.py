"""What all reference stacks keep to: no secret in the open, TLS only, keys that rotate, nothing public, IMDSv2, images by digest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from judging import cfn_lint_findings
from reference_app import REGION, ReferenceStack, arn

pytestmark = pytest.mark.slow

_SECRET = re.compile(
    r"A[KS]IA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[0-9A-Za-z-]{10,}"
    r"|hf_[A-Za-z]{30,}|sk-[A-Za-z0-9]{32,}"
)
_SECRET_NAME = re.compile(r"passw(or)?d|secret|token|api_?key|credential|private_?key", re.IGNORECASE)
_PUBLIC_SWITCHES = {
    "EndpointPublicAccess": (False,),
    "PubliclyAccessible": (False,),
    "DirectInternetAccess": ("Disabled",),
    "AssociatePublicIpAddress": (False,),
    "HttpTokens": ("required",),
    "MetadataHttpTokens": ("required",),
    "RootAccess": ("Disabled",),
}
"""Properties at any depth, and the only values that they may have."""


def walked(value: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every key below a value: where it stands, its name and its value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield path, key, item
            yield from walked(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walked(item, f"{path}[{index}]")


def resources(stacks: list[ReferenceStack], *types: str) -> list[tuple[str, dict[str, Any]]]:
    """Where each resource of these types stands, and its properties."""
    return [
        (f"{stack.name} {logical_id}", properties)
        for stack in stacks
        for each in types
        for logical_id, properties in stack.of_type(each).items()
    ]


def test_no_template_holds_a_secret(stacks: list[ReferenceStack]) -> None:
    for stack in stacks:
        assert _SECRET.search(json.dumps(stack.template)) is None, stack.name


def test_no_file_that_is_uploaded_holds_a_secret(reference_assembly: Path) -> None:
    files = [path for path in reference_assembly.rglob("*") if path.is_file() and path.stat().st_size < 1_000_000]
    assert len(files) > 30
    assert [path.name for path in files if _SECRET.search(path.read_text(encoding="latin-1"))] == []


def test_no_environment_variable_of_a_function_or_container_is_a_secret(stacks: list[ReferenceStack]) -> None:
    variables = [
        (f"{stack.name}{path}.{name}", name, value)
        for stack in stacks
        for path, key, found in walked(stack.template.get("Resources", {}))
        if key in ("Variables", "Environment", "EnvironmentVariables") and isinstance(found, dict)
        for name, value in found.items()
    ]
    assert variables
    # What a name of a secret leads to may only be a reference to where the secret is kept.
    literal = [
        where for where, name, value in variables if _SECRET_NAME.search(name) and not isinstance(value, (dict, list))
    ]
    assert literal == []


def test_passwords_are_made_and_kept_by_secrets_manager(stacks: list[ReferenceStack]) -> None:
    written = [
        f"{stack.name}{path}.{key}"
        for stack in stacks
        for path, key, found in walked(stack.template.get("Resources", {}))
        if key in ("MasterUserPassword", "SecretString", "Password", "AuthToken")
        and "resolve:secretsmanager" not in json.dumps(found)
    ]
    assert written == []
    for where, secret in resources(stacks, "AWS::SecretsManager::Secret"):
        assert "GenerateSecretString" in secret, where


def test_no_output_tells_a_secret(stacks: list[ReferenceStack]) -> None:
    for stack in stacks:
        for name, output in stack.template.get("Outputs", {}).items():
            assert "resolve:secretsmanager" not in json.dumps(output), f"{stack.name} {name}"


def test_no_log_is_without_an_end(stacks: list[ReferenceStack]) -> None:
    groups = resources(stacks, "AWS::Logs::LogGroup")
    assert len(groups) > 15
    assert [where for where, properties in groups if "RetentionInDays" not in properties] == []


def test_state_machines_do_not_log_what_they_were_given(stacks: list[ReferenceStack]) -> None:
    machines = resources(stacks, "AWS::StepFunctions::StateMachine")
    assert machines
    for where, properties in machines:
        logging = properties["LoggingConfiguration"]
        assert logging.get("IncludeExecutionData", False) is False, where


def test_buckets_are_encrypted_and_closed_to_the_public(stacks: list[ReferenceStack]) -> None:
    buckets = resources(stacks, "AWS::S3::Bucket")
    assert len(buckets) > 5
    for where, properties in buckets:
        assert properties["PublicAccessBlockConfiguration"] == {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        }, where
        assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"], where


@pytest.mark.parametrize(
    ("kind", "policy", "names"),
    [
        ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket"),
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics"),
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues"),
    ],
)
def test_only_tls_is_let_in(stacks: list[ReferenceStack], kind: str, policy: str, names: str) -> None:
    found = 0
    for stack in stacks:
        protected = {
            json.dumps(reference)
            for properties in stack.of_type(policy).values()
            if any(_demands_tls(statement) for statement in properties["PolicyDocument"]["Statement"])
            for reference in (properties[names] if isinstance(properties[names], list) else [properties[names]])
        }
        for logical_id in stack.of_type(kind):
            found += 1
            assert json.dumps({"Ref": logical_id}) in protected, f"{stack.name} {logical_id}"
    assert found


def _demands_tls(statement: dict[str, Any]) -> bool:
    return statement["Effect"] == "Deny" and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}


def test_keys_rotate(stacks: list[ReferenceStack]) -> None:
    keys = resources(stacks, "AWS::KMS::Key")
    assert keys
    assert [where for where, properties in keys if properties.get("EnableKeyRotation") is not True] == []


def test_what_stores_data_is_encrypted(stacks: list[ReferenceStack]) -> None:
    switches = {
        "AWS::RDS::DBCluster": "StorageEncrypted",
        "AWS::SQS::Queue": "SqsManagedSseEnabled",
        "AWS::EFS::FileSystem": "Encrypted",
    }
    for resource_type, switch in switches.items():
        for where, properties in resources(stacks, resource_type):
            assert properties.get(switch) is True or "KmsMasterKeyId" in properties, where
    for stack in stacks:
        for path, key, found in walked(stack.template.get("Resources", {})):
            if key == "Ebs" and isinstance(found, dict):
                assert found.get("Encrypted") is True, f"{stack.name}{path}"


def test_nothing_is_public_by_default(stacks: list[ReferenceStack]) -> None:
    seen = set()
    for stack in stacks:
        for path, key, found in walked(stack.template.get("Resources", {})):
            if key in _PUBLIC_SWITCHES and not isinstance(found, dict):
                seen.add(key)
                assert found in _PUBLIC_SWITCHES[key], f"{stack.name}{path}.{key} is {found}"
    assert {"EndpointPublicAccess", "PubliclyAccessible", "HttpTokens"} <= seen


def test_every_machine_of_a_launch_template_has_imds_version_2_only(stacks: list[ReferenceStack]) -> None:
    templates = resources(stacks, "AWS::EC2::LaunchTemplate")
    assert templates
    for where, properties in templates:
        assert properties["LaunchTemplateData"]["MetadataOptions"]["HttpTokens"] == "required", where
    assert resources(stacks, "AWS::EC2::Instance", "AWS::AutoScaling::LaunchConfiguration") == []


def test_no_security_group_lets_everybody_in(stacks: list[ReferenceStack]) -> None:
    rules = [
        (where, rule)
        for where, properties in resources(stacks, "AWS::EC2::SecurityGroup")
        for rule in properties.get("SecurityGroupIngress", [])
    ] + resources(stacks, "AWS::EC2::SecurityGroupIngress")
    assert rules
    for where, rule in rules:
        assert rule.get("CidrIp") != "0.0.0.0/0", where
        assert rule.get("CidrIpv6") != "::/0", where


def test_gateways_ask_who_calls(stacks: list[ReferenceStack]) -> None:
    gateways = resources(stacks, "AWS::BedrockAgentCore::Gateway")
    assert gateways
    for where, properties in gateways:
        assert properties["AuthorizerType"] in ("AWS_IAM", "CUSTOM_JWT"), where
    for where, properties in resources(stacks, "AWS::Lambda::Url"):
        assert properties["AuthType"] == "AWS_IAM", where


def test_no_resource_policy_lets_everybody_in(stacks: list[ReferenceStack]) -> None:
    for stack in stacks:
        for path, key, document in walked(stack.template.get("Resources", {})):
            if key not in ("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument", "ResourcePolicy"):
                continue
            if not isinstance(document, dict) or "Statement" not in document:
                document = json.loads(arn(stack.template, document))
            for statement in document["Statement"]:
                if statement["Effect"] == "Allow" and _is_everybody(statement.get("Principal")):
                    # Everybody of this account, by way of a service that it names.
                    assert "kms:CallerAccount" in json.dumps(statement.get("Condition")), f"{stack.name}{path}"


def _is_everybody(principal: Any) -> bool:
    return principal == "*" or (isinstance(principal, dict) and "*" in principal.values())


def test_roles_are_assumed_by_services_and_never_by_other_accounts(stacks: list[ReferenceStack]) -> None:
    for where, properties in resources(stacks, "AWS::IAM::Role"):
        for statement in properties["AssumeRolePolicyDocument"]["Statement"]:
            principal = statement["Principal"]
            assert set(principal) <= {"Service", "AWS", "Federated"}, where
            if "AWS" in principal:
                assert "AWS::AccountId" in json.dumps(principal["AWS"]), where


def test_images_of_third_parties_are_pinned_by_digest(stacks: list[ReferenceStack]) -> None:
    """AWS's own images (its accounts' registries, and its corner of the public one) are named by whole version instead."""
    image = re.compile(
        r"\b(?:docker\.io|ghcr\.io|quay\.io|nvcr\.io|registry\.k8s\.io|public\.ecr\.aws)/(?!neuron/|deep-learning-containers/)[\w./-]+[:@][\w.:@-]+"
    )
    for stack in stacks:
        for found in image.findall(json.dumps(stack.template).replace('\\"', '"')):
            assert "@sha256:" in found, f"{stack.name}: {found}"


def test_cfn_lint_finds_nothing(reference_assembly: Path) -> None:
    # cfn-lint does not know yet that Fn::GetStackOutput, by which the CDK refers to another stack, gives a text.
    found = cfn_lint_findings(reference_assembly, regions=(REGION,))
    assert [
        each for each in found if not re.search(r"E10(17|22): .*'Fn::GetStackOutput'.* is not of type 'string'", each)
    ] == []
