"""SIL006: retired or end-of-life silicon."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence, Lifecycle
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.templates import SiliconUse


class RetiredSilicon(SiliconRule):
    """The type is retired, or its end of life is announced or reached.

    A retired type no longer starts anywhere; one at its end of life loses drivers, software or support. Which types
    those are, and who says so, stands in the catalogue (``lean-silicon catalog show TYPE``). Types that AWS merely
    calls previous generation are not the business of this rule.

    Bad
    ---
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: vision, InstanceType: ml.p2.xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```

    Good
    ----
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 300000000, Precision: bf16}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: vision, InstanceType: ml.inf2.xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```
    """

    id = "SIL006"
    title = "Retired or end-of-life silicon"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Choose the right silicon"
    sources = ("https://aws.amazon.com/ec2/previous-generation/",)

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A type that is retired or at its end of life."""
        present = context.type_of(use)
        if present is None or present.lifecycle not in (Lifecycle.RETIRED, Lifecycle.END_OF_LIFE):
            return
        state = (
            "retired: it no longer starts in any region"
            if present.lifecycle is Lifecycle.RETIRED
            else "at its end of life"
        )
        yield self.found(
            use,
            f"{machine(present)} is {state}.",
            suggestion=Suggestion("Move to a current type: `lean-silicon catalog list --current` shows them."),
            sources=(present.lifecycle_source,) if present.lifecycle_source else (),
        )
