"""What the reference stack deploys, to be read and reviewed: ``snapshots/agents_stack.yaml``; and the documentation's examples.

After a wanted change: ``UPDATE_SNAPSHOTS=1 pytest tests/constructs/agents/test_agents_stack.py``, then read the difference.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from agent_stacks import US_EAST_1, agent_folder, verdict_for
from aws_cdk import Environment, SecretValue, Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, open_findings
from reference_stacks import assert_reviewed, reference_stack

SNAPSHOT = Path(__file__).parent / "snapshots" / "agents_stack.yaml"
US_EAST = Environment(region="us-east-1")


def test_the_reference_stack_deploys_what_was_reviewed() -> None:
    assert_reviewed(reference_stack("agents.py", "AgentsStack", "LeanSiliconAgents", US_EAST), SNAPSHOT)


def test_the_reference_stack_passes_every_judge(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root))
    from stacks.agents import AgentsStack

    # An empty PATH: neither Docker nor pip nor the network is asked.
    app = judged_app(tmp_path)
    monkeypatch.setenv("PATH", "")
    AgentsStack(app, "LeanSiliconAgents", env=US_EAST)
    app.synth()
    assembly = tmp_path / "cdk.out"
    assert open_findings(assembly) == []
    assert nag_report(assembly)["violations"] == []
    assert cloudformation_findings(assembly) == []
    assert cfn_lint_findings(assembly) == []


def test_every_example_of_the_documentation_works_and_passes_the_checks(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (root / "docs" / "constructs" / "agents.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(examples) >= 4
    monkeypatch.chdir(tmp_path)
    agent_folder(tmp_path / "agent")
    app = judged_app(tmp_path)
    stack = Stack(app, "Example", env=US_EAST_1)
    function = lambda_.Function.from_function_arn(
        stack, "Shop", "arn:aws:lambda:us-east-1:111122223333:function:orders"
    )
    names: dict[str, Any] = {
        "self": stack,
        "verdict": verdict_for("amazon.nova-micro-v1:0", "meta.llama3-8b-instruct-v1:0"),
        "larger_verdict": verdict_for("amazon.nova-lite-v1:0", "amazon.nova-micro-v1:0"),
        "website": iam.Role(stack, "Website", assumed_by=iam.AccountRootPrincipal()),
        "function": function,
        "key": agentcore.ApiKeyCredentialProvider(stack, "Key", api_key=SecretValue.secrets_manager("shop/key")),
    }
    # One after the other, as the page reads: later examples use what earlier ones made.
    for example in examples:
        exec(example, names)
    app.synth()
    assert open_findings(tmp_path / "cdk.out") == []
