"""``lean-silicon check --deployed`` against moto's CloudFormation, through the real botocore."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from sample_templates import endpoint

from lean_silicon.cli.main import main
from lean_silicon.live.account import Account, CallFailedError
from lean_silicon.live.deployed_templates import deployed_app
from lean_silicon.templates import App, TemplateView

Capture = pytest.CaptureFixture[str]
REGION = "us-east-1"
INSTANCE = {
    "Parameters": {"Size": {"Type": "String", "Default": "m7g.large"}},
    "Resources": {
        "Machine": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {"LaunchTemplateData": {"InstanceType": {"Ref": "Size"}}},
        }
    },
}
YAML = """
Resources:
  Volume:
    Type: AWS::EC2::Volume
    Properties: {AvailabilityZone: !Sub "${AWS::Region}a", Size: 1}
"""


@pytest.fixture
def stacks(no_credentials: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An account with a few stacks."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        client = boto3.client("cloudformation", region_name=REGION)
        sized = [{"ParameterKey": "Size", "ParameterValue": "p3.2xlarge"}]
        client.create_stack(StackName="Machines", TemplateBody=json.dumps(INSTANCE), Parameters=sized)
        client.create_stack(StackName="Disks", TemplateBody=YAML)
        yield client


def quiet(*_: object) -> None:
    """Tells nobody."""


def read(*names: str, regions: tuple[str, ...] = (REGION,)) -> App:
    return deployed_app(Account(), regions, names, quiet)


def test_every_stack_is_read_in_json_and_yaml_with_its_region_and_account(stacks: Any) -> None:
    app = read()
    assert {(each.stack, each.path, each.region, each.account) for each in app.templates} == {
        ("Machines", "us-east-1/Machines", REGION, "123456789012"),
        ("Disks", "us-east-1/Disks", REGION, "123456789012"),
    }
    assert (app.unreadable, app.skipped) == ([], [])


def test_parameters_have_the_values_that_are_deployed_not_their_defaults(stacks: Any) -> None:
    [template] = read("Machines").templates
    [use] = TemplateView(template).uses
    assert (use.instance_type, use.origin) == ("p3.2xlarge", "parameter Size passed by the deployment")


def test_one_stack_is_judged_where_one_is_named(stacks: Any, capsys: Capture) -> None:
    assert main(["check", "--deployed", "--stack", "Machines", "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["summary"]["templates"] == 1
    assert {each["resource"]["template"] for each in report["findings"]} == {"us-east-1/Machines"}
    assert "p3.2xlarge" in {each["instance_type"] for each in report["findings"]}


@pytest.mark.parametrize("style", ["text", "json", "sarif", "junit", "github", "gitlab", "markdown"])
def test_every_format_tells_what_is_live(stacks: Any, capsys: Capture, style: str) -> None:
    assert main(["check", "--deployed", "--format", style]) == 1
    assert "p3.2xlarge" in capsys.readouterr().out


def test_a_stack_that_is_not_there_exits_2(stacks: Any, capsys: Capture) -> None:
    assert main(["check", "--deployed", "--stack", "Typo", "--stack", "Disks"]) == 2
    assert "there is no stack of that name" in capsys.readouterr().out


def test_an_empty_account_is_clean(no_credentials: None, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    with mock_aws():
        assert main(["check", "--deployed", "--region", "eu-west-1"]) == 0
    assert "0 templates" in capsys.readouterr().out


def test_without_credentials_it_says_what_is_needed(no_credentials: None, capsys: Capture) -> None:
    assert main(["check", "--deployed", "--region", REGION]) == 2
    said = capsys.readouterr().err
    assert "cloudformation:DescribeStacks and cloudformation:GetTemplate" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--deployed", "cdk.out"), "takes no PATH"),
        (("--stack", "Machines", "cdk.out"), "--stack goes with --deployed"),
        (("--profile", "me", "cdk.out"), "--profile goes with --deployed"),
        ((), "nothing to judge"),
    ],
)
def test_fails_for_words_that_do_not_go_together(words: tuple[str, ...], said: str, capsys: Capture) -> None:
    assert main(["check", *words]) == 2
    assert said in capsys.readouterr().err


class Told(Account):
    """An account that answers what CloudFormation answers and moto cannot: nested stacks, states, refusals, pages."""

    def __init__(self, *pages: list[dict[str, Any]], refused: tuple[str, ...] = ()) -> None:
        self._listed, self._refused, self.asked = pages, refused, list[str]()

    def pages(self, service: str, operation: str, region: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        if operation == "describe_stacks":
            if region in self._refused:
                raise CallFailedError("cloudformation:DescribeStacks is not allowed to these credentials")
            yield from ({"Stacks": page} for page in self._listed)
            return
        assert parameters["TemplateStage"] == "Processed"
        self.asked.append(parameters["StackName"])
        if parameters["StackName"] in self._refused:
            raise CallFailedError("cloudformation:GetTemplate: ValidationError: no template")
        yield {"TemplateBody": {"Resources": endpoint("ml.g5.xlarge")}}


def stack(name: str, root: str | None = None, status: str = "CREATE_COMPLETE", **more: Any) -> dict[str, Any]:
    told = {"StackName": name, "StackId": f"arn:aws:cloudformation:us-east-1:111122223333:stack/{name}/1"}
    if root is not None:
        told["RootId"] = f"arn:aws:cloudformation:us-east-1:111122223333:stack/{root}/1"
    return {**told, "StackStatus": status, **more}


def test_the_stacks_nested_in_a_stack_come_with_it_from_every_page() -> None:
    account = Told([stack("Other"), stack("App")], [stack("App-Inner-1", root="App"), stack("X-1", root="Other")])
    app = deployed_app(account, [REGION], ["App"], quiet)
    assert [each.stack for each in app.templates] == ["App", "App-Inner-1"]


@pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS"])
def test_a_stack_of_which_nothing_is_live_is_told_and_not_judged(status: str) -> None:
    account = Told([stack("Failed", status=status)])
    app = deployed_app(account, [REGION], [], quiet)
    assert (app.templates, account.asked) == ([], [])
    assert status in app.skipped[0].reason


def test_what_cannot_be_read_does_not_lose_the_rest() -> None:
    broken = stack("Broken")["StackId"]
    app = deployed_app(
        Told([stack("Broken"), stack("Fine")], refused=(broken, "eu-west-1")), [REGION, "eu-west-1"], [], quiet
    )
    assert [each.stack for each in app.templates] == ["Fine"]
    assert [each.path for each in app.unreadable] == ["eu-west-1", "us-east-1/Broken"]


def test_hidden_parameters_are_not_taken_for_their_stars_and_looked_up_ones_are_resolved() -> None:
    given = [
        {"ParameterKey": "Secret", "ParameterValue": "****"},
        {"ParameterKey": "Image", "ParameterValue": "/aws/ami", "ResolvedValue": "ami-1"},
        {"ParameterKey": "Size", "ParameterValue": "m7g.large"},
    ]
    [template] = deployed_app(Told([stack("App", Parameters=given)]), [REGION], [], quiet).templates
    assert template.arguments == {"Image": "ami-1", "Size": "m7g.large"}
