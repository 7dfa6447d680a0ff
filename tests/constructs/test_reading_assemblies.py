"""Assemblies as the CDK writes them, read back."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import Acknowledgment, Validations
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon.templates import App, Resolver, Template, read_app

ROLE = "arn:aws:iam::123456789012:role/Notebook"


class Main(cdk.Stack):
    """A stack with a nested stack in a nested stack, and something accepted at every level."""

    def __init__(self, scope: Construct, construct_id: str, region: str | None = None) -> None:
        super().__init__(scope, construct_id, env=cdk.Environment(region=region))
        nested = cdk.NestedStack(self, "Nested", parameters={"Type": "ml.g5.xlarge"})
        instance_type = cdk.CfnParameter(nested, "Type")
        sagemaker.CfnNotebookInstance(nested, "Passed", instance_type=instance_type.value_as_string, role_arn=ROLE)
        deeper = cdk.NestedStack(nested, "Deeper")
        notebook = sagemaker.CfnNotebookInstance(deeper, "Deep", instance_type="ml.t3.medium", role_arn=ROLE)
        declared = sagemaker.CfnNotebookInstance(self, "Declared", instance_type="ml.t3.medium", role_arn=ROLE)
        declared.add_metadata("LeanSilicon", {"Workload": {"Task": "interactive"}})
        for construct, rule in ((self, "SIZ003"), (nested, "SIL001"), (notebook, "SIL004")):
            Validations.of(construct).acknowledge(
                Acknowledgment(id=f"LeanSilicon::{rule}", reason=f"on {construct.node.id}")
            )
        Validations.of(self).acknowledge(Acknowledgment(id="AwsSolutions::SM1", reason="another plugin's"))


@pytest.fixture(scope="module", params=[True, False], ids=["as the CLI runs it", "without path and asset metadata"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> App:
    context = {"aws:cdk:enable-path-metadata": True, "aws:cdk:enable-asset-metadata": True} if request.param else {}
    folder = tmp_path_factory.mktemp("assembly")
    cdk_app = cdk.App(outdir=str(folder), context=context, analytics_reporting=False)
    Main(cdk_app, "Alone")
    Main(cdk.Stage(cdk_app, "Prod"), "Main", "eu-west-1")
    cdk_app.synth()
    return read_app([folder])


def by_construct_path(app: App) -> dict[str | None, Template]:
    return {template.construct_path: template for template in app.templates}


def test_every_stack_nested_stack_and_stage_is_found_with_its_region(app: App) -> None:
    assert (app.unreadable, app.skipped) == ([], [])
    assert {path: template.region for path, template in by_construct_path(app).items()} == {
        "Alone": None,
        "Alone/Nested": None,
        "Alone/Nested/Deeper": None,
        "Prod/Main": "eu-west-1",
        "Prod/Main/Nested": "eu-west-1",
        "Prod/Main/Nested/Deeper": "eu-west-1",
    }
    assert all(template.problems == () for template in app.templates)


def test_construct_paths_are_those_of_the_app(app: App) -> None:
    found = by_construct_path(app)
    assert found["Prod/Main"].resources["Declared"].construct_path == "Prod/Main/Declared"
    assert found["Prod/Main/Nested"].resources["Passed"].construct_path == "Prod/Main/Nested/Passed"
    assert found["Prod/Main/Nested/Deeper"].resources["Deep"].construct_path == "Prod/Main/Nested/Deeper/Deep"


def test_acknowledgments_hold_for_what_is_below_them(app: App) -> None:
    found = by_construct_path(app)
    rules = {
        logical_id: [
            (entry.rule_id, entry.reason) for entry in found[path].resources[logical_id].declaration.acknowledgments
        ]
        for path, logical_id in (("Alone", "Declared"), ("Alone/Nested", "Passed"), ("Alone/Nested/Deeper", "Deep"))
    }
    assert rules == {
        "Declared": [("SIZ003", "on Alone")],
        "Passed": [("SIL001", "on Nested"), ("SIZ003", "on Alone")],
        "Deep": [("SIL004", "on Deep"), ("SIL001", "on Nested"), ("SIZ003", "on Alone")],
    }


def test_a_workload_declared_on_a_construct_is_read(app: App) -> None:
    workload = by_construct_path(app)["Alone"].resources["Declared"].declaration.workload
    assert workload is not None
    assert str(workload.task) == "interactive"


def test_a_parameter_passed_to_a_nested_stack_is_resolved(app: App) -> None:
    nested = by_construct_path(app)["Alone/Nested"]
    (found,) = Resolver(nested).possibilities(nested.resources["Passed"].properties["InstanceType"])
    assert (found.value, found.origin) == ("ml.g5.xlarge", "parameter Type passed by Alone")
