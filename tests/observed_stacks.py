"""Every reference stack under one dashboard, synthesized and judged."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import Environment, Stack
from judging import judged_app

from lean_silicon.monitoring import EfficiencyDashboard
from lean_silicon.preview import Dashboard, dashboards
from lean_silicon.templates import read_app

US_EAST_2 = Environment(account="111122223333", region="us-east-2")
STACKS = {
    "training": "TrainingStack",
    "hyperpod": "HyperPodStack",
    "inference": "InferenceStack",
    "bedrock": "BedrockStack",
    "agents": "AgentsStack",
    "eks": "EksStack",
}


@dataclass(frozen=True)
class Observed:
    """The app, synthesized: its assembly, the dashboard as a construct, and the template that it is in."""

    assembly: Path
    construct: EfficiencyDashboard
    template: dict[str, Any]

    @property
    def dashboard(self) -> Dashboard:
        """The dashboard as the preview reads it."""
        [found] = dashboards(read_app(self.assembly / "Observability.template.json"))
        return found

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Properties by logical id of every resource of a type."""
        return {
            logical_id: each["Properties"]
            for logical_id, each in self.template["Resources"].items()
            if each["Type"] == kind
        }


def stack_class(root: Path, name: str, class_name: str) -> Any:
    """A class of ``stacks/``, loaded by its path: they are no part of the package."""
    specification = importlib.util.spec_from_file_location(f"observed_{name}", root / "stacks" / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return getattr(module, class_name)


def observe_all(root: Path, folder: Path) -> Observed:
    """All reference stacks, and the stack that observes them; synthesis fails where our rules or cdk-nag find an error."""
    app = judged_app(folder)
    stacks: list[Stack] = [
        stack_class(root, name, class_name)(app, class_name.removesuffix("Stack"), env=US_EAST_2)
        for name, class_name in STACKS.items()
    ]
    observability = stack_class(root, "observability", "ObservabilityStack")
    stack = observability(app, "Observability", observed=stacks, env=US_EAST_2)
    app.synth()
    assembly = folder / "cdk.out"
    template = json.loads((assembly / "Observability.template.json").read_text(encoding="utf-8"))
    return Observed(assembly, stack.dashboard, template)
