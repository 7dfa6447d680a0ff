"""UTL006: an accelerated node group or fleet that cannot shrink."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.accelerated import asked_for, hourly_cost, is_accelerated
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.mentions import is_mentioned_by
from lean_silicon.rules.reserved import may_be_reserved
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.utilisation._environment import is_production
from lean_silicon.sizing import Traffic, Workload
from lean_silicon.templates import Resource, SiliconUse, TemplateView
from lean_silicon.templates.amounts import whole_number

_SCALED = {
    "AWS::AutoScaling::AutoScalingGroup": "MinSize",
    "AWS::EKS::Nodegroup": "ScalingConfig.MinSize",
    "AWS::PCS::ComputeNodeGroup": "ScalingConfiguration.MinInstanceCount",
}
_BATCH = "AWS::Batch::ComputeEnvironment"
_FLEETS = {"AWS::EC2::EC2Fleet": "", "AWS::EC2::SpotFleet": "SpotFleetRequestConfigData."}
_SCALERS = ("AWS::AutoScaling::ScheduledAction", "AWS::ApplicationAutoScaling::ScalableTarget")


class FleetCannotShrink(SiliconRule):
    """A node group or fleet keeps accelerators on when there is nothing for them to do.

    The rule looks at the bounds: a group whose least and greatest size are equal never shrinks; one whose least size is
    above zero keeps that many accelerated machines for ever, and a Batch environment with ``MinvCpus`` above zero keeps
    machines though no job waits. An EC2 or Spot Fleet of type ``maintain`` keeps its target until somebody changes it.

    A least size above zero is fine where the declared workload answers requests in real time, in production; it must
    still be able to shrink. Scheduled actions that change a group's size, reserved capacity (capacity blocks,
    reservations) and bounds that cannot be known are left alone.

    Bad
    ---
    ```yaml
    Resources:
      Nodes:
        Type: AWS::EKS::Nodegroup
        Metadata:
          LeanSilicon:
            Workload: {Task: fine-tuning, Parameters: 8000000000, Precision: bf16, Adapter: lora}
        Properties:
          ClusterName: research
          NodeRole: "arn:aws:iam::111122223333:role/nodes"
          Subnets: [subnet-0123456789abcdef0]
          AmiType: AL2023_x86_64_NEURON
          InstanceTypes: [trn1.32xlarge]
          ScalingConfig: {MinSize: 2, DesiredSize: 2, MaxSize: 2}
    ```

    Good
    ----
    ```yaml
    Resources:
      Nodes:
        Type: AWS::EKS::Nodegroup
        Metadata:
          LeanSilicon:
            Workload: {Task: fine-tuning, Parameters: 8000000000, Precision: bf16, Adapter: lora}
        Properties:
          ClusterName: research
          NodeRole: "arn:aws:iam::111122223333:role/nodes"
          Subnets: [subnet-0123456789abcdef0]
          AmiType: AL2023_x86_64_NEURON
          InstanceTypes: [trn1.2xlarge]
          ScalingConfig: {MinSize: 0, DesiredSize: 0, MaxSize: 2}
    ```
    """

    id = "UTL006"
    title = "Accelerated fleet that cannot shrink"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Busy or off: scale to zero"
    sources = (
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html",
        "https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-fleet-request-type.html",
    )

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """An accelerated group whose bounds keep machines on."""
        kind = use.resource.type
        if kind not in _SCALED and kind not in _FLEETS and kind != _BATCH:
            return
        if not is_accelerated(use, context):
            return
        view = context.view(use.resource.template)
        kept = _kept(use, view)
        if kept is None or may_be_reserved(use, view) or is_mentioned_by(use.resource, view, *_SCALERS):
            return
        machines, reason = kept
        cost = hourly_cost(use, context, count=machines) if machines else None
        price = f" An idle hour of them costs {cost}." if cost is not None else ""
        yield self.found(
            use,
            f"{asked_for(use, context)}: {reason}.{price}",
            suggestion=Suggestion(_fix(kind)),
        )


def _kept(use: SiliconUse, view: TemplateView) -> tuple[int, str] | None:
    """How many machines are kept on (0 where only their number is unknown) and why; `None` where none, or it is unknown."""
    kind = use.resource.type
    if kind == _BATCH:
        return _kept_by_batch(use.resource, view)
    if kind in _FLEETS:
        return _kept_by_fleet(use, view)
    least, most = use.count.minimum, use.count.maximum
    if not least:
        return None
    if least == most:
        return least, f"the group cannot shrink: its least and greatest size are both {least}"
    if _may_wait(use.declared):
        return None
    return least, f"the group never has fewer than {least} ({_SCALED[kind]}), whether there is work or not"


def _may_wait(declared: Workload | None) -> bool:
    """Whether machines may wait for requests: the workload answers in real time, in production as far as is declared."""
    if declared is None or declared.task is None or not declared.task.infers:
        return False
    environment = declared.environment
    return declared.traffic in (None, Traffic.REALTIME) and (environment is None or is_production(environment))


def _kept_by_batch(resource: Resource, view: TemplateView) -> tuple[int, str] | None:
    numbers = [whole_number(each) for each in view.known(resource, "ComputeResources.MinvCpus")]
    least = min((each for each in numbers if each is not None), default=0)
    return (
        (0, f"the environment keeps at least {least} vCPUs on (MinvCpus), whether jobs wait or not") if least else None
    )


def _kept_by_fleet(use: SiliconUse, view: TemplateView) -> tuple[int, str] | None:
    """A fleet that maintains its target and has no end. `maintain` is the default of both kinds of fleet."""
    at = _FLEETS[use.resource.type]
    types = [each for each in view.walk(use.resource, f"{at}Type") if not each.absent]
    if any(each.unknown is not None or each.value != "maintain" for each in types):
        return None
    if view.is_set(use.resource, f"{at}ValidUntil") is not False or not use.count.desired:
        return None
    return (
        use.count.desired,
        f"the fleet maintains its target of {use.count.desired}, and nothing in the template lowers it",
    )


def _fix(kind: str) -> str:
    if kind == _BATCH:
        return "Set MinvCpus to 0: Batch starts machines when jobs wait and stops them afterwards."
    if kind in _FLEETS:
        return (
            "Use an Auto Scaling group with MinSize 0, AWS Batch or Karpenter, which follow the work; or give the fleet an end (ValidUntil "
            "with TerminateInstancesWithExpiration) or the type instant."
        )
    return (
        "Let it start at 0 and end where it must, and have Karpenter, the Cluster Autoscaler or a scaling policy follow the work; or "
        "reduce it by a schedule (AWS::AutoScaling::ScheduledAction)."
    )
