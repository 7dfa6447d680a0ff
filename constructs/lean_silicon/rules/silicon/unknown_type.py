"""SIL008: an instance type that is not known, or cannot be known from the template."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.templates import SiliconUse


class UnknownType(SiliconRule):
    """The instance type is not in the catalogue, or the template alone does not say which it is.

    A name that the catalogue does not hold is a **warning**: it is misspelt, or newer than the catalogue. A value
    that cannot be resolved (a parameter without default, an import, a look-up) is a **note**: nothing is wrong, but
    nothing was judged either, and silence would look like approval.

    Bad
    ---
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.8xlrage, InitialInstanceCount: 1, InitialVariantWeight: 1}
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

    id = "SIL008"
    title = "Unknown instance type"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Choose the right silicon"

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A use whose type could not be resolved, or whose name the catalogue does not hold."""
        if use.unknown is not None:
            yield self.found(
                use, f"The instance type is unknown: {use.unknown}. Nothing was judged here.", severity=Severity.NOTE
            )
        elif use.instance_type is not None and context.type_of(use) is None:
            near = context.catalog.nearest_names(use.instance_type)
            yield self.found(
                use,
                f"{use.instance_type!r} is not in the catalogue of {context.catalog.as_of}: it is misspelt, or newer than the catalogue.",
                suggestion=Suggestion(
                    f"Nearest known: {', '.join(near)}."
                    if near
                    else "See `lean-silicon catalog list` for the known types.",
                    instance_type=near[0] if near else None,
                ),
            )
