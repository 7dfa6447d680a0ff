"""What a rule is not asked about is what it has nothing to say of."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from lean_silicon.rules import Context, all_rules
from lean_silicon.rules.rule import ResourceRule, SiliconRule
from lean_silicon.templates import Template, TemplateView, read_template

TASKS = ("training", "inference", "classification", "embedding", "interactive", "processing", None)
TYPES = ("m5.xlarge", "c8g.48xlarge", "x1.32xlarge", "t2.micro")
OF_ACCELERATORS = [rule for rule in all_rules() if isinstance(rule, SiliconRule) and rule.accelerated_only]
SPARING = [rule for rule in all_rules() if isinstance(rule, ResourceRule) and rule.spares_plain]


def parsed(resources: dict[str, Any]) -> Template:
    return read_template({"Resources": resources}, path="template.json")


@pytest.mark.parametrize("rule", OF_ACCELERATORS, ids=lambda rule: rule.id)
def test_a_rule_about_accelerators_has_nothing_to_say_of_processors(rule: SiliconRule) -> None:
    machines = {
        f"Machine{number}": {
            "Type": "AWS::EC2::Instance",
            "Metadata": {"LeanSilicon": {"Workload": {"Task": task, "Parameters": 8_000_000_000, "Precision": "bf16"}}}
            if task
            else {},
            "Properties": {"InstanceType": name},
        }
        for number, (task, name) in enumerate(product(TASKS, TYPES))
    }
    template = parsed(machines)
    uses = TemplateView(template).uses
    assert len(uses) == len(machines)
    assert [finding for use in uses for finding in rule.check(use, Context())] == []


@pytest.mark.parametrize("rule", SPARING, ids=lambda rule: rule.id)
def test_a_rule_that_spares_plain_resources_has_nothing_to_say_of_them(rule: ResourceRule) -> None:
    template = parsed(
        {
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"Tags": [{"Key": "Task", "Value": "fine-tuning"}]}},
        }
    )
    assert [finding for each in template.resources.values() for finding in rule.check(each, Context())] == []


def test_some_rules_are_of_either_kind() -> None:
    assert {"SIL001", "SIL002"} <= {rule.id for rule in OF_ACCELERATORS}
    assert {"CUS001", "UTL003"} <= {rule.id for rule in SPARING}
