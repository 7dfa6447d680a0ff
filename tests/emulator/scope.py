"""What the names in a stack's template stand for while it is deployed."""

from __future__ import annotations

import json
from typing import Any

from emulator.aws import client
from emulator.faults import ResourceFailedError, UnresolvedError
from emulator.intrinsics import Resolver, as_text
from emulator.provisioning import attribute_of
from emulator.stacks import ACCOUNT, Stack, StackStore


class StackScope:
    """Parameters, pseudo-parameters, resources, imports and dynamic references of one deployment."""

    def __init__(self, stack: Stack, store: StackStore, template: dict[str, Any], given: dict[str, str]) -> None:
        self.stack, self.store, self.template = stack, store, template
        self.imports: set[str] = set()
        self.parameters = {
            name: self._parameter(name, declared, given)
            for name, declared in (template.get("Parameters") or {}).items()
        }
        self.pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": stack.region,
            "AWS::StackId": stack.id,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::Partition": "aws",
            "AWS::NotificationARNs": [],
        }
        self.resolver = Resolver(
            template, stack.region, self._reference, self._attribute, self._imported, self._stack_output, self._dynamic
        )
        self.resolve = self.resolver.resolve

    def definitions(self) -> dict[str, dict[str, Any]]:
        """The resources of the template whose condition holds."""
        return {
            name: definition
            for name, definition in self.template["Resources"].items()
            if "Condition" not in definition or self.resolver.condition(definition["Condition"])
        }

    def outputs(self) -> dict[str, dict[str, str]]:
        """The outputs whose condition holds, in the API's form."""
        found = {}
        for name, output in (self.template.get("Outputs") or {}).items():
            if "Condition" in output and not self.resolver.condition(output["Condition"]):
                continue
            found[name] = {"OutputKey": name, "OutputValue": as_text(self.resolve(output["Value"]))}
            if "Description" in output:
                found[name]["Description"] = output["Description"]
            if "Export" in output:
                found[name]["ExportName"] = as_text(self.resolve(output["Export"]["Name"]))
        return found

    def broken_rules(self) -> list[str]:
        """The descriptions of the template's ``Rules`` that do not hold."""
        broken = []
        for rule in (self.template.get("Rules") or {}).values():
            if "RuleCondition" in rule and not self.resolve(rule["RuleCondition"]):
                continue
            broken += [
                str(each.get("AssertDescription", each["Assert"]))
                for each in rule["Assertions"]
                if not self.resolve(each["Assert"])
            ]
        return broken

    def _parameter(self, name: str, declared: dict[str, Any], given: dict[str, str]) -> Any:
        value = given.get(name, declared.get("Default"))
        if value is None:
            raise UnresolvedError(f"Parameters: [{name}] must have values")
        kind = declared["Type"]
        if kind.startswith("AWS::SSM::Parameter::Value"):
            value = self._dynamic("ssm", str(value))
        if "AllowedValues" in declared and value not in declared["AllowedValues"]:
            raise UnresolvedError(f"Parameter {name} must be one of {declared['AllowedValues']}, and is {value!r}")
        return value.split(",") if "List" in kind else value

    def _reference(self, name: str) -> Any:
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        return self._resource(name).physical_id

    def _attribute(self, name: str, attribute: str) -> Any:
        return attribute_of(self._resource(name), attribute, self.stack.region)

    def _resource(self, name: str) -> Any:
        if name not in self.stack.resources:
            raise UnresolvedError(f"Template format error: Unresolved resource dependencies [{name}]")
        return self.stack.resources[name]

    def _imported(self, name: str) -> str:
        exports = self.store.exports(self.stack.region)
        if name not in exports:
            raise UnresolvedError(f"No export named {name} found.")
        self.imports.add(name)
        return exports[name][0]

    def _stack_output(self, name: str, output: str, region: str) -> str:
        other = self.store.find(region, name)
        if other is None or output not in other.outputs:
            raise UnresolvedError(f"Stack {name} in {region} has no output {output}.")
        return other.outputs[output]["OutputValue"]

    def _dynamic(self, service: str, reference: str) -> str:
        try:
            if service == "secretsmanager":
                return self._secret(reference)
            answer = client("ssm", self.stack.region).get_parameter(
                Name=reference, WithDecryption=service == "ssm-secure"
            )
            return str(answer["Parameter"]["Value"])
        except ResourceFailedError:
            raise
        except Exception as fault:  # botocore makes its exception classes as it goes
            raise UnresolvedError(f"Could not resolve {service}:{reference}: {fault}") from fault

    def _secret(self, reference: str) -> str:
        # An ARN has colons of its own: the secret ends where ":SecretString" begins.
        secret, _, rest = reference.partition(":SecretString")
        text = client("secretsmanager", self.stack.region).get_secret_value(SecretId=secret)["SecretString"]
        key = rest.lstrip(":").split(":")[0]
        return str(json.loads(text)[key]) if key else str(text)
