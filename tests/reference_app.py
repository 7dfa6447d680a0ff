"""All reference stacks at once, as ``app.py`` composes them: their templates, what they accept, and what their roles may do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT = "111122223333"
REGION = "us-east-2"
_ACKNOWLEDGED = "aws:cdk:acknowledged-rules"
_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")


@dataclass(frozen=True)
class Statement:
    """A statement of an identity policy. `resources` have every reference filled in, `written` are as they stand there."""

    stack: str
    policy: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    written: tuple[Any, ...]
    condition: Any

    def __str__(self) -> str:
        return f"{self.stack} {self.policy}: {', '.join(self.actions)} on {', '.join(self.resources)}"


@dataclass(frozen=True)
class ReferenceStack:
    """A stack's template, and the acknowledgments of its constructs: rule and reason."""

    name: str
    template: dict[str, Any]
    acknowledged: tuple[tuple[str, str], ...]

    def of_type(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """The properties of all resources of a type by logical id."""
        return {
            logical_id: resource.get("Properties", {})
            for logical_id, resource in self.template.get("Resources", {}).items()
            if resource["Type"] == resource_type
        }

    def statements(self) -> Iterator[Statement]:
        """What the roles of the stack may do and not do."""
        for logical_id, resource in self.template["Resources"].items():
            properties = resource.get("Properties", {})
            documents = [properties["PolicyDocument"]] if resource["Type"] in _POLICIES else []
            if resource["Type"] == "AWS::IAM::Role":
                documents += [each["PolicyDocument"] for each in properties.get("Policies", [])]
            for document in documents:
                for statement in document["Statement"]:
                    assert not {"NotAction", "NotResource", "Principal"} & set(statement), (logical_id, statement)
                    written = tuple(_listed(statement["Resource"]))
                    yield Statement(
                        self.name,
                        logical_id,
                        statement["Effect"],
                        tuple(_listed(statement["Action"])),
                        tuple(arn(self.template, each) for each in written),
                        written,
                        statement.get("Condition"),
                    )


def synthesize(folder: Path) -> Path:
    """Run ``app.py``, with our rules and cdk-nag, which fail it where they find something; CloudFormation's validation is left out."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    tools = [str(Path(sys.executable).parent), str(ROOT / "node_modules" / ".bin"), outside["PATH"]]
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    environment = {
        **outside,
        "PATH": os.pathsep.join(tools),
        "CDK_OUTDIR": str(folder),
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_VALIDATION": "false",
    }
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def reference_stacks(assembly: Path) -> list[ReferenceStack]:
    """Every stack of the app, nested ones too."""
    return [
        ReferenceStack(
            path.name.split(".")[0], json.loads(path.read_text(encoding="utf-8")), tuple(_acknowledged(path))
        )
        for path in sorted(assembly.glob("*.template.json"))
    ]


def _acknowledged(template: Path) -> Iterator[tuple[str, str]]:
    metadata = template.with_name(template.name.replace(".template.json", ".metadata.json"))
    for entries in json.loads(metadata.read_text(encoding="utf-8")).values():
        for entry in entries:
            if entry["type"] == _ACKNOWLEDGED:
                yield from entry["data"].items()


def arn(template: dict[str, Any], value: Any) -> str:
    """A resource of a statement, as a text that has something in the place of each reference."""
    match value:
        case str():
            return value
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(arn(template, part) for part in parts)
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: arn(template, {"Ref": found[1]}), text)
        case {"Ref": str(name)} if name in _PSEUDO_PARAMETERS:
            return _PSEUDO_PARAMETERS[name]
        case {"Ref": str(name)} if name in template.get("Parameters", {}):
            return "parameter"
        case {"Ref": str(name)}:
            resource_type = template["Resources"][name]["Type"]
            return _REFERENCES.get(resource_type, "name")
        case {"Fn::GetAtt": [name, attribute]} if str(attribute).endswith("Arn"):
            return _ARNS[template["Resources"][name]["Type"]]
        case {"Fn::GetAtt": [_, _]}:
            return "name"
        case {"Fn::GetStackOutput": _} | {"Fn::ImportValue": _}:
            return "name"
    raise AssertionError(f"what is {value}?")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_HERE = f"{REGION}:{ACCOUNT}"
_PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
_ARNS = {
    "AWS::Bedrock::ApplicationInferenceProfile": f"arn:aws:bedrock:{_HERE}:application-inference-profile/name",
    "AWS::Bedrock::Guardrail": f"arn:aws:bedrock:{_HERE}:guardrail/name",
    "AWS::Bedrock::KnowledgeBase": f"arn:aws:bedrock:{_HERE}:knowledge-base/name",
    "AWS::Bedrock::Prompt": f"arn:aws:bedrock:{_HERE}:prompt/name",
    "AWS::Bedrock::PromptVersion": f"arn:aws:bedrock:{_HERE}:prompt/name:1",
    "AWS::BedrockAgentCore::Gateway": f"arn:aws:bedrock-agentcore:{_HERE}:gateway/name",
    "AWS::BedrockAgentCore::Memory": f"arn:aws:bedrock-agentcore:{_HERE}:memory/name",
    "AWS::BedrockAgentCore::PolicyEngine": f"arn:aws:bedrock-agentcore:{_HERE}:policy-engine/name",
    "AWS::BedrockAgentCore::Runtime": f"arn:aws:bedrock-agentcore:{_HERE}:runtime/name",
    "AWS::EKS::Cluster": f"arn:aws:eks:{_HERE}:cluster/name",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/name",
    "AWS::KMS::Key": f"arn:aws:kms:{_HERE}:key/name",
    "AWS::Lambda::Function": f"arn:aws:lambda:{_HERE}:function:name",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{_HERE}:log-group:name:*",
    "AWS::S3::Bucket": "arn:aws:s3:::name",
    "AWS::S3Vectors::Index": f"arn:aws:s3vectors:{_HERE}:bucket/name/index/name",
    "AWS::SQS::Queue": f"arn:aws:sqs:{_HERE}:name",
}
"""An ARN of the kind that an attribute of a resource has, by its type."""
_REFERENCES = {
    "AWS::SNS::Topic": f"arn:aws:sns:{_HERE}:name",
    "AWS::SecretsManager::SecretTargetAttachment": f"arn:aws:secretsmanager:{_HERE}:secret:name",
    "AWS::StepFunctions::StateMachine": f"arn:aws:states:{_HERE}:stateMachine:name",
}
"""The same for a ``Ref``, where that is an ARN; of other types it is a name."""
