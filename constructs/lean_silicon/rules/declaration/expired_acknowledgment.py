"""DEC002: an acknowledgment past its expiry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Acknowledgment, Resource


class ExpiredAcknowledgment(ResourceRule):
    """An acknowledgment has expired, so what it accepted counts again.

    Bad
    ---
    ```yaml
    Resources:
      Notebook:
        Type: AWS::SageMaker::NotebookInstance
        Metadata:
          LeanSilicon:
            Acknowledge: [{Id: SIZ003, Reason: "Workshop in spring", Expires: 2020-05-31}]
        Properties: {InstanceType: ml.g5.xlarge, RoleArn: "arn:aws:iam::111122223333:role/notebook"}
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

    id = "DEC002"
    title = "Expired acknowledgment"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Say what the silicon is for"
    spares_plain = True

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """Each acknowledgment whose last day is over."""
        for acknowledgment in resource.declaration.acknowledgments:
            if has_expired(acknowledgment, context.today):
                yield self.found_at(
                    resource,
                    f"The acknowledgment of {acknowledgment.rule_id} ({acknowledgment.reason!r}) expired on {acknowledgment.expires}.",
                    property_path="Metadata.LeanSilicon.Acknowledge",
                    suggestion=Suggestion("Mend what it accepted, or write a new reason with a later date."),
                )


def has_expired(acknowledgment: Acknowledgment, today: date) -> bool:
    """Whether the acknowledgment's last day lies before today. The last day itself still counts."""
    return acknowledgment.expires is not None and date.fromisoformat(acknowledgment.expires) < today
