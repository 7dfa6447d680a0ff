"""Memory, sandbox, browser, specialists, larger models and evaluation."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from agent_stacks import DEAR, MICRO, agent_folder, micro, new_agent, new_stack, of_type, template_of, the, verdict_for
from aws_cdk import Duration, Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Annotations, Match
from reference_stacks import readable
from service_model import refusals

from lean_silicon.agents import (
    Agent,
    AgentEvaluation,
    AgentMemory,
    Browser,
    CodeInterpreter,
    Judge,
    Remembering,
)
from lean_silicon.bedrock import ModelChoice
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.exceptions import InvalidValueError

GRADES = {"No": "Cold or rude", "Yes": "Warm and polite"}
RUNTIME = "AWS::BedrockAgentCore::Runtime"


def environment_of(stack: Stack) -> dict[str, Any]:
    variables: dict[str, Any] = the(template_of(stack), RUNTIME)["EnvironmentVariables"]
    return variables


def test_a_memory_keeps_events_for_a_month_and_distils_nothing_by_itself(tmp_path: Path) -> None:
    stack = new_stack()
    new_agent(stack, tmp_path).use_memory(AgentMemory(stack, "Memory"))
    template = template_of(stack)
    [memory] = of_type(template, "AWS::BedrockAgentCore::Memory")
    assert memory["Properties"]["EventExpiryDuration"] == 30
    assert "MemoryStrategies" not in memory["Properties"]
    assert memory["DeletionPolicy"] == "Retain"
    assert "AWS::StackId" in json.dumps(memory["Properties"]["Name"])
    assert "MEMORY_ID" in the(template, RUNTIME)["EnvironmentVariables"]


def test_fails_on_a_second_part_of_a_kind_of_which_the_code_would_never_hear(tmp_path: Path) -> None:
    stack = new_stack()
    agent = new_agent(stack, tmp_path)
    agent.use_memory(AgentMemory(stack, "Memory"))
    with pytest.raises(InvalidValueError, match=r"use_memory\(\) was given already"):
        agent.use_memory(AgentMemory(stack, "Another"))


def test_what_is_remembered_is_chosen(tmp_path: Path) -> None:
    stack = new_stack()
    key = kms.Key(stack, "Key")
    memory = AgentMemory(
        stack,
        "Memory",
        remembering=list(Remembering),
        events_expire_after=Duration.days(7),
        name="shop",
        encryption_key=key,
    )
    new_agent(stack, tmp_path).use_memory(memory)
    template = template_of(stack)
    properties = the(template, "AWS::BedrockAgentCore::Memory")
    assert [next(iter(each)) for each in properties["MemoryStrategies"]] == [
        "SummaryMemoryStrategy",
        "SemanticMemoryStrategy",
        "UserPreferenceMemoryStrategy",
        "EpisodicMemoryStrategy",
    ]
    request = {"name": properties["Name"], "eventExpiryDuration": properties["EventExpiryDuration"]}
    assert refusals("bedrock-agentcore-control", "CreateMemory", request) == []
    assert "kms:Decrypt" in str(of_type(template, "AWS::IAM::Policy"))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"events_expire_after": Duration.days(2)}, "3 to 365"),
        ({"events_expire_after": Duration.days(400)}, "distilled"),
        ({"name": "shop-memory"}, "'shop_memory'"),
    ],
)
def test_fails_on_a_memory_that_the_service_would_refuse(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        AgentMemory(new_stack(), "Memory", **wrong)


def test_code_of_the_model_runs_without_a_network_and_may_do_nothing(tmp_path: Path) -> None:
    stack = new_stack()
    interpreter = CodeInterpreter(stack, "Sandbox")
    new_agent(stack, tmp_path).use_code_interpreter(interpreter)
    template = template_of(stack)
    properties = the(template, "AWS::BedrockAgentCore::CodeInterpreterCustom")
    assert properties["NetworkConfiguration"] == {"NetworkMode": "SANDBOX"}
    own_role = stack.get_logical_id(interpreter.role.node.default_child)  # type: ignore[arg-type]
    assert not [
        policy for policy in of_type(template, "AWS::IAM::Policy") if own_role in str(policy["Properties"]["Roles"])
    ]
    assert "CODE_INTERPRETER_ID" in the(template, RUNTIME)["EnvironmentVariables"]


def test_a_browser_records_where_it_was_told_to(tmp_path: Path) -> None:
    stack = new_stack()
    recordings = s3.Bucket.from_bucket_name(stack, "Recordings", "recordings")
    new_agent(stack, tmp_path).use_browser(Browser(stack, "Browser", recordings=recordings, name="shop"))
    template = template_of(stack)
    properties = the(template, "AWS::BedrockAgentCore::BrowserCustom")
    assert properties["RecordingConfig"]["S3Location"] == {"Bucket": "recordings", "Prefix": "shop/"}
    [policy] = [each for each in of_type(template, "AWS::IAM::Policy") if "s3:PutObject" in str(each)]
    assert "s3:::recordings/shop/*" in json.dumps(readable(policy))
    assert "BROWSER_ID" in the(template, RUNTIME)["EnvironmentVariables"]


def test_sandboxes_may_have_a_network(tmp_path: Path) -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2)
    Browser(stack, "Browser", vpc=vpc)
    CodeInterpreter(stack, "Sandbox", vpc=vpc)
    template = template_of(stack)
    for kind in ("BrowserCustom", "CodeInterpreterCustom"):
        assert the(template, f"AWS::BedrockAgentCore::{kind}")["NetworkConfiguration"]["NetworkMode"] == "VPC"


def test_a_supervisor_knows_its_specialists_and_may_invoke_them(tmp_path: Path) -> None:
    stack = new_stack()
    supervisor = new_agent(stack, tmp_path, "Supervisor")
    for name in ("orders", "returns"):
        supervisor.use_specialist(name, new_agent(stack, tmp_path, name.title()))
    template = template_of(stack)
    told = [
        each["Properties"]["EnvironmentVariables"]["SPECIALISTS"]
        for each in of_type(template, RUNTIME)
        if "SPECIALISTS" in each["Properties"]["EnvironmentVariables"]
    ]
    assert len(told) == 1
    known = json.loads(readable(told[0]))
    assert set(known) == {"orders", "returns"}
    assert all(arn.endswith(".AgentRuntimeArn}") for arn in known.values())


def test_fails_on_specialists_that_would_go_round_in_circles(tmp_path: Path) -> None:
    stack = new_stack()
    supervisor, other = new_agent(stack, tmp_path, "Supervisor"), new_agent(stack, tmp_path, "Other")
    with pytest.raises(InvalidValueError, match="without end"):
        supervisor.use_specialist("self", supervisor)
    supervisor.use_specialist("orders", other)
    with pytest.raises(InvalidValueError, match="its own name"):
        supervisor.use_specialist("orders", other)
    with pytest.raises(InvalidValueError, match="'the-orders'"):
        supervisor.use_specialist("the orders", other)


def test_a_larger_model_takes_an_evaluation(tmp_path: Path) -> None:
    stack = new_stack()
    agent = new_agent(stack, tmp_path)
    with pytest.raises(InvalidValueError, match="measured and fell short"):
        agent.use_larger_model(ModelChoice(stack, "Larger", model="amazon.nova-lite-v1:0", reason="sounds better"))
    verdict = verdict_for("amazon.nova-lite-v1:0", MICRO)
    agent.use_larger_model(ModelChoice(stack, "Evaluated", model="amazon.nova-lite-v1:0", verdict=verdict))
    assert "LARGER_MODEL_ID" in environment_of(stack)


def test_one_conversation_in_ten_is_judged_by_evaluators_that_were_chosen(tmp_path: Path) -> None:
    stack = new_stack()
    agent = new_agent(stack, tmp_path, name="support")
    evaluation = AgentEvaluation(
        stack, "Evaluation", agent=agent, judges={"Kind": Judge("Is {assistant_turn} kind?", GRADES)}
    )
    template = template_of(stack)
    properties = the(template, "AWS::BedrockAgentCore::OnlineEvaluationConfig")
    assert properties["Rule"]["SamplingConfig"] == {"SamplingPercentage": 10}
    assert properties["DataSourceConfig"]["CloudWatchLogs"]["ServiceNames"] == ["support.DEFAULT"]
    assert [each["EvaluatorId"] for each in properties["Evaluators"]][:3] == [
        "Builtin.GoalSuccessRate",
        "Builtin.ToolSelectionAccuracy",
        "Builtin.Harmfulness",
    ]
    judge = the(template, "AWS::BedrockAgentCore::Evaluator")
    model = judge["EvaluatorConfig"]["LlmAsAJudge"]["ModelConfig"]["BedrockEvaluatorModelConfig"]["ModelId"]
    assert model == "amazon.nova-lite-v1:0"
    assert set(evaluation.judges) == {"Kind"}


def test_the_names_of_evaluations_are_ones_that_the_service_takes(tmp_path: Path) -> None:
    stack = new_stack()
    agent = new_agent(stack, tmp_path)
    for number in range(2):
        AgentEvaluation(
            stack,
            f"Evaluation{number}",
            agent=agent,
            judges={f"Judge{each}": Judge("Is {assistant_turn} kind?", GRADES) for each in range(2)},
        )
    template = template_of(stack)
    names = [each["Properties"]["EvaluatorName"] for each in of_type(template, "AWS::BedrockAgentCore::Evaluator")]
    assert len(set(names)) == 4
    scale = {"numerical": [{"definition": "x", "value": 0, "label": "No"}]}
    judged = {
        "instructions": "Is it kind?",
        "ratingScale": scale,
        "modelConfig": {"bedrockEvaluatorModelConfig": {"modelId": "m"}},
    }
    for name in names:
        request = {"evaluatorName": name, "level": "TRACE", "evaluatorConfig": {"llmAsAJudge": judged}}
        assert refusals("bedrock-agentcore-control", "CreateEvaluator", request) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"evaluators": []}, "0 evaluators"),
        ({"evaluators": [agentcore.BuiltinEvaluator.HARMFULNESS] * 26}, "1 to 25"),
        ({"sampling_percent": 0}, "0.01 to 100"),
        ({"sampling_percent": 101}, "10 is usual"),
        ({"judges": {"is-kind": Judge("Is {assistant_turn} kind?", GRADES)}}, "'is_kind'"),
        ({"name": "my-evaluation"}, "'my_evaluation'"),
        ({"endpoint": "production"}, "it has DEFAULT"),
    ],
)
def test_fails_on_an_evaluation_that_the_service_would_refuse(
    tmp_path: Path, wrong: dict[str, Any], message: str
) -> None:
    stack = new_stack()
    agent = new_agent(stack, tmp_path)
    with pytest.raises(InvalidValueError, match=message):
        AgentEvaluation(stack, "Evaluation", agent=agent, **wrong)


@pytest.mark.parametrize(
    ("requirements", "warned"),
    [("boto3==1.44.5\n", 1), ("boto3==1.44.5\naws-opentelemetry-distro==0.21.0\n", 0), (None, 0)],
)
def test_warns_of_an_evaluation_that_has_nothing_to_read(tmp_path: Path, requirements: str | None, warned: int) -> None:
    stack = new_stack()
    files = {} if requirements is None else {"requirements.txt": requirements}
    agent_folder(tmp_path, **files)
    AgentEvaluation(stack, "Evaluation", agent=new_agent(stack, tmp_path))
    about_traces = Match.string_like_regexp("aws-opentelemetry-distro")
    assert len(Annotations.from_stack(stack).find_warning("/Test/Evaluation", about_traces)) == warned


def test_fails_on_an_evaluation_of_another_apps_agent() -> None:
    stack = new_stack()
    arn = "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/support-0123456789"
    imported = Agent.from_agent_arn(stack, "Imported", arn)
    with pytest.raises(InvalidValueError, match="of this app"):
        AgentEvaluation(stack, "Evaluation", agent=imported)  # type: ignore[arg-type]


def test_fails_on_a_judge_that_is_larger_than_it_must_be_for_no_known_reason() -> None:
    with pytest.raises(InvalidValueError, match=r"amazon\.nova-lite"):
        Judge("Is {assistant_turn} kind?", GRADES, model=DEAR)
    record = EvaluationRecord("nova-lite", "s3://evaluations/judge.json", 0.5, 0.8, date(2026, 10, 1))
    assert Judge("Is {assistant_turn} kind?", GRADES, model=DEAR, evidence=[record]).evidence
    with pytest.raises(InvalidValueError, match=r"TRACE put in one of \{context\}, \{assistant_turn\}"):
        Judge("Is it kind?", GRADES)
    with pytest.raises(InvalidValueError, match=r"\{tool_turn\}"):
        Judge("Was {assistant_turn} the right call?", GRADES, level=agentcore.EvaluationLevel.TOOL_CALL)
    with pytest.raises(InvalidValueError, match="at least two"):
        Judge("Is {assistant_turn} kind?", {"Yes": "It is"})


def test_each_agent_has_a_model_of_its_own(tmp_path: Path) -> None:
    stack = new_stack()
    one, other = new_agent(stack, tmp_path, "One"), new_agent(stack, tmp_path, "Other")
    assert one.model is not other.model
    shared = micro(stack, "Shared")
    assert new_agent(stack, tmp_path, "Third", model=shared).model is shared
