"""Rungs, guardrails and batches pass every judge, and the usual way of writing the same does not pass our own rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, open_findings, verdict
from ladder_templates import (
    ALL_BELOW_TRAINING,
    LLAMA,
    NOVA,
    US_EAST_1,
    bedrock_job,
    bucket,
    choice,
    new_ladder,
    record,
    script,
    short_of,
)

from lean_silicon import Rung, Task
from lean_silicon.bedrock.batch_inference import BatchInference
from lean_silicon.bedrock.guardrail import Guardrail
from lean_silicon.bedrock.ladder import (
    ContinuedPreTraining,
    Distillation,
    FullFineTuning,
    Justification,
    OpenSearchServerless,
    ParameterEfficientFineTuning,
    PreTraining,
    PromptEngineering,
    RetrievalAugmentation,
)
from lean_silicon.declaring import Declaration
from lean_silicon.training import TrainiumTrainingJob

OPUS = "anthropic.claude-opus-4-5-20251101-v1:0"


def answering(stack: Construct, model_name: str = LLAMA) -> None:
    ladder = new_ladder(stack, evidence=short_of(Rung.PROMPT_ENGINEERING))
    model = choice(stack, model_name)
    PromptEngineering(stack, "Prompt", ladder=ladder, model=model, instructions="Answer.", question="{{question}}")
    rag = RetrievalAugmentation(stack, "Rag", ladder=ladder, documents=bucket(stack), prefix="policies/")
    user = iam.Role(stack, "User", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    rag.grant_retrieve_and_generate(user, model)
    guardrail = Guardrail(stack, "Guardrail")
    guardrail.require_of(user)
    guardrail.enforce_in_account()
    BatchInference(stack, "Batch", model=model, prompts=bucket(stack, "prompts"), prefix="prompts/")


def searching(stack: Construct) -> None:
    ladder = new_ladder(stack, evidence=short_of(Rung.PROMPT_ENGINEERING))
    store = OpenSearchServerless(
        "arn:aws:aoss:us-east-1:111122223333:collection/abcdefghij0123456789", "claims", "documents", "Search by words"
    )
    RetrievalAugmentation(stack, "Rag", ladder=ladder, documents=bucket(stack), vector_store=store)


def adapting(stack: Construct) -> None:
    ladder = new_ladder(stack, evidence=short_of(Rung.PROMPT_ENGINEERING, Rung.RAG))
    ParameterEfficientFineTuning(stack, "Lora", ladder=ladder, recipe=script(stack))
    ParameterEfficientFineTuning(stack, "Tuning", ladder=ladder, recipe=bedrock_job(stack))


def distilling(stack: Construct) -> None:
    ladder = new_ladder(stack, model=NOVA, evidence=short_of(Rung.PROMPT_ENGINEERING, Rung.RAG, model=NOVA))
    Distillation(stack, "Student", ladder=ladder, teacher="us.amazon.nova-pro-v1:0", recipe=bedrock_job(stack))


def training_all(stack: Construct) -> None:
    ladder = new_ladder(stack, evidence=short_of(*ALL_BELOW_TRAINING))
    FullFineTuning(stack, "Full", ladder=ladder, recipe=script(stack))
    ContinuedPreTraining(stack, "More", ladder=ladder, recipe=bedrock_job(stack))
    PreTraining(stack, "New", ladder=ladder, recipe=script(stack))


def justified(stack: Construct) -> None:
    reason = Justification("Claims are confidential until the contract is signed", date.today() + timedelta(days=90))
    ladder = new_ladder(stack, evidence=short_of(Rung.RAG, Rung.PEFT), justified={Rung.PROMPT_ENGINEERING: reason})
    ParameterEfficientFineTuning(stack, "Tuning", ladder=ladder, recipe=bedrock_job(stack))
    FullFineTuning(stack, "Full", ladder=ladder, recipe=script(stack))
    ContinuedPreTraining(stack, "More", ladder=ladder, recipe=bedrock_job(stack))


OURS: dict[str, Callable[[Construct], None]] = {
    "Answering": answering,
    "Searching": searching,
    "Adapting": adapting,
    "Distilling": distilling,
    "TrainingAll": training_all,
}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app of every rung, synthesized with our rules and cdk-nag; synthesis fails where one of them finds an error."""
    folder = tmp_path_factory.mktemp("judged") / "cdk.out"
    app = judged_app(folder.parent)
    evidenced = Stack(app, "Evidenced", env=US_EAST_1)
    for name, make in OURS.items():
        make(Construct(evidenced, name))
    justified(Stack(app, "Justified", env=US_EAST_1))
    # And in any region, which is not known at synth.
    answering(Stack(app, "Anywhere"), f"us.{LLAMA}")
    access_logs = (
        "These buckets are read by one role; CloudTrail's data events tell who read what, where that is asked for"
    )
    Validations.of(app).acknowledge(Acknowledgment(id="AwsSolutions::AwsSolutions-S1", reason=access_logs))
    app.synth()
    return folder


def test_our_own_rules_find_nothing_open(assembly: Path) -> None:
    assert open_findings(assembly) == []


def test_a_justification_accepts_what_its_rule_says_until_its_last_day(assembly: Path) -> None:
    accepted = [
        each for each in verdict(assembly)["findings"] if each["rule"].startswith("CUS") and each["acknowledged"]
    ]
    assert sorted(each["rule"] for each in accepted) == ["CUS001", "CUS001", "CUS002"]
    assert {Path(each["resource"]["template"]).name for each in accepted} == {"Justified.template.json"}


def test_every_wildcard_was_accepted_with_its_reason(assembly: Path) -> None:
    nag = nag_report(assembly)
    assert nag["violations"] == []
    accepted = {each["ruleName"]: each["reason"] for each in nag["suppressedViolations"]}
    wildcards = [rule for rule in accepted if "IAM5" in rule]
    assert len(wildcards) > 5
    assert all(len(accepted[rule].split()) > 5 for rule in wildcards)
    assert not [rule for rule in wildcards if "[Action::" in rule]


def test_cloudformation_accepts_the_templates(assembly: Path) -> None:
    assert cloudformation_findings(assembly) == []


@pytest.mark.slow
def test_cfn_lint_finds_nothing(assembly: Path) -> None:
    assert cfn_lint_findings(assembly) == []


def usual_fine_tuning(stack: Stack) -> None:
    recipe = script(stack)
    job = TrainiumTrainingJob(stack, "Train", **recipe.job_properties(recipe.workload))
    Declaration(_machine(job.state_machine), workload=replace(recipe.workload, task=Task.FINE_TUNING))


def usual_pre_training(stack: Stack) -> None:
    _bedrock_machine(stack, "CONTINUED_PRE_TRAINING")


def usual_fine_tuning_on_bedrock(stack: Stack) -> None:
    _bedrock_machine(stack, "FINE_TUNING")


def usual_climbing_past_a_target(stack: Stack) -> None:
    reached = [record(each, 0.9 if each is Rung.RAG else 0.7) for each in ALL_BELOW_TRAINING]
    machine = _bedrock_machine(stack, "CONTINUED_PRE_TRAINING")
    Declaration(machine, evidence=reached)


def usual_old_evidence(stack: Stack) -> None:
    old = [record(each, days=400) for each in ALL_BELOW_TRAINING]
    Declaration(_bedrock_machine(stack, "CONTINUED_PRE_TRAINING"), evidence=old)


def usual_prompt(stack: Stack) -> None:
    _prompt(stack, f"us.{OPUS}")


def usual_prompt_without_profile(stack: Stack) -> None:
    _prompt(stack, NOVA)


def usual_model_at_its_end(stack: Stack) -> None:
    _prompt(stack, "us.meta.llama3-2-1b-instruct-v1:0")


def usual_agent(stack: Stack) -> None:
    bedrock.CfnAgent(stack, "Agent", agent_name="claims", foundation_model=NOVA, instruction="Help customers. " * 5)


def usual_permission(stack: Stack) -> None:
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    role.add_to_policy(iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=["*"]))


USUAL: dict[str, tuple[str, Callable[[Stack], Any]]] = {
    "full fine-tuning without evidence": ("CUS001", usual_fine_tuning),
    "fine-tuning on Bedrock without evidence": ("CUS001", usual_fine_tuning_on_bedrock),
    "pre-training without evidence": ("CUS002", usual_pre_training),
    "climbing past a target": ("CUS003", usual_climbing_past_a_target),
    "old evidence": ("CUS003", usual_old_evidence),
    "a top-tier model for a prompt": ("MDL001", usual_prompt),
    "a prompt without an inference profile": ("MDL003", usual_prompt_without_profile),
    "any model": ("MDL002", usual_permission),
    "a model at its end": ("MDL004", usual_model_at_its_end),
    "an agent without a guardrail": ("OBS006", usual_agent),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The rules that find something in each usual way: a stack each, in one app."""
    folder = tmp_path_factory.mktemp("usual")
    app = judged_app(folder)
    stacks = {usual: Stack(app, f"Usual{number}", env=US_EAST_1) for number, usual in enumerate(USUAL)}
    for usual, (_, make) in USUAL.items():
        make(stacks[usual])
    with pytest.raises(RuntimeError):
        app.synth()
    rules: dict[str, set[str]] = {usual: set() for usual in stacks}
    names = {stack.template_file: usual for usual, stack in stacks.items()}
    for each in verdict(folder / "cdk.out")["findings"]:
        if not each["acknowledged"]:
            rules[names[Path(each["resource"]["template"]).name]].add(each["rule"])
    return rules


@pytest.mark.parametrize("usual", USUAL)
def test_the_usual_way_is_found(usual: str, found: dict[str, set[str]]) -> None:
    rule, _ = USUAL[usual]
    assert rule in found[usual]


def test_an_agent_with_our_guardrail_passes(tmp_path: Path) -> None:
    # In an app of its own: the guardrail is that of every agent in the account.
    app = judged_app(tmp_path)
    stack = Stack(app, "Guarded", env=US_EAST_1)
    usual_agent(stack)
    Guardrail(stack, "Guardrail").enforce_in_account()
    app.synth()
    assert {rule for rule, _ in open_findings(tmp_path / "cdk.out")} == {"MDL003"}


def _machine(machine: sfn.IStateMachine) -> Any:
    return machine.node.default_child


def _prompt(stack: Stack, model: str) -> None:
    text = {"text": {"text": "Answer {{question}}", "inputVariables": [{"name": "question"}]}}
    variant = {"name": "default", "templateType": "TEXT", "modelId": model, "templateConfiguration": text}
    bedrock.CfnPrompt(stack, "Prompt", name="claims", default_variant="default", variants=[variant])


def _bedrock_machine(stack: Stack, customization: str) -> sfn.CfnStateMachine:
    parameters = {
        "BaseModelIdentifier": LLAMA,
        "CustomizationType": customization,
        "CustomModelName": "claims",
        "JobName": "claims",
    }
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::bedrock:createModelCustomizationJob.sync",
        "Parameters": parameters,
        "End": True,
    }
    return sfn.CfnStateMachine(
        stack,
        "Machine",
        role_arn="arn:aws:iam::111122223333:role/train",
        definition={"StartAt": "Customize", "States": {"Customize": state}},
    )
