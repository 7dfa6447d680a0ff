"""UTL008: a real-time endpoint for traffic that waits."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.accelerated import asked_for, hourly_cost
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.utilisation._endpoints import is_asynchronous, variant_of
from lean_silicon.sizing import Traffic
from lean_silicon.templates import SiliconUse

_INSTEAD = {
    Traffic.ASYNC: "Give the endpoint configuration an AsyncInferenceConfig and a scalable target with MinCapacity 0: requests queue, "
    "and machines run only while there are any.",
    Traffic.BATCH: "Run a batch transform job (createTransformJob), which ends by itself, or Amazon Bedrock batch inference for a "
    "foundation model.",
}


class RealTimeForWaitingTraffic(SiliconRule):
    """Requests whose answers nobody waits for go to an endpoint whose machines wait for them.

    A real-time endpoint buys an answer within seconds with machines that are always on. Where the workload is declared
    ``Traffic: async`` or ``Traffic: batch`` nobody needs that: an asynchronous endpoint queues requests and scales to
    zero, a batch transform job starts, works and ends. Serverless variants, which are at zero by themselves, are fine.

    Bad
    ---
    ```yaml
    Resources:
      Config:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 8000000000, Precision: bf16, ContextTokens: 4096, Concurrency: 4, Traffic: async}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.8xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```

    Good
    ----
    ```yaml
    Resources:
      Config:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 8000000000, Precision: bf16, ContextTokens: 4096, Concurrency: 4, Traffic: async}
        Properties:
          AsyncInferenceConfig:
            OutputConfig: {S3OutputPath: "s3://amzn-s3-demo-bucket/answers"}
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.8xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```
    """

    id = "UTL008"
    title = "Async or batch traffic on a real-time endpoint"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Busy or off: machines that wait only where somebody waits for them"
    sources = (
        "https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html",
    )

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A variant on machines of a real-time endpoint whose traffic is declared to wait."""
        traffic = use.declared.traffic if use.declared is not None else None
        if traffic is None or traffic not in _INSTEAD or use.unknown is not None:
            return
        view = context.view(use.resource.template)
        variant = variant_of(use, view)
        if variant is None or is_asynchronous(variant, view) is not False:
            return
        cost = hourly_cost(use, context)
        price = f", {cost} each" if cost is not None else ""
        yield self.found(
            use,
            f"{asked_for(use, context)} serves in real time{price}, and the traffic is declared {traffic}: nobody waits for the answers.",
            suggestion=Suggestion(_INSTEAD[traffic]),
        )
