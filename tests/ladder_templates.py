"""Ladders and their rungs as templates, resolved far enough to look inside."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from constructs import Construct

from lean_silicon import EvaluationRecord, Precision, Rung, Workload
from lean_silicon.bedrock import ModelChoice
from lean_silicon.bedrock.ladder import BedrockRecipe, CustomizationLadder, TrainiumRecipe, UseCase
from lean_silicon.training import Channel, TrainingCode

ACCOUNT = "111122223333"
US_EAST_1 = Environment(account=ACCOUNT, region="us-east-1")
LLAMA = "meta.llama3-1-8b-instruct-v1:0"
NOVA = "amazon.nova-micro-v1:0"
LOSS = {"loss": "loss=([0-9.]+)"}

CLAIMS = UseCase(
    "claims-answers",
    requests_per_month=300_000,
    read_tokens=900,
    written_tokens=250,
    document_tokens=20_000_000,
    training_tokens=30_000_000,
    corpus_tokens=2_000_000_000,
)


def new_stack(env: Environment | None = US_EAST_1) -> Stack:
    """A stack of an app of its own."""
    return Stack(App(analytics_reporting=False), "Ladder", env=env)


def record(rung: Rung | str, score: float = 0.7, *, days: int = 30, model: str | None = LLAMA) -> EvaluationRecord:
    """An evaluation with a target of 0.85, some days old."""
    day = date.today() - timedelta(days=days)
    return EvaluationRecord(rung, f"s3://evaluations/{rung}.json", score, 0.85, day, model=model)


def short_of(*rungs: Rung, model: str = LLAMA) -> list[EvaluationRecord]:
    """Evaluations of these rungs, all of which fell short."""
    return [record(rung, model=model) for rung in rungs]


ALL_BELOW_TRAINING = (Rung.PROMPT_ENGINEERING, Rung.RAG, Rung.PEFT)


def new_ladder(
    scope: Construct | None = None, *, evidence: list[EvaluationRecord] | None = None, **properties: Any
) -> CustomizationLadder:
    """A ladder for Llama 3.1 8B, unless told otherwise, in a stack of its own."""
    given = {"use_case": CLAIMS, "model": LLAMA, "evidence": evidence or [], **properties}
    return CustomizationLadder(new_stack() if scope is None else scope, "Ladder", **given)


def choice(scope: Construct, model: str = LLAMA) -> ModelChoice:
    """A model that was chosen for a reason."""
    return ModelChoice(scope, "Choice", model=model, reason="The smallest that answers in whole sentences")


def bucket(scope: Construct, name: str = "the-data") -> s3.IBucket:
    """A bucket of another stack; the same one where it was asked for before."""
    known = scope.node.try_find_child(name)
    return s3.Bucket.from_bucket_name(scope, name, name) if known is None else cast("s3.IBucket", known)


@cache
def code_folder() -> Path:
    """A folder with a training script."""
    folder = Path(tempfile.mkdtemp(prefix="lean-silicon-ladder-"))
    (folder / "train.py").write_text("print('loss=0.5')\n", encoding="utf-8")
    return folder


def script(scope: Construct, **workload: Any) -> TrainiumRecipe:
    """A script that trains Llama 3.1 8B on Trainium."""
    declared = {"model": "llama-3.1-8b", "precision": Precision.BF16, "context_tokens": 2048, "concurrency": 8}
    return TrainiumRecipe(
        code=TrainingCode.from_asset(code_folder(), entry_point="train.py"),
        inputs={"train": Channel.s3(bucket(scope), "claims/")},
        workload=Workload(**{**declared, **workload}),
        metric_definitions=LOSS,
    )


def bedrock_job(scope: Construct, **properties: Any) -> BedrockRecipe:
    """A job of Bedrock on a file of examples."""
    return BedrockRecipe(bucket(scope), **{"training_key": "train.jsonl", **properties})


def template_of(scope: Construct) -> dict[str, Any]:
    """The template of a construct's stack."""
    return dict(Template.from_stack(Stack.of(scope)).to_json())


def resources_of(template: Mapping[str, Any], resource_type: str) -> dict[str, dict[str, Any]]:
    """The resources of a type, by logical id."""
    return {name: each for name, each in template["Resources"].items() if each["Type"] == resource_type}


def the_resource(template: Mapping[str, Any], resource_type: str) -> dict[str, Any]:
    """The only resource of a type."""
    [resource] = resources_of(template, resource_type).values()
    return resource


def definition_of(template: Mapping[str, Any]) -> dict[str, Any]:
    """The only state machine's definition, with made-up physical names."""
    machine = the_resource(template, "AWS::StepFunctions::StateMachine")
    definition: dict[str, Any] = json.loads(resolved(machine["Properties"]["DefinitionString"]))
    return definition


def resolved(value: Any) -> Any:
    """A value with its references as a deployment in us-east-1 would have them: names and ARNs that are well formed."""
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(str(resolved(part)) for part in parts)
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case {"Ref": "AWS::Region"}:
            return "us-east-1"
        case {"Ref": "AWS::AccountId"}:
            return ACCOUNT
        case {"Ref": name}:
            return str(name).lower()[:40]
        case {"Fn::GetAtt": [name, attribute]}:
            return _attribute(str(name), str(attribute))
        case dict():
            return {key: resolved(each) for key, each in value.items()}
        case list():
            return [resolved(each) for each in value]
    return value


_ATTRIBUTES = {
    "InferenceProfileArn": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:application-inference-profile/abcdefghijkl",
    "InferenceProfileId": "abcdefghijkl",
    "KnowledgeBaseArn": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:knowledge-base/ABCDEFGHIJ",
    "KnowledgeBaseId": "ABCDEFGHIJ",
    "DataSourceId": "KLMNOPQRST",
    "IndexArn": f"arn:aws:s3vectors:us-east-1:{ACCOUNT}:bucket/vectors/index/documents",
    "VectorBucketArn": f"arn:aws:s3vectors:us-east-1:{ACCOUNT}:bucket/vectors",
    "GuardrailArn": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:guardrail/abcdefghijkl",
    "Version": "1",
}


def _attribute(name: str, attribute: str) -> str:
    known = _ATTRIBUTES.get(attribute)
    if known is not None:
        return known
    if attribute == "Arn" and ("Role" in name or "role" in name):
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"
    if attribute == "Arn" and "Prompt" in name:
        return f"arn:aws:bedrock:us-east-1:{ACCOUNT}:prompt/ABCDEFGHIJ"
    return f"arn:aws:s3:::{name.lower()[:40]}"


def statements_of(template: Mapping[str, Any], role: str) -> Iterator[dict[str, Any]]:
    """The resolved statements of the policies of the roles whose logical id contains `role`."""
    for name, policy in resources_of(template, "AWS::IAM::Policy").items():
        if role in name:
            yield from resolved(policy["Properties"]["PolicyDocument"]["Statement"])


def allowed(template: Mapping[str, Any], role: str) -> list[tuple[str, str]]:
    """Every action and resource that those roles are allowed."""
    return [
        (action, resource)
        for statement in statements_of(template, role)
        if statement["Effect"] == "Allow"
        for action in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
    ]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
