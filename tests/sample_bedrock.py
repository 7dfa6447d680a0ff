"""Templates around Amazon Bedrock as users write them, to be judged in tests."""

from __future__ import annotations

from typing import Any


def agent(model: object, **properties: Any) -> dict[str, Any]:
    """An agent on that model, with a guardrail."""
    return {
        "Agent": {
            "Type": "AWS::Bedrock::Agent",
            "Properties": {
                "AgentName": "claims",
                "FoundationModel": model,
                "GuardrailConfiguration": {"GuardrailIdentifier": "gr1", "GuardrailVersion": "1"},
                **properties,
            },
        }
    }


def declared(resources: dict[str, Any], **declaration: Any) -> dict[str, Any]:
    """The same resources, the first with ``LeanSilicon`` metadata."""
    first, *rest = resources
    with_metadata = {**resources[first], "Metadata": {"LeanSilicon": declaration}}
    return {first: with_metadata, **{name: resources[name] for name in rest}}


def evidence(rung: str, score: object = 0.7, target: object = 0.85, date: object = "2026-10-01") -> dict[str, Any]:
    """One entry that falls short, unless the figures say otherwise."""
    return {"Rung": rung, "Evaluation": "s3://evaluations/it.json", "Score": score, "Target": target, "Date": date}


def policy(statement: object, kind: str = "AWS::IAM::ManagedPolicy") -> dict[str, Any]:
    """A policy with that statement, or those statements."""
    return {
        "Policy": {"Type": kind, "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": statement}}}
    }


def allow(action: object, resource: object, **more: Any) -> dict[str, Any]:
    """A statement that allows that."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def foundation_model(name: str) -> dict[str, Any]:
    """The ARN of a model as the CDK writes it."""
    return {
        "Fn::Join": [
            "",
            ["arn:", {"Ref": "AWS::Partition"}, ":bedrock:", {"Ref": "AWS::Region"}, f"::foundation-model/{name}"],
        ]
    }


def task(integration: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """A state machine with one task, as the CDK writes it: its definition is a text."""
    import json

    state = {"Type": "Task", "End": True, "Resource": "@@", "Parameters": parameters}
    text = json.dumps({"StartAt": "Run", "States": {"Run": state}})
    before, after = text.split("@@")
    parts = [before, "arn:", {"Ref": "AWS::Partition"}, f":states:::{integration}", after]
    return {
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": "arn:aws:iam::111122223333:role/run",
                "DefinitionString": {"Fn::Join": ["", parts]},
            },
        }
    }


WRONG: tuple[Any, ...] = (3, None, [], {}, True, {"Ref": 4}, [[]], "", "🦙", {"Fn::If": []}, {"Fn::Sub": [1]}, 1e400)
"""Values of a wrong type, or wrong in themselves."""
