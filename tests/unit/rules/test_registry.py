"""The ids are contracts: they are pinned here, and none may vanish or change its meaning."""

from __future__ import annotations

from lean_silicon.rules import Settings, Severity, all_rules, find_rule, rule_ids

PINNED = {
    "CAR001": ("Movable work on a dirty grid", Severity.WARNING),
    "CUS001": ("Full fine-tuning without evidence that less falls short", Severity.ERROR),
    "CUS002": ("Pre-training without evidence that less falls short", Severity.ERROR),
    "CUS003": ("Evidence that is old or contradicts the choice", Severity.WARNING),
    "DEC001": ("LeanSilicon metadata that is not understood", Severity.ERROR),
    "DEC002": ("Expired acknowledgment", Severity.ERROR),
    "DEC003": ("Acknowledgment that accepts nothing", Severity.WARNING),
    "FIT001": ("Accelerated EKS nodes on an image without the driver", Severity.ERROR),
    "FIT002": ("Processor architectures that disagree", Severity.ERROR),
    "FIT003": ("Multi-node training without EFA", Severity.WARNING),
    "FIT005": ("A Slurm topology that HyperPod refuses", Severity.ERROR),
    "FIT006": ("Machine and container disagree on Neuron", Severity.ERROR),
    "INF001": ("A wider precision than needed", Severity.WARNING),
    "INF002": ("A Neuron endpoint compiles its model at start-up", Severity.WARNING),
    "MDL001": ("A top-tier model without recorded evaluation", Severity.WARNING),
    "MDL002": ("An IAM policy that lets any Bedrock model be invoked", Severity.ERROR),
    "MDL003": ("Model use without an application inference profile", Severity.WARNING),
    "MDL004": ("A model past or near its end of life", Severity.WARNING),
    "MGD001": ("Self-managed accelerated machines", Severity.WARNING),
    "OBS001": ("Accelerators that no utilisation alarm watches", Severity.WARNING),
    "OBS002": ("Endpoint without data capture and a monitoring schedule", Severity.WARNING),
    "OBS003": ("Accelerated EKS cluster without the CloudWatch observability add-on", Severity.WARNING),
    "OBS004": ("A log group kept for ever", Severity.WARNING),
    "OBS005": ("Training without metric definitions or profiler", Severity.WARNING),
    "OBS006": ("Generated text without a guardrail", Severity.WARNING),
    "SIL001": ("Training on GPUs where Trainium serves", Severity.ERROR),
    "SIL002": ("Inference on GPUs where Inferentia2 or Trainium serves", Severity.ERROR),
    "SIL003": ("An accelerator where a CPU serves", Severity.ERROR),
    "SIL004": ("x86 where Graviton is offered", Severity.ERROR),
    "SIL005": ("x86 in a managed service that offers Graviton", Severity.WARNING),
    "SIL006": ("Retired or end-of-life silicon", Severity.ERROR),
    "SIL007": ("A superseded generation", Severity.WARNING),
    "SIL008": ("Unknown instance type", Severity.WARNING),
    "SIL009": ("Type not offered in that region for that component", Severity.ERROR),
    "SIL010": ("A flexible selection admits what other rules reject", Severity.WARNING),
    "SIZ001": ("The declared workload does not fit", Severity.ERROR),
    "SIZ002": ("Oversized: a smaller type of the same kind does the job", Severity.ERROR),
    "SIZ003": ("Accelerators without a declared workload", Severity.WARNING),
    "SIZ004": ("A fleet beyond the policy's caps", Severity.ERROR),
    "SIZ005": ("Interactive compute on big accelerators", Severity.ERROR),
    "UTL001": ("Accelerated endpoint without autoscaling", Severity.WARNING),
    "UTL002": ("Endpoint that cannot reach zero", Severity.WARNING),
    "UTL003": ("Job without a time limit within policy", Severity.ERROR),
    "UTL004": ("Interruptible work without spot and checkpoints", Severity.WARNING),
    "UTL005": ("Notebook or Studio compute without idle shutdown", Severity.ERROR),
    "UTL006": ("Accelerated fleet that cannot shrink", Severity.WARNING),
    "UTL007": ("HyperPod without automatic recovery and deep health checks", Severity.WARNING),
    "UTL008": ("Async or batch traffic on a real-time endpoint", Severity.WARNING),
    "UTL009": ("AgentCore runtime kept idle beyond policy", Severity.WARNING),
}


def test_every_pinned_rule_is_found_with_its_title_and_severity() -> None:
    assert {rule.id: (rule.title, rule.severity) for rule in all_rules()} == PINNED


def test_rules_come_ordered_by_id() -> None:
    assert list(rule_ids()) == sorted(PINNED)


def test_a_rule_is_found_by_its_id_in_any_case() -> None:
    found = find_rule("sil001")
    assert found is not None
    assert found.id == "SIL001"
    assert find_rule("SIL999") is None


def test_every_rule_documents_a_bad_and_a_good_template() -> None:
    for rule in all_rules():
        assert "Bad\n---" in rule.documentation(), rule.id
        assert "Good\n----" in rule.documentation(), rule.id


def test_every_setting_that_a_rule_names_exists() -> None:
    for rule in all_rules():
        assert set(rule.settings) <= set(Settings.__dataclass_fields__), rule.id
