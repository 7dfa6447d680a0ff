"""FIT002: image, AMI type, function or container of one processor architecture, machines of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.fit._disagreement import Disagreement
from lean_silicon.rules.fit._machine_architectures import MACHINES, of_machines
from lean_silicon.rules.fit._run_together import HOLDERS
from lean_silicon.rules.fit._service_architectures import (
    BUILDS,
    FUNCTIONS,
    SERVICES,
    of_build,
    of_containers,
    of_function,
    of_service,
)
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource

_CHECKS: Mapping[str, Callable[[Resource, Context], Iterator[Disagreement]]] = {
    **dict.fromkeys(MACHINES, of_machines),
    **dict.fromkeys(HOLDERS, of_containers),
    **dict.fromkeys(FUNCTIONS, of_function),
    **dict.fromkeys(BUILDS, of_build),
    **dict.fromkeys(SERVICES, of_service),
}


class WrongArchitecture(ResourceRule):
    """What runs is built for x86_64 and the machine is arm64, or the other way round.

    EKS refuses such a node group (*is not a valid instance type for requested amiType*), EC2 refuses to start such a machine, and a
    container or function ends with *exec format error*. The rule compares what is named on both sides:

    - the AMI type of an EKS node group, or the public SSM parameter that an instance, launch template or launch configuration reads
      its image from, with the instance types;
    - instance types of both architectures in one group that starts from one image;
    - AWS Deep Learning Containers with the SageMaker machines that run them;
    - a Lambda function with the machines of its capacity provider; tasks of an ECS service with the Auto Scaling groups of its capacity
      providers; CodeBuild's own images with the environment type.

    Image ids, images of one's own, multi-architecture images and attribute-based selections (EC2 then selects by the image) tell
    nothing, and nothing is said of them. It is an **error**; a **warning** where a node group names no image at all, so that EKS
    takes the one for x86, and for ECS, whose images may be for both.

    Bad
    ---
    ```yaml
    Resources:
      Workers:
        Type: AWS::EKS::Nodegroup
        Properties:
          ClusterName: training
          NodeRole: arn:aws:iam::111122223333:role/node
          Subnets: [subnet-0123456789abcdef0]
          InstanceTypes: [m8g.xlarge]
          AmiType: AL2023_x86_64_STANDARD
    ```

    Good
    ----
    ```yaml
    Resources:
      Workers:
        Type: AWS::EKS::Nodegroup
        Properties:
          ClusterName: training
          NodeRole: arn:aws:iam::111122223333:role/node
          Subnets: [subnet-0123456789abcdef0]
          InstanceTypes: [m8g.xlarge]
          AmiType: AL2023_ARM_64_STANDARD
    ```
    """

    id = "FIT002"
    title = "Processor architectures that disagree"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Software that matches the silicon: architecture"
    sources = (
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-capacity-providers.html",
        "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html",
        "https://github.com/aws/deep-learning-containers",
    )
    resource_types = frozenset(_CHECKS)

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """What the resource runs, and what it runs on."""
        for found in _CHECKS[resource.type](resource, context):
            yield self.found_at(
                resource,
                f"{found.message}.",
                property_path=found.path,
                severity=Severity.ERROR if found.certain else Severity.WARNING,
                evidence=Evidence.FACT if found.certain else Evidence.DERIVED,
                instance_type=found.instance_type,
                suggestion=Suggestion(found.fix),
            )
