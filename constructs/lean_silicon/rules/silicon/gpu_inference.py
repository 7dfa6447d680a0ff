"""SIL002: deep-learning or LLM inference on GPUs where Inferentia2 or Trainium serves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lean_silicon.catalog import Evidence, InstanceType
from lean_silicon.rules.alternatives import better_accelerator
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity
from lean_silicon.rules.gpu import accelerator_finding, is_gpu
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.shared_machines import holds_several_models
from lean_silicon.rules.silicon._algorithms import has_no_neuron_form
from lean_silicon.templates import SiliconUse


class GpuInference(SiliconRule):
    """A model is served from GPUs although an Inferentia2 or Trainium type holds it.

    Inferentia2 is AWS's own silicon for inference. AWS claims up to 50% better performance per watt for Inf2 than
    comparable instances of its day. The rule looks for the cheapest Inferentia2 or Trainium type that holds the
    declared workload (or, where none is declared, has at least the accelerator memory of the present type) and is
    offered for the same component in the region.

    It is an **error** only where a published claim covers this very comparison, an hour does not cost more, and
    neither the price nor the estimated energy of the same work contradicts the claim beyond its band: newer GPUs such
    as L4, L40S and H100 came after the claim, so there it is a **warning** that says what is unclear. Where the alternative
    costs over 5% more it is a **note**: ``lean-silicon advise`` would leave it aside too.

    Where several models share the machine, the declared workload of one does not count. SageMaker's built-in algorithms
    (XGBoost, object detection ...) and MXNet, told by their images, pass: there is no form of them for today's Neuron.

    Bad
    ---
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.p4d.24xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```

    Good
    ----
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 8000000000, Precision: bf16, ContextTokens: 4096, Concurrency: 4}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.8xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```
    """

    id = "SIL002"
    title = "Inference on GPUs where Inferentia2 or Trainium serves"
    severity = Severity.ERROR
    evidence = Evidence.VENDOR_CLAIM
    advice = "Choose the right silicon: Inferentia to infer"
    sources = (
        "AWS Well-Architected Machine Learning Lens, MLSUS-12",
        "https://docs.aws.amazon.com/wellarchitected/latest/machine-learning-lens/mlsus-12.html",
    )
    accelerated_only = True

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A GPU type whose task is inference, where an Inferentia2 or Trainium type holds the model."""
        present = context.type_of(use)
        if present is None or not is_gpu(present) or use.task is None or not use.task.infers:
            return
        view = context.view(use.resource.template)
        # What one of several models needs says nothing of the machine that holds them all.
        judged = replace(use, declared=None) if holds_several_models(use, view) else use
        better = better_accelerator(judged, context, _serves)
        if better is not None and not has_no_neuron_form(use, view):
            yield accelerator_finding(
                self, use, context, better, verb="serves a model from GPUs", container="a Neuron serving container"
            )


def _serves(candidate: InstanceType) -> bool:
    return candidate.accelerators is not None and candidate.accelerators.accelerator.key.startswith(
        ("Inferentia2", "Trainium")
    )
