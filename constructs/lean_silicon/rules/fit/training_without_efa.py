"""FIT003: machines that train together over an ordinary network."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence, InstanceType
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.fit._fabric import JOB_DEFINITION, fabric_of, nodes_of
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.sizing import FitVerdict, Task, fit
from lean_silicon.templates import SiliconUse

_MAY_BE_INDEPENDENT = (Task.FINE_TUNING, Task.PEFT)


class TrainingWithoutEfa(SiliconRule):
    """Several accelerated machines train together, and the network between them is not the Elastic Fabric Adapter (EFA).

    The machines exchange gradients at every step. Types made for that have an EFA of up to 3,200 Gbit/s per machine; without it the
    exchange goes over TCP, and the accelerators wait for it while they are paid for. EFA wants machines close to each other, hence the
    cluster placement group; machines in a capacity block or a targeted reservation are placed by that.

    The rule speaks of EKS node groups, Auto Scaling groups, AWS PCS and multi-node Batch jobs whose declared workload trains, that may have
    more than one machine, of types with EFA and accelerators. SageMaker training and HyperPod set up EFA themselves; Karpenter adds it to
    the machines of pods that ask for it. It is silent where the network stands in a launch template outside of the template, and about
    fine-tuning that may fit one machine where no more than one is asked for.

    Bad
    ---
    ```yaml
    Resources:
      Trainium:
        Type: AWS::EKS::Nodegroup
        Metadata:
          LeanSilicon:
            Workload: {Task: training, Parameters: 20000000000, Precision: bf16}
        Properties:
          ClusterName: training
          NodeRole: arn:aws:iam::111122223333:role/node
          Subnets: [subnet-0123456789abcdef0]
          InstanceTypes: [trn1.32xlarge]
          AmiType: AL2023_x86_64_NEURON
          ScalingConfig: {MinSize: 0, DesiredSize: 0, MaxSize: 4}
    ```

    Good
    ----
    ```yaml
    Resources:
      Close:
        Type: AWS::EC2::PlacementGroup
        Properties: {Strategy: cluster}
      Network:
        Type: AWS::EC2::LaunchTemplate
        Properties:
          LaunchTemplateData:
            InstanceType: trn1.32xlarge
            Placement: {GroupName: !Ref Close}
            NetworkInterfaces:
              - {DeviceIndex: 0, NetworkCardIndex: 0, InterfaceType: efa, Groups: [sg-0123456789abcdef0]}
              - {DeviceIndex: 1, NetworkCardIndex: 1, InterfaceType: efa-only, Groups: [sg-0123456789abcdef0]}
      Trainium:
        Type: AWS::EKS::Nodegroup
        Metadata:
          LeanSilicon:
            Workload: {Task: training, Parameters: 20000000000, Precision: bf16}
        Properties:
          ClusterName: training
          NodeRole: arn:aws:iam::111122223333:role/node
          Subnets: [subnet-0123456789abcdef0]
          LaunchTemplate: {Id: !Ref Network, Version: !GetAtt Network.LatestVersionNumber}
          AmiType: AL2023_x86_64_NEURON
          ScalingConfig: {MinSize: 0, DesiredSize: 0, MaxSize: 4}
    ```
    """

    id = "FIT003"
    title = "Multi-node training without EFA"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Software that matches the silicon: EFA and placement"
    sources = (
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/node-efa.html",
        "https://docs.aws.amazon.com/batch/latest/userguide/efa.html",
        "https://docs.aws.amazon.com/pcs/latest/userguide/working-with_networking_efa_create-lt.html",
    )

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """Several machines that train, of types with EFA, that have no EFA or are not placed together."""
        if use.admitted_only or use.task is None or not use.task.trains:
            return
        kinds = _with_efa(use, context)
        if not kinds:
            return
        view = context.view(use.resource.template)
        nodes = nodes_of(use, view)
        if nodes is None or nodes < 2 or _needs_one(use, kinds):
            return
        lacking = fabric_of(use, view)
        if lacking is not None:
            yield self.found(
                use,
                f"Up to {nodes} machines of {_shown(kinds)} are for {use.task} (declared); {lacking.message}.",
                suggestion=Suggestion(lacking.fix),
            )


def _with_efa(use: SiliconUse, context: Context) -> list[InstanceType]:
    """The types of a use, if every one of them has accelerators and EFA."""
    names = use.selection.admitted if use.selection is not None else (use.instance_type,)
    found = [None if name is None else context.find(name) for name in names]
    kinds = [kind for kind in found if kind is not None and kind.accelerators is not None and kind.efa_interfaces]
    return kinds if len(kinds) == len(found) else []


def _needs_one(use: SiliconUse, kinds: list[InstanceType]) -> bool:
    """Whether each machine may well work on its own: fine-tuning that may fit one, of which no more than one is asked for."""
    if use.declared is None or use.task not in _MAY_BE_INDEPENDENT or use.resource.type == JOB_DEFINITION:
        return False
    if max(use.count.minimum or 0, use.count.desired or 0) > 1:
        return False
    return not any(fit(use.declared, kind, task=use.task).verdict is FitVerdict.DOES_NOT_FIT for kind in kinds)


def _shown(kinds: list[InstanceType]) -> str:
    more = f" and {len(kinds) - 2} more types" if len(kinds) > 2 else ""
    return (
        " or ".join(f"{machine(kind)}, which takes {kind.efa_interfaces} EFA interfaces," for kind in kinds[:2]) + more
    )
