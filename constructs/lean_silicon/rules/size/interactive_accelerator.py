"""SIZ005: interactive compute on big accelerators."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence, InstanceType
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine, purpose
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.settings import Settings
from lean_silicon.sizing import Task
from lean_silicon.templates import SiliconUse


class InteractiveAccelerator(SiliconRule):
    """A notebook or Studio app sits on more accelerators than a person at a keyboard can use.

    Interactive machines idle while their user reads, thinks and sleeps. Write and debug on a small machine, and send
    the work to a training or processing job that ends by itself. How big is too big is a setting: the number of
    accelerators and their memory.

    Bad
    ---
    ```yaml
    Resources:
      Notebook:
        Type: AWS::SageMaker::NotebookInstance
        Properties: {InstanceType: ml.p3.16xlarge, RoleArn: "arn:aws:iam::111122223333:role/notebook"}
    ```

    Good
    ----
    ```yaml
    Resources:
      Notebook:
        Type: AWS::SageMaker::NotebookInstance
        Metadata:
          LeanSilicon:
            Workload: {Task: interactive}
        Properties:
          InstanceType: ml.t3.medium
          LifecycleConfigName: stop-when-idle
          RoleArn: "arn:aws:iam::111122223333:role/notebook"
    ```
    """

    id = "SIZ005"
    title = "Interactive compute on big accelerators"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "The smallest that does the job"
    settings = ("interactive_accelerators", "interactive_accelerator_memory_gib")

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """An interactive use whose accelerators are more or larger than the policy allows."""
        present = context.type_of(use)
        if present is None or use.task is not Task.INTERACTIVE or not _too_big(present, context.settings):
            return
        limits = context.settings
        yield self.found(
            use,
            f"{machine(present)} is asked for, {purpose(use)}; the policy allows {limits.interactive_accelerators} accelerator(s) "
            f"with {limits.interactive_accelerator_memory_gib:g} GiB in all for interactive work.",
            suggestion=Suggestion(
                "Work on a small CPU or single-accelerator type and send long work to a training or processing job; "
                "or raise interactive_accelerators or interactive_accelerator_memory_gib in the settings."
            ),
        )


def _too_big(present: InstanceType, limits: Settings) -> bool:
    accelerators = present.accelerators
    if accelerators is None:
        return False
    memory = accelerators.memory_gib
    return accelerators.count > limits.interactive_accelerators or (
        memory is not None and memory > limits.interactive_accelerator_memory_gib
    )
