"""An agent's runtime: what it is told, how long its sessions last, who gets in, and what is refused at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from agent_stacks import (
    DEAR,
    MICRO,
    US_EAST_1,
    micro,
    new_agent,
    new_stack,
    of_type,
    template_of,
    the,
    verdict_for,
)
from aws_cdk import App, Duration, Fn, Stack, Stage
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from service_model import refusals

from lean_silicon.agents import Agent, AgentCode, AgentEvaluation, Judge, Observability, SessionLimits
from lean_silicon.agents.log_retention import days_of
from lean_silicon.bedrock import ModelChoice
from lean_silicon.bedrock.guardrail import Guardrail
from lean_silicon.exceptions import InvalidValueError

RUNTIME = "AWS::BedrockAgentCore::Runtime"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The template of an agent of which only code and model were said."""
    stack = new_stack()
    new_agent(stack, tmp_path_factory.mktemp("agent"))
    return template_of(stack)


def test_sessions_end_after_five_idle_minutes_or_an_hour(plain: dict[str, Any]) -> None:
    assert the(plain, RUNTIME)["LifecycleConfiguration"] == {"IdleRuntimeSessionTimeout": 300, "MaxLifetime": 3600}


def test_the_name_is_one_that_the_service_takes(plain: dict[str, Any]) -> None:
    name = the(plain, RUNTIME)["AgentRuntimeName"]
    request = {
        "agentRuntimeName": name,
        "agentRuntimeArtifact": {
            "containerConfiguration": {"containerUri": "111122223333.dkr.ecr.us-east-1.amazonaws.com/a:1"}
        },
        "roleArn": "arn:aws:iam::111122223333:role/agent",
    }
    assert refusals("bedrock-agentcore-control", "CreateAgentRuntime", request) == []
    assert refusals("bedrock-agentcore-control", "CreateAgentRuntime", {**request, "agentRuntimeName": f"{name}-1"})


def test_a_long_path_makes_a_name_that_the_service_takes(tmp_path: Path) -> None:
    stage = Stage(App(analytics_reporting=False), "second-" + "very-" * 12 + "long", env=US_EAST_1)
    agent = new_agent(Stack(stage, "Stack"), tmp_path)
    assert re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]{0,47}", agent.agent_name)


def test_the_code_runs_on_the_managed_python_of_a_graviton_machine(plain: dict[str, Any]) -> None:
    code = the(plain, RUNTIME)["AgentRuntimeArtifact"]["CodeConfiguration"]
    assert (code["Runtime"], code["EntryPoint"]) == ("PYTHON_3_13", ["main.py"])
    assert code["Code"]["S3"]["Prefix"].endswith(".zip")


def test_the_model_is_told_by_its_profile(plain: dict[str, Any]) -> None:
    [profile] = [name for name, each in plain["Resources"].items() if "InferenceProfile" in each["Type"]]
    assert the(plain, RUNTIME)["EnvironmentVariables"] == {"MODEL_ID": {"Fn::GetAtt": [profile, "InferenceProfileArn"]}}


def test_logs_end_and_what_sessions_used_is_recorded(plain: dict[str, Any]) -> None:
    groups = of_type(plain, "AWS::Logs::LogGroup")
    assert {group["Properties"]["RetentionInDays"] for group in groups} == {90}
    assert the(plain, "Custom::AgentLogRetention")["RetentionInDays"] == "90"
    kinds = {source["Properties"]["LogType"] for source in of_type(plain, "AWS::Logs::DeliverySource")}
    assert kinds == {"USAGE_LOGS", "TRACES"}


def test_requests_and_answers_are_recorded_only_where_somebody_asked(tmp_path: Path) -> None:
    stack = new_stack()
    new_agent(
        stack,
        tmp_path,
        observability=Observability(
            record_payloads=True, tracing=False, errors_percent=None, retention=logs.RetentionDays.ONE_WEEK
        ),
    )
    template = template_of(stack)
    kinds = {source["Properties"]["LogType"] for source in of_type(template, "AWS::Logs::DeliverySource")}
    assert kinds == {"USAGE_LOGS", "APPLICATION_LOGS"}
    assert of_type(template, "AWS::CloudWatch::Alarm") == []
    assert the(template, "Custom::AgentLogRetention")["RetentionInDays"] == "7"


def test_alarms_ring_on_failures_and_refusals(plain: dict[str, Any]) -> None:
    alarms = of_type(plain, "AWS::CloudWatch::Alarm")
    assert len(alarms) == 2
    assert all(alarm["Properties"]["TreatMissingData"] == "notBreaching" for alarm in alarms)


def test_what_stays_with_a_name_of_its_own_is_not_in_the_way_of_the_next_stack(plain: dict[str, Any]) -> None:
    [named] = [group for group in of_type(plain, "AWS::Logs::LogGroup") if "LogGroupName" in group["Properties"]]
    assert "AWS::StackId" in str(named["Properties"]["LogGroupName"])


def test_the_same_app_may_be_deployed_twice_to_an_account(tmp_path: Path) -> None:
    named = {"AgentRuntimeName", "OnlineEvaluationConfigName", "EvaluatorName", "Name"}

    def names(stack_name: str) -> set[str]:
        stack = Stack(App(analytics_reporting=False), "Test", stack_name=stack_name, env=US_EAST_1)
        agent = new_agent(stack, tmp_path)
        judge = Judge("Is {assistant_turn} kind?", {"No": "Cold", "Yes": "Warm"})
        AgentEvaluation(stack, "Evaluation", agent=agent, judges={"Kind": judge})
        resources = template_of(stack)["Resources"].values()
        return {str(each["Properties"][key]) for each in resources for key in named & each.get("Properties", {}).keys()}

    staging, production = names("support-staging"), names("support-production")
    assert len(staging) >= 6
    assert not staging & production


def test_a_named_endpoint_follows_the_newest_version_unless_told_otherwise(tmp_path: Path) -> None:
    stack = new_stack()
    agent = new_agent(stack, tmp_path)
    agent.add_endpoint("production")
    agent.add_endpoint("last_week", version="3", description="To compare with")
    versions = {
        each["Properties"]["Name"]: each["Properties"]["AgentRuntimeVersion"]
        for each in of_type(template_of(stack), "AWS::BedrockAgentCore::RuntimeEndpoint")
    }
    assert versions["last_week"] == "3"
    assert versions["production"]["Fn::GetAtt"][1] == "AgentRuntimeVersion"


def test_every_endpoint_has_a_log_that_ends_and_alarms_of_its_own(tmp_path: Path) -> None:
    stack = new_stack()
    new_agent(stack, tmp_path, name="support").add_endpoint("production")
    template = template_of(stack)
    groups = [str(each["Properties"]["LogGroupName"]) for each in of_type(template, "Custom::AgentLogRetention")]
    assert [group.rpartition("-")[2].strip("]}'") for group in groups] == ["DEFAULT", "production"]
    alarms = str(of_type(template, "AWS::CloudWatch::Alarm"))
    assert "support::production" in alarms
    assert "support::DEFAULT" in alarms


def test_a_guardrail_is_named_and_required(tmp_path: Path) -> None:
    stack = new_stack()
    new_agent(stack, tmp_path, guardrail=Guardrail(stack, "Guardrail"))
    template = template_of(stack)
    told = the(template, RUNTIME)["EnvironmentVariables"]
    assert {"GUARDRAIL_ID", "GUARDRAIL_VERSION"} <= told.keys()
    denied = [
        statement
        for policy in of_type(template, "AWS::IAM::Policy")
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    ]
    assert [list(each["Condition"]["StringNotEquals"]) for each in denied] == [["bedrock:GuardrailIdentifier"]]


def test_a_secret_is_named_by_its_arn_and_may_be_read(tmp_path: Path) -> None:
    stack = new_stack()
    secret = secretsmanager.Secret(stack, "Key")
    new_agent(stack, tmp_path, secrets={"SHOP_SECRET": secret}, environment={"SHOP": "https://shop.example"})
    template = template_of(stack)
    told = the(template, RUNTIME)["EnvironmentVariables"]
    assert told["SHOP"] == "https://shop.example"
    assert told["SHOP_SECRET"] == {"Ref": stack.get_logical_id(secret.node.default_child)}  # type: ignore[arg-type]
    assert "secretsmanager:GetSecretValue" in str(of_type(template, "AWS::IAM::Policy"))


def test_callers_with_tokens_get_in_by_a_jwt_authorizer(tmp_path: Path) -> None:
    stack = new_stack()
    discovery = "https://login.example/.well-known/openid-configuration"
    new_agent(
        stack,
        tmp_path,
        authorizer=agentcore.RuntimeAuthorizerConfiguration.using_jwt(discovery, ["website"]),
        request_headers=["Authorization", "X-Tenant", "X-Amzn-Bedrock-AgentCore-Runtime-Custom-User"],
    )
    template = template_of(stack)
    runtime = the(template, RUNTIME)
    assert runtime["AuthorizerConfiguration"]["CustomJWTAuthorizer"]["AllowedClients"] == ["website"]
    assert runtime["RequestHeaderConfiguration"]["RequestHeaderAllowlist"][:2] == ["Authorization", "X-Tenant"]
    assert "GetWorkloadAccessTokenForJWT" in str(of_type(template, "AWS::IAM::Policy"))


def test_an_agent_whose_iam_is_spelled_out_may_be_itself(tmp_path: Path) -> None:
    stack = new_stack()
    new_agent(stack, tmp_path, authorizer=agentcore.RuntimeAuthorizerConfiguration.using_iam())
    template = template_of(stack)
    assert "AuthorizerConfiguration" not in the(template, RUNTIME)
    assert "bedrock-agentcore:GetWorkloadAccessToken'" in str(of_type(template, "AWS::IAM::Policy"))


@pytest.mark.parametrize(
    ("protocol", "spelled"),
    [
        (agentcore.ProtocolType.HTTP, "HTTP"),
        (agentcore.ProtocolType.MCP, "MCP"),
        (agentcore.ProtocolType.A2_A, "A2A"),
        (agentcore.ProtocolType.AGUI, "AGUI"),
    ],
)
def test_an_agent_speaks_the_protocol_that_was_asked_for(
    tmp_path: Path, protocol: agentcore.ProtocolType, spelled: str
) -> None:
    stack = new_stack()
    new_agent(stack, tmp_path, protocol=protocol)
    request = {"protocolConfiguration": {"serverProtocol": the(template_of(stack), RUNTIME)["ProtocolConfiguration"]}}
    assert request == {"protocolConfiguration": {"serverProtocol": spelled}}
    assert not [
        each for each in refusals("bedrock-agentcore-control", "UpdateAgentRuntime", request) if spelled in each
    ]


def test_a_platform_is_chosen_where_somebody_asked(plain: dict[str, Any], tmp_path: Path) -> None:
    assert "PlatformVersion" not in the(plain, RUNTIME)
    stack = new_stack()
    new_agent(stack, tmp_path, platform_version=agentcore.PlatformVersion.V2)
    assert the(template_of(stack), RUNTIME)["PlatformVersion"] == "V2"


def test_in_a_vpc_the_agent_has_interfaces_in_its_private_subnets(tmp_path: Path) -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2)
    agent = new_agent(stack, tmp_path, vpc=vpc)
    agent.connections.allow_to_any_ipv4(ec2.Port.HTTPS)
    network = the(template_of(stack), RUNTIME)["NetworkConfiguration"]
    assert network["NetworkMode"] == "VPC"
    assert len(network["NetworkModeConfig"]["Subnets"]) == 2


def test_grants_of_other_constructs_reach_the_agents_role(tmp_path: Path) -> None:
    stack = new_stack()
    agent = new_agent(stack, tmp_path)
    table = dynamodb.Table(
        stack, "Orders", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )
    table.grant_read_data(agent)
    assert "dynamodb:GetItem" in str(of_type(template_of(stack), "AWS::IAM::Policy"))


def test_metrics_are_the_services(tmp_path: Path) -> None:
    stack = new_stack()
    agent = new_agent(stack, tmp_path, name="support")
    assert agent.metric_invocations().dimensions["Name"] == "support::DEFAULT"  # type: ignore[index]
    assert agent.metric_latency(endpoint="production").dimensions["Name"] == "support::production"  # type: ignore[index]
    assert agent.metric_latency().statistic == "Average"
    names = [
        each.metric_name
        for each in (
            agent.metric_errors(),
            agent.metric_throttles(),
            agent.metric_sessions(),
            agent.metric_vcpu_hours(),
            agent.metric_gb_hours(),
        )
    ]
    assert names == ["TotalErrors", "Throttles", "SessionCount", "CPUUsed-vCPUHours", "MemoryUsed-GBHours"]
    assert agent.metric_gb_hours().dimensions["Service"] == "AgentCore.Runtime"  # type: ignore[index]


def test_an_agent_of_another_stack_is_known_by_its_arn(tmp_path: Path) -> None:
    stack = new_stack()
    arn = "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/support-0123456789"
    imported = Agent.from_agent_arn(stack, "Imported", arn)
    assert imported.agent_name == "support"
    supervisor = new_agent(stack, tmp_path)
    supervisor.use_specialist("support", imported)
    assert f"{arn}/runtime-endpoint/*" in str(of_type(template_of(stack), "AWS::IAM::Policy"))


def test_an_imported_arn_that_is_not_known_yet_needs_a_name() -> None:
    stack = new_stack()
    with pytest.raises(InvalidValueError, match="give agent_name"):
        Agent.from_agent_arn(stack, "Imported", Fn.import_value("AgentArn"))


@pytest.mark.parametrize("arn", ["support", "arn:aws:lambda:us-east-1:111122223333:function:support"])
def test_fails_on_an_imported_arn_that_is_no_runtimes(arn: str) -> None:
    with pytest.raises(InvalidValueError, match="that of a runtime"):
        Agent.from_agent_arn(new_stack(), "Imported", arn)


def dear(stack: Stack) -> ModelChoice:
    return ModelChoice(stack, "Dear", model=DEAR, reason="somebody likes it")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "my-agent"}, "'my_agent'"),
        ({"name": "7th"}, "a letter first"),
        ({"name": "a" * 49}, "48 characters"),
        ({"model": None}, "an agent needs the model"),
        ({"model": MICRO}, "an agent needs the model"),
        ({"description": "x" * 1_201}, "AgentCore allows 1200"),
        ({"environment": {"2ND": "x"}}, "'2ND' is no name"),
        ({"environment": {"TEXT": "x" * 2_049}}, "2049 characters"),
        ({"environment": {f"V{each}": "x" for each in range(51)}}, "51 environment variables"),
        ({"environment": {"PORT": 8080}}, "AgentCore takes text: '8080'"),
        ({"environment": {"MODEL_ID": "x"}}, "set by model="),
        ({"guardrail": "gr-1"}, r"Guardrail\.from_guardrail_arn"),
        ({"code": "agent"}, r'AgentCode\.from_folder\("agent"\)'),
        ({"request_headers": ["Authorization"]}, "give the agent an authorizer"),
        ({"request_headers": ["X-Amz-Date"]}, "not AWS's own"),
        ({"request_headers": ["X Tenant"]}, "letters, digits, hyphens"),
        ({"request_headers": ["1-Tenant"]}, "a letter, then"),
        ({"request_headers": ["X-Tenant", "x-tenant"]}, "each once"),
        ({"request_headers": [f"X-{each}" for each in range(21)]}, "up to 20"),
        ({"vpc_subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)}, "without a vpc"),
    ],
)
def test_fails_at_once_with_the_fix(tmp_path: Path, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        new_agent(new_stack(), tmp_path, **wrong)


def test_fails_on_a_top_tier_model_for_which_nobody_evaluated(tmp_path: Path) -> None:
    stack = new_stack()
    with pytest.raises(InvalidValueError, match="evaluate a smaller one first"):
        new_agent(stack, tmp_path, model=dear(stack))


def test_takes_a_top_tier_model_with_an_evaluation(tmp_path: Path) -> None:
    stack = new_stack()
    chosen = ModelChoice(
        stack, "Dear", model=DEAR, verdict=verdict_for(DEAR, "anthropic.claude-haiku-4-5-20251001-v1:0")
    )
    assert new_agent(stack, tmp_path, model=chosen).model is chosen


def test_fails_on_public_subnets(tmp_path: Path) -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc")
    with pytest.raises(InvalidValueError, match="PRIVATE_WITH_EGRESS"):
        new_agent(stack, tmp_path, vpc=vpc, vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC))


@pytest.mark.parametrize(
    ("idle", "lifetime", "message"),
    [
        (Duration.seconds(30), Duration.hours(1), "60 to 28800"),
        (Duration.minutes(5), Duration.hours(9), "60 to 28800"),
        (Duration.hours(2), Duration.hours(1), "longer than it lives"),
    ],
)
def test_fails_on_session_limits_out_of_range(idle: Duration, lifetime: Duration, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        SessionLimits(idle, lifetime)


def test_fails_on_session_limits_in_no_unit() -> None:
    with pytest.raises(InvalidValueError, match=r"Duration\.minutes"):
        SessionLimits(300, 3600)  # type: ignore[arg-type]


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_fails_on_a_share_of_errors_that_is_none(percent: float) -> None:
    with pytest.raises(InvalidValueError, match="None for no alarms"):
        Observability(errors_percent=percent)


def test_fails_on_logs_that_never_end(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="THREE_MONTHS"):
        new_agent(new_stack(), tmp_path, observability=Observability(retention=logs.RetentionDays.INFINITE))


@pytest.mark.parametrize("retention", [each for each in logs.RetentionDays if each is not logs.RetentionDays.INFINITE])
def test_every_other_retention_is_known(retention: logs.RetentionDays) -> None:
    group = logs.LogGroup(new_stack(), "Log", retention=retention)
    assert str(the(template_of(group.stack), "AWS::Logs::LogGroup")["RetentionInDays"]) == days_of(retention)


def test_fails_on_an_endpoint_that_the_service_would_refuse(tmp_path: Path) -> None:
    agent = new_agent(new_stack(), tmp_path)
    with pytest.raises(InvalidValueError, match="'blue_green'"):
        agent.add_endpoint("blue-green")
    with pytest.raises(InvalidValueError, match="AgentCore makes DEFAULT"):
        agent.add_endpoint("DEFAULT")
    for number in range(9):
        agent.add_endpoint(f"e{number}")
    with pytest.raises(InvalidValueError, match="its own name"):
        agent.add_endpoint("e0")
    with pytest.raises(InvalidValueError, match="allows 10"):
        agent.add_endpoint("e9")


def test_a_footprint_counts_tokens_and_the_memory_of_idle_minutes(tmp_path: Path) -> None:
    stack = new_stack()
    short = new_agent(stack, tmp_path, "Short", sessions=SessionLimits(Duration.minutes(1)))
    long = new_agent(stack, tmp_path, "Long", sessions=SessionLimits(Duration.minutes(15)))
    one, other = short.footprint(4_000, 500), long.footprint(4_000, 500)
    assert one.model == other.model
    assert one.runtime.cost is not None
    assert other.runtime.cost is not None
    # 14 more minutes of 0.3 GB at 0.00945 USD a GB-hour.
    assert other.runtime.cost.likely - one.runtime.cost.likely == pytest.approx(14 / 60 * 0.3 * 0.00945)
    assert one.cost is not None
    assert one.energy is not None
    assert one.carbon is not None
    assert one.cost.low < one.cost.likely < one.cost.high
    assert one.energy.low < one.energy.likely < one.energy.high


def test_no_idle_minute_is_billed_after_a_sessions_end(tmp_path: Path) -> None:
    agent = new_agent(new_stack(), tmp_path, sessions=SessionLimits(Duration.minutes(5), Duration.minutes(10)))
    nine = agent.footprint(0, 0, working=Duration.minutes(9)).runtime.cost
    ten = agent.footprint(0, 0, working=Duration.minutes(10)).runtime.cost
    assert nine is not None
    assert ten is not None
    # Held for ten minutes either way; one minute more at work, on 0.3 vCPU.
    assert ten.likely - nine.likely == pytest.approx(1 / 60 * 0.3 * 0.0895)
    with pytest.raises(InvalidValueError, match="sessions end after 600 s"):
        agent.footprint(0, 0, working=Duration.minutes(11))
    with pytest.raises(InvalidValueError, match="neither can be negative"):
        agent.footprint(-1, 0)


def test_a_footprint_without_a_region_has_no_carbon(tmp_path: Path) -> None:
    stack = new_stack(None)
    chosen = ModelChoice(stack, "Model", model=f"us.{MICRO}", reason="tried first")
    footprint = new_agent(stack, tmp_path, model=chosen).footprint(1_000, 100)
    assert footprint.carbon is None
    assert footprint.runtime.cost is not None


def test_code_from_a_bucket_is_read_and_nothing_else_there(tmp_path: Path) -> None:
    from aws_cdk import aws_s3 as s3

    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Releases", "releases")
    Agent(stack, "Agent", code=AgentCode.from_bucket(bucket, "agent/7.zip", entry_point="main.py"), model=micro(stack))
    assert "s3:::releases/agent/7.zip" in str(of_type(template_of(stack), "AWS::IAM::Policy"))


def test_the_custom_resource_fails_within_minutes(plain: dict[str, Any]) -> None:
    assert the(plain, "Custom::AgentLogRetention")["ServiceTimeout"] == "300"


def test_only_invocations_of_this_agent_are_granted(tmp_path: Path) -> None:
    stack = new_stack()
    agent = new_agent(stack, tmp_path)
    website = iam.Role(stack, "Website", assumed_by=iam.AccountRootPrincipal())
    agent.grant_invoke(website)
    agent.grant_invoke_for_user(iam.Role(stack, "Backend", assumed_by=iam.AccountRootPrincipal()))
    policies = {
        str(each["Properties"]["Roles"]): str(each["Properties"]["PolicyDocument"])
        for each in of_type(template_of(stack), "AWS::IAM::Policy")
    }
    [of_website] = [text for roles, text in policies.items() if "Website" in roles]
    [of_backend] = [text for roles, text in policies.items() if "Backend" in roles]
    assert "InvokeAgentRuntimeForUser" not in of_website
    assert "InvokeAgentRuntimeForUser" in of_backend
    assert "GetWorkloadAccessTokenForUserId" in str(policies)
