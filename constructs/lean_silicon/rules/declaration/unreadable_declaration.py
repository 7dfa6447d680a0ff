"""DEC001: LeanSilicon metadata that is not understood."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource


class UnreadableDeclaration(ResourceRule):
    """The ``LeanSilicon`` metadata of a resource holds something that is not understood.

    What is understood still counts; what is not would otherwise pass in silence: a misspelt key would leave a machine
    unjudged, a misspelt acknowledgment would accept nothing.

    Bad
    ---
    ```yaml
    Resources:
      Notebook:
        Type: AWS::SageMaker::NotebookInstance
        Metadata: {LeanSilicon: {Workload: {Task: notebook}}}
        Properties: {InstanceType: ml.t3.medium, RoleArn: "arn:aws:iam::111122223333:role/notebook"}
    ```

    Good
    ----
    ```yaml
    Resources:
      Notebook:
        Type: AWS::SageMaker::NotebookInstance
        Metadata: {LeanSilicon: {Workload: {Task: interactive}}}
        Properties:
          InstanceType: ml.t3.medium
          LifecycleConfigName: stop-when-idle
          RoleArn: "arn:aws:iam::111122223333:role/notebook"
    ```
    """

    id = "DEC001"
    title = "LeanSilicon metadata that is not understood"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Say what the silicon is for"
    spares_plain = True

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """Each part of the declaration that could not be read."""
        for problem in resource.declaration.problems:
            yield self.found_at(
                resource,
                f"{problem}.",
                property_path="Metadata.LeanSilicon",
                suggestion=Suggestion("Correct it; docs/declarations.md lists every key and its values."),
            )
