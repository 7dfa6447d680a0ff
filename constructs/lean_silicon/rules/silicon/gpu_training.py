"""SIL001: training on GPUs where Trainium serves."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence, InstanceType
from lean_silicon.rules.alternatives import better_accelerator
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity
from lean_silicon.rules.gpu import accelerator_finding, is_gpu
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.silicon._algorithms import has_no_neuron_form
from lean_silicon.templates import SiliconUse


class GpuTraining(SiliconRule):
    """Training runs on GPUs although a Trainium type holds the job.

    Trainium is AWS's own silicon for training. AWS claims about 25% less energy for Trn1 than for the accelerated
    instances of its day, and the price list often agrees. The rule looks for the cheapest Trainium type that holds
    the declared workload (or, where none is declared, has at least the accelerator memory of the present type) and is
    offered for the same component in the region.

    It is an **error** only where a published claim covers this very comparison, an hour does not cost more, and
    neither the price nor the estimated energy of the same work contradicts the claim beyond its band. Otherwise it is
    a **warning** that names what is unclear, and where the same work costs over 5% more a **note**.

    SageMaker's built-in algorithms (XGBoost, object detection, DeepAR ...) and MXNet, told by their images, pass: there is
    no Neuron form of them. A job that cannot leave CUDA says so: ``Requires: [cuda]`` with a ``Reason`` in its declared workload.

    Bad
    ---
    ```yaml
    Resources:
      Train:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          RoleArn: arn:aws:iam::111122223333:role/train
          DefinitionString: >-
            {"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
             "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
             "Parameters": {"ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.p4d.24xlarge", "VolumeSizeInGB": 100}}}}}
    ```

    Good
    ----
    ```yaml
    Resources:
      Train:
        Type: AWS::StepFunctions::StateMachine
        Metadata:
          LeanSilicon:
            Workload: {Task: peft, Parameters: 8000000000, Precision: bf16}
        Properties:
          RoleArn: arn:aws:iam::111122223333:role/train
          DefinitionString: >-
            {"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
             "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
             "Parameters": {"ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.trn1.32xlarge", "VolumeSizeInGB": 100},
                            "StoppingCondition": {"MaxRuntimeInSeconds": 86400}}}}}
    ```
    """

    id = "SIL001"
    title = "Training on GPUs where Trainium serves"
    severity = Severity.ERROR
    evidence = Evidence.VENDOR_CLAIM
    advice = "Choose the right silicon: Trainium to train"
    sources = (
        "AWS Well-Architected Machine Learning Lens, MLSUS-12",
        "https://docs.aws.amazon.com/wellarchitected/latest/machine-learning-lens/mlsus-12.html",
    )
    accelerated_only = True

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A GPU type whose task is training, where a Trainium type holds the job."""
        present = context.type_of(use)
        if present is None or not is_gpu(present) or use.task is None or not use.task.trains:
            return
        better = better_accelerator(use, context, _is_trainium)
        if better is not None and not has_no_neuron_form(use, context.view(use.resource.template)):
            yield accelerator_finding(
                self, use, context, better, verb="trains on GPUs", container="a Neuron training container"
            )


def _is_trainium(candidate: InstanceType) -> bool:
    return candidate.accelerators is not None and candidate.accelerators.accelerator.key.startswith("Trainium")
