"""SIZ003: accelerators without a declared workload."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.templates import SiliconUse


class UndeclaredAccelerator(SiliconRule):
    """Accelerators are asked for, and nothing says what for.

    Without a declared workload nobody can tell whether the machine is the smallest that does the job. The declaration
    is CloudFormation metadata, which changes nothing that is deployed; the constructs of this library write it by
    themselves.

    Bad
    ---
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.8xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```

    Good
    ----
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 8000000000, Precision: bf16, ContextTokens: 4096, Concurrency: 4}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.8xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```
    """

    id = "SIZ003"
    title = "Accelerators without a declared workload"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "The smallest that does the job"
    accelerated_only = True

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """An accelerated type whose workload is not declared."""
        present = context.type_of(use)
        if present is None or present.accelerators is None or use.declared is not None:
            return
        yield self.found(
            use,
            f"{machine(present)} is asked for, and no workload says what for, so its size cannot be judged.",
            suggestion=Suggestion(
                "Declare it in the resource's metadata, for instance "
                "LeanSilicon: {Workload: {Task: inference, Parameters: 8000000000, Precision: bf16}}."
            ),
        )
