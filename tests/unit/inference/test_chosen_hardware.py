"""The hardware that an endpoint chooses by itself is never one that our own rules refuse, over many models and loads."""

from __future__ import annotations

import pytest
from sample_templates import endpoint, of_rule

from lean_silicon import Precision, Task, Traffic, Workload
from lean_silicon.inference.placement import placed
from lean_silicon.rules import Context, Severity, Verdict, judge
from lean_silicon.templates import App, read_template

REFUSED = ("SIL002", "SIL003", "SIL006", "SIL007", "SIZ001", "SIZ003")
"""GPUs, needless accelerators, retired and unknown types, too small, undeclared."""

LANGUAGE_MODELS = [
    Workload(
        task=Task.INFERENCE,
        model=model,
        precision=precision,
        context_tokens=context,
        concurrency=concurrency,
        traffic=Traffic.INTERMITTENT,
    )
    for model in ("llama-3.2-1b", "llama-3.1-8b", "mixtral-8x7b", "llama-3.1-70b")
    for precision in (Precision.BF16, Precision.INT8)
    for context, concurrency in ((2048, 1), (8192, 16))
]
ENCODERS = [
    Workload(
        task=task,
        parameters=parameters,
        precision=precision,
        context_tokens=context,
        concurrency=concurrency,
        traffic=Traffic.INTERMITTENT,
    )
    for task in (Task.CLASSIFICATION, Task.EMBEDDING)
    for parameters in (1_000_000, 110_000_000, 1_500_000_000)
    for precision in (Precision.FP32, Precision.BF16)
    for context, concurrency in ((64, 1), (512, 8))
]


def verdict_on(workload: Workload, region: str) -> Verdict:
    """What our rules say of an endpoint on the hardware that is chosen for the workload."""
    chosen = placed(workload, None, region).hardware.instance_type
    template = read_template(
        {"Resources": endpoint(chosen, workload.to_metadata())}, path="template.json", region=region
    )
    return judge(App(templates=[template]), Context())


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
@pytest.mark.parametrize("workloads", [LANGUAGE_MODELS, ENCODERS], ids=["language models", "encoders"])
def test_no_rule_on_silicon_or_size_refuses_what_is_chosen(workloads: list[Workload], region: str) -> None:
    for workload in workloads:
        verdict = verdict_on(workload, region)
        for rule in REFUSED:
            assert of_rule(verdict, rule) == [], workload
        oversized = of_rule(verdict, "SIZ002")
        assert [each for each in oversized if each.severity is Severity.ERROR] == [], workload


def test_the_rules_do_refuse_other_hardware() -> None:
    """The test above can fail."""
    template = read_template(
        {"Resources": endpoint("ml.inf2.48xlarge", LANGUAGE_MODELS[0].to_metadata())},
        path="template.json",
        region="us-east-1",
    )
    [finding] = of_rule(judge(App(templates=[template]), Context()), "SIZ002")
    assert finding.severity is Severity.ERROR
