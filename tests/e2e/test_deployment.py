"""Deployments by the real CDK command line, to an emulated account: what a user sees when it goes well, and when it does not."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cdk_command import cdk_synth
from emulator.command_line import Emulator, running_emulator
from emulator.policy_evaluation import Decision, decide
from role_calls import REGION, arn_of, name_of, role_calls, roles_of_the_table

pytestmark = pytest.mark.slow
PARAMETERS = ("--parameters", "LeanSiliconInference:ModelsBucket=models-of-the-team", "--concurrency", "3")
TEMPLATE_ASSET = "stackTemplateAssetObjectUrl"
DATA, ROLE = "AWS::S3::Bucket", "AWS::IAM::Role"
HOLDS_DATA = (DATA, "AWS::KMS::Key", "AWS::FSx::FileSystem", "AWS::RDS::DBCluster", "AWS::S3Vectors::VectorBucket")
SECURE = {"aws:SecureTransport": "true", "aws:RequestedRegion": REGION}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deployment")


@pytest.fixture(scope="module")
def assembly(root: Path, folder: Path) -> Path:
    """The app, synthesized."""
    done = cdk_synth(root, root, folder / "cdk.out")
    assert done.returncode == 0, done.stderr
    return folder / "cdk.out"


@pytest.fixture(scope="module")
def account(folder: Path) -> Iterator[Emulator]:
    """A bootstrapped account."""
    with running_emulator(folder / "emulator.log") as emulator:
        done = emulator.bootstrap(folder)
        assert done.returncode == 0, done.stderr
        yield emulator


@pytest.fixture(scope="module")
def deployed(account: Emulator, assembly: Path) -> Emulator:
    """The account with every stack of the app in it; two and more at once."""
    done = account.deploy(assembly, options=PARAMETERS)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    return account


def status_of(account: Emulator, stack: str) -> str:
    return str(account.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])


def events_of(account: Emulator, stack: str) -> list[dict[str, Any]]:
    """The history of a stack, oldest event first."""
    told = account.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    return list(reversed(told))


def resources_of(account: Emulator, stack: str) -> dict[str, dict[str, Any]]:
    found = account.client("cloudformation").list_stack_resources(StackName=stack)["StackResourceSummaries"]
    return {each["LogicalResourceId"]: each for each in found}


def written(assembly: Path, stack: str, template: dict[str, Any]) -> None:
    """Put `template` in the place of the stack's own, under the hash of its content as the CDK publishes it."""
    text = json.dumps(template)
    digest = hashlib.sha256(text.encode()).hexdigest()
    (assembly / f"{stack}.template.json").write_text(text, encoding="utf-8")
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    old = manifest["artifacts"][stack]["properties"][TEMPLATE_ASSET].rsplit("/", 1)[-1].removesuffix(".json")
    for name in ("manifest.json", f"{stack}.assets.json"):
        path = assembly / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, digest), encoding="utf-8")


Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def edited(assembly: Path, tmp_path: Path) -> Callable[[str, Edit], Path]:
    """A copy of the app in which one stack's template is changed."""

    def copy(stack: str, edit: Edit) -> Path:
        changed = tmp_path / "cdk.out"
        if not changed.exists():
            shutil.copytree(assembly, changed, symlinks=True)
        template = json.loads((changed / f"{stack}.template.json").read_text(encoding="utf-8"))
        edit(template)
        written(changed, stack, template)
        return changed

    return copy


def small_app(folder: Path, stacks: dict[str, dict[str, Any]]) -> Path:
    """An assembly of plain templates, one a stack."""
    assembly = folder / "small.out"
    assembly.mkdir()
    artifacts = {}
    for name, template in stacks.items():
        (assembly / f"{name}.template.json").write_text(json.dumps(template), encoding="utf-8")
        needed = template.pop("Needs", [])
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://123456789012/us-east-2",
            "properties": {"templateFile": f"{name}.template.json"},
            "dependencies": needed,
        }
    manifest = {"version": "36.0.0", "artifacts": artifacts}
    (assembly / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return assembly


def test_every_stack_deploys_and_says_how_far_it_was_proved(deployed: Emulator, assembly: Path) -> None:
    for template in assembly.glob("*.template.json"):
        stack = template.name.removesuffix(".template.json")
        assert status_of(deployed, stack) == "CREATE_COMPLETE"
        asked = json.loads(template.read_text(encoding="utf-8"))["Resources"]
        made = resources_of(deployed, stack)
        assert set(made) == set(asked)
        assert all(each["PhysicalResourceId"] and each["ResourceStatusReason"] for each in made.values())


def test_outputs_are_resolved(deployed: Emulator) -> None:
    stacks = deployed.client("cloudformation").describe_stacks()["Stacks"]
    values = [output["OutputValue"] for stack in stacks for output in stack.get("Outputs", [])]
    assert len(values) > 40
    assert not [each for each in values if "{" in each and "Ref" in each]


def test_functions_of_custom_resources_ran(deployed: Emulator) -> None:
    lifecycle = next(
        each["PhysicalResourceId"]
        for each in resources_of(deployed, "LeanSiliconHyperPod").values()
        if each["ResourceType"] == DATA
    )
    keys = [each["Key"] for each in deployed.client("s3").list_objects_v2(Bucket=lifecycle)["Contents"]]
    assert any(key.startswith("lifecycle/") and key.endswith(".sh") for key in keys), keys


def test_a_second_deployment_changes_nothing(deployed: Emulator, assembly: Path) -> None:
    before = len(events_of(deployed, "LeanSiliconTraining"))
    done = deployed.deploy(assembly, "LeanSiliconTraining")
    assert done.returncode == 0, done.stderr
    assert "no changes" in done.stdout + done.stderr
    assert len(events_of(deployed, "LeanSiliconTraining")) == before


def state_machine_of(account: Emulator, stack: str) -> str:
    return next(
        str(each["PhysicalResourceId"])
        for each in resources_of(account, stack).values()
        if each["ResourceType"] == "AWS::StepFunctions::StateMachine"
    )


def executed(account: Emulator, machine: str, outcomes: list[dict[str, str]]) -> tuple[dict[str, Any], list[str]]:
    """How an execution ends whose jobs end as `outcomes` say, and the states that it entered."""
    request = urllib.request.Request(
        f"{account.address}/emulator-outcomes", json.dumps(outcomes).encode(), method="POST"
    )
    urllib.request.urlopen(request, timeout=60).close()
    machines = account.client("stepfunctions")
    arn = machines.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
    end = time.monotonic() + 120
    while (said := machines.describe_execution(executionArn=arn))["status"] == "RUNNING" and time.monotonic() < end:
        time.sleep(0.2)
    history = machines.get_execution_history(executionArn=arn, maxResults=500)["events"]
    return said, [each["stateEnteredEventDetails"]["name"] for each in history if "stateEnteredEventDetails" in each]


def test_training_is_tried_again_until_there_is_capacity(deployed: Emulator) -> None:
    capacity = {"status": "Failed", "reason": "CapacityError: Unable to provision requested ML compute capacity."}
    said, states = executed(
        deployed, state_machine_of(deployed, "LeanSiliconTraining"), [capacity, {"status": "Completed"}]
    )
    assert said["status"] == "SUCCEEDED", said
    assert states.count("Train") == 2
    assert "No capacity" in states
    assert states[-1] == "Trained"


def test_training_that_fails_for_good_is_not_tried_again(deployed: Emulator) -> None:
    wrong = {"status": "Failed", "reason": "AlgorithmError: the script raised"}
    said, states = executed(deployed, state_machine_of(deployed, "LeanSiliconTraining"), [wrong])
    assert said["status"] == "FAILED"
    assert "AlgorithmError" in said["cause"]
    assert states.count("Train") == 1


def policies_of(account: Emulator, role: str) -> list[dict[str, Any]]:
    """The documents of a deployed role: its own, and those of AWS that it has."""
    iam = account.client("iam")
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    documents = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    for each in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=each["PolicyArn"])["Policy"]["DefaultVersionId"]
        documents.append(
            iam.get_policy_version(PolicyArn=each["PolicyArn"], VersionId=version)["PolicyVersion"]["Document"]
        )
    return documents


NOBODYS_BUSINESS = [
    ("iam:CreateUser", "arn:aws:iam::123456789012:user/mallory"),
    ("iam:AttachRolePolicy", "arn:aws:iam::123456789012:role/admin"),
    ("iam:PassRole", "arn:aws:iam::123456789012:role/admin"),
    ("sts:AssumeRole", "arn:aws:iam::123456789012:role/admin"),
    ("s3:GetObject", "arn:aws:s3:::somebody-elses/secret"),
    ("s3:DeleteBucket", "arn:aws:s3:::somebody-elses"),
    ("kms:ScheduleKeyDeletion", "arn:aws:kms:us-east-2:123456789012:key/00000000-0000-0000-0000-000000000000"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-2:123456789012:secret:somebody-elses"),
    ("lambda:UpdateFunctionCode", "arn:aws:lambda:us-east-2:123456789012:function:somebody-elses"),
]


def test_no_role_may_do_what_is_nobodys_business(deployed: Emulator, assembly: Path) -> None:
    roles = {
        each["PhysicalResourceId"]: policies_of(deployed, each["PhysicalResourceId"])
        for template in assembly.glob("*.template.json")
        for each in resources_of(deployed, template.name.removesuffix(".template.json")).values()
        if each["ResourceType"] == ROLE
    }
    assert len(roles) > 30
    may = [
        f"{role}: {action} on {resource}"
        for role, documents in roles.items()
        for action, resource in NOBODYS_BUSINESS
        if decide(documents, action, resource) is Decision.ALLOWED
    ]
    assert may == []


def test_each_role_may_do_its_work_and_no_more(deployed: Emulator) -> None:
    calls, wrong = role_calls(), []
    for stack in sorted({each.stack for each in calls}):
        resources = resources_of(deployed, stack)
        documents = {
            name_of(name): policies_of(deployed, each["PhysicalResourceId"])
            for name, each in resources.items()
            if each["ResourceType"] == ROLE
        }
        for call in (each for each in calls if each.stack == stack):
            context = {key: arn_of(resources, value) for key, value in call.when.items()}
            decided = decide(documents[call.role], call.action, arn_of(resources, call.resource), SECURE | context)
            if (decided is Decision.ALLOWED) is not call.allowed:
                wrong.append((call, decided))
    assert not wrong, "\n".join(map(str, wrong))


TRAINING, COMPARING = ("LeanSiliconTraining", "TrainTrainingRole"), ("LeanSiliconBedrock", "CandidatesCompareRole")
Ask = Callable[[tuple[str, str], str, str, dict[str, Any]], bool]


@pytest.fixture
def let_through(deployed: Emulator) -> Iterator[Ask]:
    """Whether a call with the credentials of a role is let through, while moto refuses what the role's policies do not allow.

    Resources it compares for S3 only: a call of another service is refused when its statement names any.
    """
    credentials = {role: assumed(deployed, *role) for role in (TRAINING, COMPARING)}
    resources = {stack: resources_of(deployed, stack) for stack, _ in credentials}

    def ask(role: tuple[str, str], service: str, call: str, given: dict[str, Any]) -> bool:
        request = {
            key: arn_of(resources[role[0]], each) if isinstance(each, str) else each for key, each in given.items()
        }
        try:
            getattr(deployed.client(service, **credentials[role]), call)(**request)
        except ClientError as error:
            if not error.response["Error"]["Code"].startswith("AccessDenied"):
                raise
            return False
        return True

    enforce_from_call(deployed, 0)
    yield ask
    enforce_from_call(deployed, float("inf"))


def assumed(account: Emulator, stack: str, role: str) -> dict[str, str]:
    """Credentials of a deployed role."""
    arn = arn_of(resources_of(account, stack), f"{{{role}}}")
    given = account.client("sts").assume_role(RoleArn=arn, RoleSessionName="tried")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def enforce_from_call(account: Emulator, number: float) -> None:
    """Let moto ask IAM from so many calls on."""
    address = f"{account.address}/moto-api/reset-auth"
    request = urllib.request.Request(address, str(number).encode(), {"Content-Type": "text/plain"}, method="POST")
    urllib.request.urlopen(request, timeout=60).close()


@pytest.mark.parametrize(
    ("role", "service", "call", "given", "allowed"),
    [
        (TRAINING, "s3", "put_object", {"Bucket": "{TrainOutput:id}", "Key": "checkpoints/1"}, True),
        (TRAINING, "s3", "delete_object", {"Bucket": "{TrainOutput:id}", "Key": "checkpoints/1"}, False),
        (TRAINING, "s3", "put_object", {"Bucket": "{Texts:id}", "Key": "texts/a.jsonl"}, False),
        (TRAINING, "iam", "create_user", {"UserName": "mallory"}, False),
        (COMPARING, "s3", "put_object", {"Bucket": "{Results:id}", "Key": "verdicts/1.json"}, True),
        (COMPARING, "s3", "put_object", {"Bucket": "{Results:id}", "Key": "jobs/1.json"}, False),
    ],
)
def test_calls_are_let_through_and_refused_as_the_role_says(
    let_through: Ask, role: tuple[str, str], service: str, call: str, given: dict[str, Any], allowed: bool
) -> None:
    assert let_through(role, service, call, given) is allowed


def test_no_role_is_left_out(deployed: Emulator, assembly: Path) -> None:
    roles = {
        (stack, name_of(name))
        for stack in (template.name.removesuffix(".template.json") for template in assembly.glob("*.template.json"))
        for name, each in resources_of(deployed, stack).items()
        if each["ResourceType"] == ROLE
    }
    assert roles == roles_of_the_table()


IN_PLACE = {"LeanSiliconObservability": ("AWS::CloudWatch::Alarm", "AlarmDescription", "changed in place")}
"""The type, the property and the new value that is changed in place; in every other stack the retention of a log group."""
REPLACED = {
    "LeanSiliconAgents": "SupervisorRole",
    "LeanSiliconBedrock": "CandidatesJobRole",
    "LeanSiliconEks": "TrainersNodeRole",
    "LeanSiliconHyperPod": "ClusterRolesNode",
    "LeanSiliconInference": "ChatRole",
    "LeanSiliconTraining": "TrainTrainingRole",
}
"""The role of each stack that gets another path, which replaces it and changes all that stands on it."""


def test_a_property_of_each_stack_is_changed_in_place(
    deployed: Emulator, assembly: Path, edited: Callable[[str, Edit], Path]
) -> None:
    stacks = [each.name.removesuffix(".template.json") for each in assembly.glob("*.template.json")]
    before, changed = {each: resources_of(deployed, each) for each in stacks}, {}
    for stack in stacks:
        kind, key, value = IN_PLACE.get(stack, ("AWS::Logs::LogGroup", "RetentionInDays", 3))

        def change(
            template: dict[str, Any], stack: str = stack, kind: str = kind, key: str = key, value: Any = value
        ) -> None:
            name = next(name for name, each in template["Resources"].items() if each["Type"] == kind)
            changed[stack] = name
            template["Resources"][name]["Properties"][key] = value

        app = edited(stack, change)
    done = deployed.deploy(app, options=PARAMETERS)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    for stack in stacks:
        assert status_of(deployed, stack) == "UPDATE_COMPLETE"
        after = resources_of(deployed, stack)
        assert physical_ids(after) == physical_ids(before[stack])
        assert [name for name, each in after.items() if each["ResourceStatus"] == "UPDATE_COMPLETE"] == [changed[stack]]


def test_a_create_only_property_of_each_stack_replaces_and_says_so(
    deployed: Emulator, edited: Callable[[str, Edit], Path]
) -> None:
    before = {each: resources_of(deployed, each) for each in REPLACED}
    for stack, role in REPLACED.items():

        def move(template: dict[str, Any], role: str = role) -> None:
            for name, each in template["Resources"].items():
                if each["Type"] == ROLE and name_of(name) == role:
                    each["Properties"]["Path"] = "/moved/"

        app = edited(stack, move)
    done = deployed.deploy(app, *REPLACED, options=PARAMETERS)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    for stack, role in REPLACED.items():
        assert status_of(deployed, stack) == "UPDATE_COMPLETE"
        told, after = events_of(deployed, stack), resources_of(deployed, stack)
        name = next(each for each in after if name_of(each) == role and after[each]["ResourceType"] == ROLE)
        old = before[stack][name]["PhysicalResourceId"]
        assert after[name]["PhysicalResourceId"] != old
        reason = "requires the creation of a new physical resource (Path)"
        assert any(
            reason in each.get("ResourceStatusReason", "") and each["LogicalResourceId"] == name for each in told
        )
        assert (old, "DELETE_COMPLETE") in [(each["PhysicalResourceId"], each["ResourceStatus"]) for each in told]
        holding = {each for each in after if after[each]["ResourceType"] in HOLDS_DATA}
        assert {each: after[each]["PhysicalResourceId"] for each in holding} == {
            each: before[stack][each]["PhysicalResourceId"] for each in holding
        }


def physical_ids(resources: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: each["PhysicalResourceId"] for name, each in resources.items()}


QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}


def test_a_create_only_property_replaces_and_says_so(account: Emulator, tmp_path: Path) -> None:
    app = small_app(tmp_path, {"Replaced": {"Resources": {"Queue": QUEUE}}})
    assert account.deploy(app, "Replaced").returncode == 0
    old = resources_of(account, "Replaced")["Queue"]["PhysicalResourceId"]
    renamed = {"Resources": {"Queue": {**QUEUE, "Properties": {"QueueName": "renamed"}}}}
    (app / "Replaced.template.json").write_text(json.dumps(renamed), encoding="utf-8")
    done = account.deploy(app, "Replaced")
    assert done.returncode == 0, done.stdout + done.stderr
    new = resources_of(account, "Replaced")["Queue"]["PhysicalResourceId"]
    assert new != old
    told = events_of(account, "Replaced")
    assert any(
        "requires the creation of a new physical resource (QueueName)" in each.get("ResourceStatusReason", "")
        for each in told
    )
    assert (old, "DELETE_COMPLETE") in [(each["PhysicalResourceId"], each["ResourceStatus"]) for each in told]
    assert account.client("sqs").list_queues(QueueNamePrefix="jobs").get("QueueUrls", []) == []


def test_a_property_that_only_the_deployment_finds_bad_rolls_back(account: Emulator, tmp_path: Path) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {}}
    bad = {
        "Type": "AWS::SQS::Queue",
        "DependsOn": "Topic",
        "Properties": {"MessageRetentionPeriod": {"Ref": "AWS::Region"}},
    }
    app = small_app(tmp_path, {"Broken": {"Resources": {"Topic": topic, "Queue": bad}}})
    done = account.deploy(app, "Broken")
    assert done.returncode != 0
    assert "#/MessageRetentionPeriod: 'us-east-2' is not of type 'integer'" in done.stdout + done.stderr
    assert status_of(account, "Broken") == "ROLLBACK_COMPLETE"
    assert resources_of(account, "Broken") == {}
    assert not [each for each in account.client("sns").list_topics()["Topics"] if "Broken" in each["TopicArn"]]


def test_a_type_that_nobody_knows_fails(account: Emulator, tmp_path: Path) -> None:
    app = small_app(tmp_path, {"Unknown": {"Resources": {"Thing": {"Type": "AWS::Nowhere::Thing"}}}})
    done = account.deploy(app, "Unknown")
    assert done.returncode != 0
    assert "AWS::Nowhere::Thing is not in the registry" in done.stdout + done.stderr


def test_an_export_that_is_used_keeps_its_stack(account: Emulator, tmp_path: Path) -> None:
    exporting = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"Topic": {"Value": {"Ref": "Topic"}, "Export": {"Name": "shared-topic"}}},
    }
    importing = {
        "Resources": {
            "Where": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Value": {"Fn::ImportValue": "shared-topic"}},
            }
        },
        "Needs": ["Exporter"],
    }
    app = small_app(tmp_path, {"Exporter": exporting, "Importer": importing})
    done = account.deploy(app, options=("--concurrency", "2"))
    assert done.returncode == 0, done.stdout + done.stderr
    parameter = resources_of(account, "Importer")["Where"]["PhysicalResourceId"]
    value = account.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
    assert value == resources_of(account, "Exporter")["Topic"]["PhysicalResourceId"]
    account.client("cloudformation").delete_stack(StackName="Exporter")
    assert status_of(account, "Exporter") == "DELETE_FAILED"
    assert "in use by Importer" in events_of(account, "Exporter")[-1]["ResourceStatusReason"]
    assert account.destroy(app).returncode == 0


def test_destroying_keeps_what_holds_data_and_nothing_else(deployed: Emulator, assembly: Path) -> None:
    stacks = deployed.client("cloudformation").describe_stacks()["Stacks"]
    ours = {each["StackName"]: each["StackId"] for each in stacks if each["StackName"].startswith("LeanSilicon")}
    held = {stack: resources_of(deployed, stack) for stack in ours}
    done = deployed.destroy(assembly)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    kept = set()
    for stack, identifier in ours.items():
        template = json.loads((assembly / f"{stack}.template.json").read_text(encoding="utf-8"))
        retained = {name for name, each in template["Resources"].items() if each.get("DeletionPolicy") == "Retain"}
        told = events_of(deployed, identifier)
        assert told[-1]["ResourceStatus"] == "DELETE_COMPLETE"
        assert {each["LogicalResourceId"] for each in told if each["ResourceStatus"] == "DELETE_SKIPPED"} == retained
        kept |= {held[stack][name]["PhysicalResourceId"] for name in retained}
    of_agents = {"Custom::AgentLogRetention"}  # groups of the service itself: their events end, as told, on their day
    made = {
        each["PhysicalResourceId"]
        for resources in held.values()
        for each in resources.values()
        if each["ResourceType"] not in of_agents
    }
    assert made & standing(deployed) == kept & standing(deployed)
    assert {
        each["PhysicalResourceId"] for each in held["LeanSiliconTraining"].values() if each["ResourceType"] == DATA
    } <= kept


def standing(account: Emulator) -> set[str]:
    """The names of what is in the account, of the kinds that its services can list."""
    lists = [
        ("s3", "list_buckets", "Buckets", "Name"),
        ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
        ("ec2", "describe_subnets", "Subnets", "SubnetId"),
        ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
        ("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
        ("iam", "list_roles", "Roles", "RoleName"),
        ("lambda", "list_functions", "Functions", "FunctionName"),
        ("stepfunctions", "list_state_machines", "stateMachines", "stateMachineArn"),
        ("logs", "describe_log_groups", "logGroups", "logGroupName"),
        ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
        ("sns", "list_topics", "Topics", "TopicArn"),
        ("secretsmanager", "list_secrets", "SecretList", "ARN"),
        ("rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
        ("sagemaker", "list_models", "Models", "ModelName"),
        ("sagemaker", "list_endpoints", "Endpoints", "EndpointName"),
    ]
    return {
        str(item[name]) for service, call, key, name in lists for item in getattr(account.client(service), call)()[key]
    }


def test_destroyed_stacks_deploy_again_beside_what_they_left(deployed: Emulator, assembly: Path) -> None:
    done = deployed.deploy(assembly, options=PARAMETERS)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    for template in assembly.glob("*.template.json"):
        assert status_of(deployed, template.name.removesuffix(".template.json")) == "CREATE_COMPLETE"
