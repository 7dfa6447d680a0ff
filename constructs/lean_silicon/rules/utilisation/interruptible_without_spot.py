"""UTL004: work that survives an interruption, on capacity that is paid in full."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.accelerated import asked_for
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.jobs import Job, declared_for, jobs_of, training_of
from lean_silicon.rules.reserved import may_be_reserved
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.rules.wording import when
from lean_silicon.templates import Resource, SiliconUse, TemplateView
from lean_silicon.templates.locations import At

_SPOT_BY = {
    "AWS::AutoScaling::AutoScalingGroup": "MixedInstancesPolicy.InstancesDistribution with OnDemandPercentageAboveBaseCapacity 0",
    "AWS::Batch::ComputeEnvironment": "ComputeResources.Type SPOT with the allocation strategy SPOT_PRICE_CAPACITY_OPTIMIZED",
    "AWS::EC2::EC2Fleet": "TargetCapacitySpecification.DefaultTargetCapacityType spot",
    "AWS::EKS::Nodegroup": "CapacityType SPOT with several InstanceTypes",
    "AWS::PCS::ComputeNodeGroup": "PurchaseOption SPOT",
    "AWS::SageMaker::Cluster": "CapacityRequirements.Spot in the instance group",
}
_SPOT, _CHECKPOINTS = "EnableManagedSpotTraining", "CheckpointConfig"


class InterruptibleWithoutSpot(ResourceRule):
    """Work that is declared interruptible runs on capacity that nobody interrupts, or cannot go on where it stopped.

    AWS sells what nobody uses at the moment at a discount: it names up to 90% for managed spot training. Who may be
    interrupted should take it, and keep checkpoints, since without them an interruption throws away what was paid for.

    The rule speaks only of a workload that is declared ``Interruptible: true``. A SageMaker training or tuning job then
    wants ``EnableManagedSpotTraining`` and ``CheckpointConfig``; a fleet (node group, Auto Scaling group, fleet, Batch,
    HyperPod group) wants spot capacity. Whether the software in a fleet writes checkpoints stands in no template, so
    nothing is said of that. Reserved capacity is left alone.

    Bad
    ---
    ```yaml
    Resources:
      Train:
        Type: AWS::StepFunctions::StateMachine
        Metadata:
          LeanSilicon:
            Workload: {Task: fine-tuning, Parameters: 1000000000, Precision: bf16, Adapter: lora, Interruptible: true}
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

    Good
    ----
    ```yaml
    Resources:
      Train:
        Type: AWS::StepFunctions::StateMachine
        Metadata:
          LeanSilicon:
            Workload: {Task: fine-tuning, Parameters: 1000000000, Precision: bf16, Adapter: lora, Interruptible: true}
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
                  EnableManagedSpotTraining: true
                  CheckpointConfig: {S3Uri: "s3://amzn-s3-demo-bucket/checkpoints"}
                  StoppingCondition: {MaxRuntimeInSeconds: 14400, MaxWaitTimeInSeconds: 28800}
    ```
    """

    id = "UTL004"
    title = "Interruptible work without spot and checkpoints"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Busy or off: spot"
    sources = (
        "https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html",
    )
    spares_plain = True

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """Each job or fleet whose workload is declared interruptible and that asks for no spot capacity."""
        declaration = resource.declaration
        declared = (declaration.workload, *declaration.workloads.values())
        if not any(workload is not None and workload.interruptible for workload in declared):
            return
        view = context.view(resource.template)
        for job in jobs_of(resource, view):
            yield from self._of_job(resource, job, view)
        if resource.type in _SPOT_BY:
            for use in view.uses_by_resource.get(resource.logical_id, ()):
                yield from self._of_fleet(resource, use, context, view)

    def _of_job(self, resource: Resource, job: Job, view: TemplateView) -> Iterator[Finding]:
        workload = declared_for(job, resource)
        if workload is None or not workload.interruptible:
            return
        for place in training_of(job, view):
            lacking = [name for name in (_SPOT, _CHECKPOINTS) if _lacks(place, name, view)]
            if lacking:
                yield self.found_at(
                    resource,
                    f"The {job} is declared interruptible and has no {' and no '.join(lacking)}{when(place.assumed)}.",
                    property_path=place.path,
                    instance_type=job.uses[0].instance_type if job.uses else None,
                    suggestion=Suggestion(
                        "Set EnableManagedSpotTraining: true, CheckpointConfig with an S3 folder that the training code writes to and "
                        "starts from, and StoppingCondition.MaxWaitTimeInSeconds. AWS names up to 90% off the on-demand price."
                    ),
                )
                return

    def _of_fleet(self, resource: Resource, use: SiliconUse, context: Context, view: TemplateView) -> Iterator[Finding]:
        if use.declared is None or not use.declared.interruptible or use.spot is not False:
            return
        if not may_be_reserved(use, view):
            yield self.found_at(
                resource,
                f"{asked_for(use, context)} is asked for on demand, for work that is declared interruptible{when(use.conditions)}.",
                property_path=use.property_path,
                instance_type=use.instance_type,
                suggestion=Suggestion(f"Ask for spot capacity: {_SPOT_BY[resource.type]}."),
            )


def _lacks(place: At, name: str, view: TemplateView) -> bool:
    """Whether a job surely lacks something: it is absent, or switched off."""
    found = list(view.walk_from(place, name))
    return bool(found) and all(at.absent or (at.unknown is None and str(at.value).lower() == "false") for at in found)
