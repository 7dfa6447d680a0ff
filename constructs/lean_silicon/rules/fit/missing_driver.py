"""FIT001: accelerated EKS nodes on an image without the driver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lean_silicon.catalog import Evidence, InstanceType
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.fit._kubernetes import LAST_OF_AMAZON_LINUX_2, unpublished_image
from lean_silicon.rules.fit._launching import NODE_GROUP, StartedFrom, images_of, launches_of
from lean_silicon.rules.fit._machine_images import NVIDIA, ami_type_for, driver_for
from lean_silicon.rules.fit._node_classes import node_class_of
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.texts import texts
from lean_silicon.templates import SiliconUse, TemplateView, once_a_view
from lean_silicon.templates.locations import At

_CHART = "Custom::AWSCDK-EKS-HelmChart"
_INSTALLS = ("nvidia", "neuron", "cuda")
_SHOWN = 3


class MissingDriver(SiliconRule):
    """Accelerated EKS nodes start from an image that has no driver for their accelerators.

    The nodes join the cluster and are paid for, no GPU or Neuron device appears on them, and every pod that asks for one waits for
    ever. The rule knows the AMI types of managed node groups, EKS's public SSM parameters in launch templates and launch
    configurations, and the selectors of an ``EC2NodeClass``.

    An image on Amazon Linux 2 has the driver, but EKS publishes none for Kubernetes 1.33 and later: a node group that asks for one there
    is an error too, where the template tells the version.

    It is silent where the image may have the driver: a custom AMI, an alias such as ``al2023@latest`` (Karpenter then chooses the
    variant itself), ``BOTTLEROCKET_x86_64`` on Inferentia and Trainium (its standard variant has the Neuron driver), ``AL2_x86_64_GPU``
    (it serves NVIDIA and Neuron), a start-up script that speaks of either, the NVIDIA GPU operator in the same template.

    It is an **error** where the image is named, and a **warning** where it is not: EKS then takes Amazon Linux for x86 without drivers,
    which its guide says of the operating system only.

    Bad
    ---
    ```yaml
    Resources:
      Trainium:
        Type: AWS::EKS::Nodegroup
        Properties:
          ClusterName: training
          NodeRole: arn:aws:iam::111122223333:role/node
          Subnets: [subnet-0123456789abcdef0]
          InstanceTypes: [trn1.32xlarge]
          AmiType: AL2023_x86_64_STANDARD
          ScalingConfig: {MinSize: 0, DesiredSize: 0, MaxSize: 1}
    ```

    Good
    ----
    ```yaml
    Resources:
      Trainium:
        Type: AWS::EKS::Nodegroup
        Properties:
          ClusterName: training
          NodeRole: arn:aws:iam::111122223333:role/node
          Subnets: [subnet-0123456789abcdef0]
          InstanceTypes: [trn1.32xlarge]
          AmiType: AL2023_x86_64_NEURON
          ScalingConfig: {MinSize: 0, DesiredSize: 0, MaxSize: 1}
    ```
    """

    id = "FIT001"
    title = "Accelerated EKS nodes on an image without the driver"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Software that matches the silicon: image and driver"
    sources = (
        "https://docs.aws.amazon.com/eks/latest/userguide/ml-eks-optimized-ami.html",
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html",
        "https://karpenter.sh/docs/concepts/nodeclasses/",
        "https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html",
        "https://github.com/awslabs/amazon-eks-ami/issues/2545",
    )

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A use whose accelerators need a driver that its image lacks."""
        if use.admitted_only:
            return
        needing = _needing(use, context)
        if not needing:
            return
        view = context.view(use.resource.template)
        gone = unpublished_image(use.resource, view, use.conditions) if use.resource.type == NODE_GROUP else None
        if gone is not None:
            yield self._unpublished(use, needing, *gone)
            return
        for started in images_of(use, view):
            lacking = [driver for driver in needing if driver in started.image.lacks]
            if lacking and not _may_be_installed(use, view, lacking):
                yield self._finding(use, needing, lacking, started)
                return
        yield from self._of_pool(use, needing, context, view)

    def _finding(
        self, use: SiliconUse, needing: Mapping[str, list[InstanceType]], lacking: list[str], started: StartedFrom
    ) -> Finding:
        kinds = [kind for driver in lacking for kind in needing[driver]]
        image = (
            f"{started.source.logical_id}: {started.image.name}"
            if started.source is not use.resource
            else started.image.name
        )
        named = f"{started.image.name} (no AmiType and no image are named)" if started.default else image
        return self.found(
            use,
            f"{_shown(kinds)} {'needs' if len(kinds) == 1 else 'need'} the {' and the '.join(lacking)} driver, which the image lacks: "
            f"{named}.",
            severity=Severity.WARNING if started.default else Severity.ERROR,
            evidence=Evidence.THIRD_PARTY if started.default else Evidence.FACT,
            suggestion=Suggestion(_fix(use, needing, lacking)),
        )

    def _unpublished(
        self, use: SiliconUse, needing: Mapping[str, list[InstanceType]], ami_type: At, version: str
    ) -> Finding:
        return self.found(
            use,
            f"{_shown([kind for kinds in needing.values() for kind in kinds])} would start from {ami_type.value}, which EKS does not "
            f"publish for Kubernetes {version} (1.{LAST_OF_AMAZON_LINUX_2} was the last with Amazon Linux 2).",
            suggestion=Suggestion(_fix(use, needing, list(needing))),
        )

    def _of_pool(
        self, use: SiliconUse, needing: Mapping[str, list[InstanceType]], context: Context, view: TemplateView
    ) -> Iterator[Finding]:
        """A pool of Karpenter of which every type needs a driver, whose class selects only images that lack it."""
        node_class = node_class_of(use, view)
        if node_class is None or not node_class.images or not _all_need(use, needing):
            return
        lacking = [driver for driver in needing if all(driver in image.lacks for image in node_class.images)]
        if lacking and not _may_be_installed(use, view, lacking):
            names = ", ".join(image.name for image in node_class.images[:_SHOWN])
            yield self.found(
                use,
                f"Every type that the pool admits needs a driver; EC2NodeClass {node_class.name} selects images without the "
                f"{' and the '.join(lacking)} driver: {names}.",
                suggestion=Suggestion(
                    f"Select by alias in {node_class.path} (alias: al2023@latest, or a pinned version): Karpenter then takes the variant "
                    "with the driver that each machine needs."
                ),
            )


def _needing(use: SiliconUse, context: Context) -> dict[str, list[InstanceType]]:
    """The types of a use that need a driver, by the driver."""
    names = use.selection.admitted if use.selection is not None else (use.instance_type,)
    needing: dict[str, list[InstanceType]] = {}
    for name in names:
        kind = None if name is None else context.find(name)
        driver = None if kind is None else driver_for(kind)
        if kind is not None and driver is not None:
            needing.setdefault(driver, []).append(kind)
    return needing


def _all_need(use: SiliconUse, needing: Mapping[str, list[InstanceType]]) -> bool:
    asked = len(use.selection.admitted) if use.selection is not None else 1
    return sum(len(kinds) for kinds in needing.values()) == asked


def _shown(kinds: list[InstanceType]) -> str:
    more = f" and {len(kinds) - _SHOWN} more types" if len(kinds) > _SHOWN else ""
    return ", ".join(machine(kind) for kind in kinds[:_SHOWN]) + more


def _fix(use: SiliconUse, needing: Mapping[str, list[InstanceType]], lacking: list[str]) -> str:
    """The AMI types that have the drivers, one for each architecture that needs one."""
    wanted = {ami_type_for(driver, kind.architecture) for driver in needing for kind in needing[driver]}
    types = sorted(each for each in wanted if each is not None)
    if not types:
        return f"Start from an image with the {lacking[0]} driver."
    where = "AmiType: " if use.resource.type == NODE_GROUP else "the image of "
    if len(types) > 1:
        return f"Split the group by accelerator and architecture, and give each its image: {', '.join(types)}."
    return f"Use {where}{types[0]}, or an image of your own that has the {lacking[0]} driver in the launch template."


def _may_be_installed(use: SiliconUse, view: TemplateView, lacking: list[str]) -> bool:
    """Whether a start-up script or the NVIDIA GPU operator may bring the driver."""
    if NVIDIA in lacking and _has_gpu_operator(view):
        return True
    launches = [launch.source for launch in launches_of(use.resource, view, use.conditions)]
    scripts = [source.properties for source in (*launches, use.resource) if source is not None]
    return any(word in text.lower() for script in scripts for text in texts(_start_up(script)) for word in _INSTALLS)


def _start_up(properties: Mapping[str, object]) -> list[object]:
    data = properties.get("LaunchTemplateData")
    return [properties.get("UserData"), data.get("UserData") if isinstance(data, Mapping) else None]


@once_a_view
def _has_gpu_operator(view: TemplateView) -> bool:
    """Whether a chart of the template is the NVIDIA GPU operator."""
    return any(
        "gpu-operator" in text for chart in view.resources(_CHART) for text in texts(chart.properties.get("Chart"))
    )
