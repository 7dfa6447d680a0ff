"""DEC003: an acknowledgment that accepts nothing."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.declaration.expired_acknowledgment import has_expired
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import AppRule
from lean_silicon.templates import Acknowledgment, App, Resource


class UnusedAcknowledgment(AppRule):
    """An acknowledgment matches no finding anywhere in the app.

    What it accepted has been mended, or its rule id is misspelt. Either way it should go: left behind, it would
    silently accept the next finding of that rule in its place. An acknowledgment of a rule that the policy does not
    run is left alone, and so is an expired one, which [DEC002](DEC002.md) reports.

    Bad
    ---
    ```yaml
    Resources:
      Notebook:
        Type: AWS::SageMaker::NotebookInstance
        Metadata:
          LeanSilicon:
            Acknowledge: [{Id: SIL001, Reason: "CUDA-only kernels"}]
        Properties: {InstanceType: ml.t3.medium, RoleArn: "arn:aws:iam::111122223333:role/notebook"}
    ```

    Good
    ----
    ```yaml
    Resources:
      Notebook:
        Type: AWS::SageMaker::NotebookInstance
        Metadata:
          LeanSilicon:
            Acknowledge: [{Id: SIZ003, Reason: "Shared by the whole team"}]
        Properties:
          InstanceType: ml.g5.xlarge
          LifecycleConfigName: stop-when-idle
          RoleArn: "arn:aws:iam::111122223333:role/notebook"
    ```
    """

    id = "DEC003"
    title = "Acknowledgment that accepts nothing"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Say what the silicon is for"

    def check_app(self, app: App, context: Context) -> Iterator[Finding]:
        """Each acknowledgment that no finding met, at the first resource that has it."""
        told: set[Acknowledgment] = set()
        for template in app.templates:
            policy = context.policy_of(template)
            for resource in template.resources.values():
                for acknowledgment in resource.declaration.acknowledgments:
                    if acknowledgment in told or acknowledgment in context.accepted:
                        continue
                    if _is_declared_too(resource, acknowledgment):
                        continue
                    told.add(acknowledgment)
                    if not has_expired(acknowledgment, context.today) and policy.runs(acknowledgment.rule_id):
                        yield self.found_at(
                            resource,
                            f"The acknowledgment of {acknowledgment.rule_id} ({acknowledgment.reason!r}) accepts nothing.",
                            property_path="Metadata.LeanSilicon.Acknowledge"
                            if acknowledgment.origin == "metadata"
                            else "",
                            suggestion=Suggestion(
                                "Remove it; or correct its id (`lean-silicon rules list`) or put it where the finding is."
                            ),
                        )


def _is_declared_too(resource: Resource, acknowledgment: Acknowledgment) -> bool:
    """A requirement declared with the same reason keeps the rule silent; the acknowledgment keeps the reason for audit."""
    workload = resource.declaration.workload
    return workload is not None and bool(workload.requires) and acknowledgment.reason in (workload.reason or "")
