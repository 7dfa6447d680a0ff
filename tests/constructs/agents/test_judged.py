"""Agents pass every judge, and our rules find on the CDK's own constructs what they are for."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from agent_stacks import DEAR, US_EAST_1, agent_folder, new_agent
from aws_cdk import Duration, Environment, SecretValue, Stack
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from judging import (
    cfn_lint_findings,
    cloudformation_findings,
    judged_app,
    nag_report,
    open_findings,
    verdict,
)

from lean_silicon.agents import (
    AgentCode,
    AgentEvaluation,
    AgentGateway,
    AgentMemory,
    ApiDescription,
    Browser,
    CodeInterpreter,
    Judge,
    Observability,
    OutboundCredentials,
    RateLimit,
    Remembering,
    Tool,
)
from lean_silicon.bedrock.guardrail import Guardrail

LISTING: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1"},
    "servers": [{"url": "https://shop.example"}],
    "paths": {"/items": {"get": {"operationId": "listItems", "responses": {"200": {"description": "Items"}}}}},
}


def with_every_part(stack: Stack, folder: Path) -> None:
    """An agent that uses all there is."""
    agent = new_agent(
        stack,
        folder,
        guardrail=Guardrail(stack, "Guardrail"),
        observability=Observability(record_payloads=True),
        environment={"SHOP": "https://shop.example"},
    )
    key = agentcore.ApiKeyCredentialProvider(stack, "Key", api_key=SecretValue.secrets_manager("shop/key"))
    gateway = AgentGateway(stack, "Tools", search=True)
    arn = f"arn:aws:lambda:us-east-1:{stack.account}:function:orders"
    gateway.add_function(
        "orders", lambda_.Function.from_function_arn(stack, "Orders", arn), [Tool("status", "Where it is")]
    )
    gateway.add_open_api("shop", ApiDescription(LISTING), credentials=OutboundCredentials.api_key(key, header="X-Key"))
    gateway.permit(agent.role, "orders", ["status"])
    gateway.limit_rate(RateLimit(60))
    agent.use_gateway(gateway)
    agent.use_memory(AgentMemory(stack, "Memory", remembering=list(Remembering)))
    agent.use_code_interpreter(CodeInterpreter(stack, "Sandbox"))
    agent.use_browser(Browser(stack, "Browser"))
    agent.use_specialist("orders", new_agent(stack, folder, "Specialist"))
    agent.use_api_key(key)
    agent.add_endpoint("production")
    agent.grant_invoke(iam.Role(stack, "Website", assumed_by=iam.AccountRootPrincipal()))
    function = lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        architecture=lambda_.Architecture.ARM_64,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        role=iam.Role(stack, "FunctionRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")),
    )
    agent.grant_invoke(function)
    agent.grant_invoke_for_user(iam.Role(stack, "Backend", assumed_by=iam.AccountRootPrincipal()))
    AgentEvaluation(
        stack,
        "Evaluation",
        agent=agent,
        judges={"Kind": Judge("Is {assistant_turn} kind?", {"No": "Cold", "Yes": "Warm"})},
    )


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app of agents, synthesized with our rules and cdk-nag; synthesis fails where one of them finds an error."""
    folder = tmp_path_factory.mktemp("judged")
    app = judged_app(folder)
    new_agent(Stack(app, "Plain", env=US_EAST_1), folder / "agent")
    with_every_part(Stack(app, "Parts", env=US_EAST_1), folder / "agent")
    own = Stack(app, "Own", env=US_EAST_1)
    image = agent_folder(folder / "image", Dockerfile="FROM python:3.13-slim\n")
    network = ec2.Vpc.from_vpc_attributes(
        own,
        "Vpc",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["us-east-1a", "us-east-1b"],
        private_subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    )
    new_agent(own, folder, code=AgentCode.from_image_folder(image), vpc=network)
    keyed = Stack(app, "Keyed", env=Environment(region="us-east-1"))
    memory = AgentMemory(keyed, "Memory", encryption_key=kms.Key(keyed, "Key", enable_key_rotation=True))
    memory.grant_use(iam.Role(keyed, "Reader", assumed_by=iam.AccountRootPrincipal()))
    app.synth()
    return folder / "cdk.out"


def test_our_own_rules_find_nothing(assembly: Path) -> None:
    assert open_findings(assembly) == []
    runs_on = [each for each in verdict(assembly)["findings"] if each["rule"].startswith(("SIL", "UTL"))]
    assert runs_on == []
    assert verdict(assembly)["summary"]["uses"] >= 5


def test_every_wildcard_was_accepted_with_its_reason(assembly: Path) -> None:
    nag = nag_report(assembly)
    assert nag["violations"] == []
    accepted = {each["ruleName"]: each["reason"] for each in nag["suppressedViolations"]}
    assert accepted
    assert {rule for rule in accepted if "IAM5[Resource::" not in rule} == {"AwsSolutions-IAM5[Action::kms:ReEncrypt*]"}
    assert all(len(reason.split()) > 4 for reason in accepted.values())


def test_cloudformation_accepts_the_templates(assembly: Path) -> None:
    assert cloudformation_findings(assembly) == []


def test_cfn_lint_finds_nothing(assembly: Path) -> None:
    assert cfn_lint_findings(assembly) == []


def test_every_agent_is_seen_on_graviton(assembly: Path) -> None:
    runtimes = [
        each
        for template in assembly.glob("*.template.json")
        for each in json.loads(template.read_text(encoding="utf-8"))["Resources"].values()
        if each["Type"] == "AWS::BedrockAgentCore::Runtime"
    ]
    assert len(runtimes) == 4
    assert not [each for each in runtimes if "CapacityProviderConfiguration" in each["Properties"]]


def bare_agent(stack: Stack, **properties: Any) -> agentcore.Runtime:
    """An agent as the CDK's own constructs make it."""
    uri = "111122223333.dkr.ecr.us-east-1.amazonaws.com/agent:7"
    artifact = agentcore.AgentRuntimeArtifact.from_image_uri(uri)
    return agentcore.Runtime(stack, "Agent", agent_runtime_artifact=artifact, **properties)


def idle(stack: Stack) -> None:
    lifecycle = agentcore.LifecycleConfiguration(
        idle_runtime_session_timeout=Duration.hours(8), max_lifetime=Duration.hours(8)
    )
    bare_agent(stack, lifecycle_configuration=lifecycle)


def untested(stack: Stack) -> None:
    agentcore.Evaluator(
        stack,
        "Evaluator",
        evaluator_name="kind",
        level=agentcore.EvaluationLevel.TRACE,
        evaluator_config=agentcore.EvaluatorConfig.llm_as_a_judge(
            instructions="Kind?",
            model_id=DEAR,
            rating_scale=agentcore.EvaluatorRatingScale.categorical(
                [agentcore.CategoricalRatingOption(label="No", definition="Cold")]
            ),
        ),
    )


def any_model(stack: Stack) -> None:
    runtime = bare_agent(stack)
    agentcore.OnlineEvaluationConfig(
        stack,
        "Evaluation",
        online_evaluation_config_name="evaluation",
        evaluators=[agentcore.EvaluatorSelector.builtin(agentcore.BuiltinEvaluator.HELPFULNESS)],
        data_source=agentcore.DataSourceConfig.from_agent_runtime_endpoint(runtime),
    )


def unattributed(stack: Stack) -> None:
    harness = agentcore.CfnHarness
    harness(
        stack,
        "Harness",
        harness_name="support",
        execution_role_arn="arn:aws:iam::111122223333:role/agent",
        model=harness.HarnessModelConfigurationProperty(
            bedrock_model_config=harness.HarnessBedrockModelConfigProperty(model_id="us.amazon.nova-micro-v1:0")
        ),
    )


def past_its_end(stack: Stack) -> None:
    model = bedrock.FoundationModel.from_foundation_model_id(
        stack, "Old", bedrock.FoundationModelIdentifier("anthropic.claude-3-haiku-20240307-v1:0")
    )
    step = agentcore.OverrideConfig(model=model, append_to_prompt="Remember what was ordered")
    strategy = agentcore.MemoryStrategy.using_semantic(
        strategy_name="facts", namespaces=["/facts/{actorId}"], custom_extraction=step, custom_consolidation=step
    )
    agentcore.Memory(stack, "Memory", memory_strategies=[strategy])


@pytest.mark.parametrize(
    ("bare", "rule"),
    [(idle, "UTL009"), (untested, "MDL001"), (any_model, "MDL002"), (unattributed, "MDL003"), (past_its_end, "MDL004")],
)
def test_the_cdks_own_constructs_take_what_a_rule_is_against(tmp_path: Path, bare: Any, rule: str) -> None:
    app = judged_app(tmp_path)
    bare(Stack(app, "Bare", env=US_EAST_1))
    # An error fails the synthesis, a warning does not; the report is there either way.
    with suppress(RuntimeError):
        app.synth()
    assert rule in {found for found, _ in open_findings(tmp_path / "cdk.out")}


def test_an_agent_calls_its_model_by_a_profile_and_a_guardrail_is_required(assembly: Path) -> None:
    """MDL003 and OBS006 cannot look into an agent's code; what they ask for stands in its role and its environment."""
    template = json.loads((assembly / "Parts.template.json").read_text(encoding="utf-8"))["Resources"]
    supports = [
        each for name, each in template.items() if name.startswith("SupportRuntime") and "Environment" in str(each)
    ]
    told = supports[0]["Properties"]["EnvironmentVariables"]
    assert told["MODEL_ID"]["Fn::GetAtt"][1] == "InferenceProfileArn"
    assert told["GUARDRAIL_VERSION"]["Fn::GetAtt"][1] == "Version"
