"""FIT006: a Neuron machine with a container that is not for Neuron, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence, InstanceType
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.fit._containers import CPU, GPU, NEURON, Container
from lean_silicon.rules.fit._run_together import HOLDERS, Together, run_together
from lean_silicon.rules.fit._served_containers import ENDPOINT_CONFIG
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.rules.wording import when
from lean_silicon.templates import Resource

_INSTEAD = {
    "djl-inference": "djl-inference with a tag that ends in -neuronx-sdk<version>",
    "huggingface-pytorch-inference": "huggingface-pytorch-inference-neuronx",
    "huggingface-pytorch-training": "huggingface-pytorch-training-neuronx",
    "pytorch-inference": "pytorch-inference-neuronx",
    "pytorch-training": "pytorch-training-neuronx",
    "tensorflow-inference": "tensorflow-inference-neuronx",
}
"""Repository to its counterpart for Neuron."""


class MismatchedContainer(ResourceRule):
    """A machine with Inferentia or Trainium runs a container without Neuron, or a container for Neuron runs elsewhere.

    The accelerators stay idle while they are paid for, or the container fails as it starts. The rule reads the image of the model
    behind an endpoint's variant or inference component, and of training and processing jobs in state machines, pipelines and SDK calls.
    Only the names of AWS Deep Learning Containers tell what an image is built for (``...-neuronx``, ``-gpu-``, ``-cu129-``, ``-cpu-``); of
    everybody's own images nothing is said.

    A pipeline of containers on a Neuron machine is judged only if none of them is, or may be, for Neuron. A job that runs a Neuron
    container on CPUs alone passes: models are compiled that way.

    Bad
    ---
    ```yaml
    Resources:
      Model:
        Type: AWS::SageMaker::Model
        Properties:
          ExecutionRoleArn: arn:aws:iam::111122223333:role/endpoint
          PrimaryContainer:
            Image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6.0-gpu-py312-cu124-ubuntu22.04-sagemaker
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Properties:
          ProductionVariants:
            - VariantName: main
              ModelName: !GetAtt Model.ModelName
              InstanceType: ml.inf2.xlarge
              InitialInstanceCount: 1
              InitialVariantWeight: 1
    ```

    Good
    ----
    ```yaml
    Resources:
      Model:
        Type: AWS::SageMaker::Model
        Properties:
          ExecutionRoleArn: arn:aws:iam::111122223333:role/endpoint
          PrimaryContainer:
            Image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference-neuronx:2.9.0-neuronx-py312-sdk2.29.1-ubuntu24.04
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Properties:
          ProductionVariants:
            - VariantName: main
              ModelName: !GetAtt Model.ModelName
              InstanceType: ml.inf2.xlarge
              InitialInstanceCount: 1
              InitialVariantWeight: 1
    ```
    """

    id = "FIT006"
    title = "Machine and container disagree on Neuron"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Software that matches the silicon: container"
    sources = (
        "https://awsdocs-neuron.readthedocs-hosted.com/en/latest/containers/locate-neuron-dlc-image.html",
        "https://github.com/aws/deep-learning-containers",
    )

    resource_types = HOLDERS

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """Each SageMaker machine and the containers that run on it."""
        told: set[str] = set()
        for together in run_together(resource, context.view(resource.template)):
            use = together.use
            kind = context.type_of(use)
            if kind is None or not kind.specified or use.admitted_only or use.property_path in told:
                continue
            wrong = _wrong(kind, together.containers, compiles=resource.type != ENDPOINT_CONFIG)
            if wrong is not None:
                told.add(use.property_path)
                yield self._finding(together, kind, wrong)

    def _finding(self, together: Together, kind: InstanceType, container: Container) -> Finding:
        named = f"{together.brought_by} {container.name}{when(container.at.assumed)}"
        if container.built_for == NEURON:
            message = f"{machine(kind)}{together.origin} has no Neuron device. {named}, which is built for Inferentia and Trainium."
            other = GPU if kind.accelerators is not None else CPU
            fix = f"Use an Inferentia2 or Trainium type, or the container of the same framework for {other}."
        else:
            message = (
                f"{machine(kind)}{together.origin} needs software that is built for Neuron. {named}, which is built for "
                f"{container.built_for}."
            )
            instead = _INSTEAD.get(container.name.partition(":")[0])
            fix = (
                f"Use {instead}."
                if instead
                else "Use a container that is built for Neuron, or a type that the container is built for."
            )
        return self.found_at(
            together.use.resource,
            message,
            property_path=together.use.property_path,
            instance_type=kind.name,
            suggestion=Suggestion(fix),
        )


def _wrong(kind: InstanceType, containers: tuple[Container, ...], *, compiles: bool) -> Container | None:
    """The container that does not fit; `compiles` says that a machine without accelerators may be there to compile for Neuron."""
    if kind.accelerators is not None and kind.accelerators.is_neuron:
        if containers and all(container.built_for in (GPU, CPU) for container in containers):
            return containers[0]
        return None
    if kind.accelerators is None and compiles:
        return None
    return next((container for container in containers if container.built_for == NEURON), None)
