"""MGD001: accelerators that somebody runs by hand."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Component, Evidence
from lean_silicon.rules.accelerated import asked_for, is_accelerated
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import purpose
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.managed._orchestration import may_be_orchestrated
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.silicon._operating_system import runs_windows
from lean_silicon.sizing import Task
from lean_silicon.templates import SiliconUse

_RAW = frozenset(
    {
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::EC2::EC2Fleet",
        "AWS::EC2::Instance",
        "AWS::EC2::SpotFleet",
    }
)


class SelfManagedAccelerator(SiliconRule):
    """Accelerated EC2 machines or Auto Scaling groups that no managed service runs.

    Who runs accelerators on plain EC2 keeps drivers, images, scheduling, repair and the switching off to himself, and
    the machines are idle while that is not done. SageMaker jobs end by themselves, endpoints scale, HyperPod replaces
    faulty nodes, Batch starts machines for jobs, and EKS with Karpenter follows its pods.

    The rule is silent where the machines are nodes of a managed orchestrator: EKS (its tags, images or bootstrap in the
    group or its launch template) or ECS, which has accelerators on EC2 only; and for Windows, which those services do
    not offer for graphics workstations. It is a **warning**: there are reasons, such as a licence or a driver of one's
    own, and an acknowledgment is the place to name them.

    Bad
    ---
    ```yaml
    Resources:
      Trainer:
        Type: AWS::EC2::Instance
        Properties: {InstanceType: trn1.32xlarge, ImageId: ami-0123456789abcdef0}
    ```

    Good
    ----
    ```yaml
    Resources:
      Train:
        Type: AWS::StepFunctions::StateMachine
        Metadata:
          LeanSilicon:
            Workload: {Task: fine-tuning, Parameters: 1000000000, Precision: bf16, Adapter: lora}
        Properties:
          RoleArn: "arn:aws:iam::111122223333:role/train"
          Definition:
            StartAt: Train
            States:
              Train:
                Type: Task
                End: true
                Resource: "arn:aws:states:::sagemaker:createTrainingJob.sync"
                Parameters:
                  ResourceConfig: {InstanceCount: 1, InstanceType: ml.trn1.2xlarge, VolumeSizeInGB: 100}
                  StoppingCondition: {MaxRuntimeInSeconds: 14400}
    ```
    """

    id = "MGD001"
    title = "Self-managed accelerated machines"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "A managed service before self-managed hardware"
    sources = ("https://docs.aws.amazon.com/wellarchitected/latest/machine-learning-lens/machine-learning-lens.html",)

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """An accelerated machine, group or fleet on plain EC2."""
        if use.component is not Component.EC2 or use.resource.type not in _RAW or not is_accelerated(use, context):
            return
        if runs_windows(use) or may_be_orchestrated(use.resource, context.view(use.resource.template)):
            return
        yield self.found(
            use,
            f"{asked_for(use, context)} runs on plain EC2, {purpose(use)}; no managed service starts, repairs or stops it.",
            suggestion=Suggestion(_instead(use.task)),
        )


def _instead(task: Task | None) -> str:
    """The managed services that do the same."""
    if task is not None and task.trains:
        return "Train with SageMaker training jobs, or for weeks on many machines with SageMaker HyperPod; or queue jobs in AWS Batch."
    if task is Task.BATCH_INFERENCE or task is Task.PROCESSING:
        return "Run it as a SageMaker batch transform or processing job, or in AWS Batch with MinvCpus 0."
    if task is not None and task.infers:
        return "Serve it from a SageMaker endpoint with autoscaling, or from pods on EKS with Karpenter; or call a model on Amazon Bedrock."
    if task is Task.INTERACTIVE:
        return "Work in SageMaker Studio with idle shutdown, and send long work to a job that ends by itself."
    return (
        "Use SageMaker training jobs or HyperPod to train, SageMaker endpoints or EKS to serve, AWS Batch for jobs; "
        "or acknowledge MGD001 with the reason why not."
    )
