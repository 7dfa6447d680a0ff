"""UTL002: an endpoint that cannot reach zero though nobody needs it all the time."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.accelerated import asked_for, hourly_cost, is_accelerated
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import priced_by
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.reserved import may_be_reserved
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.utilisation._endpoints import variant_of
from lean_silicon.rules.utilisation._environment import is_production
from lean_silicon.rules.utilisation._floors import floor_of
from lean_silicon.rules.utilisation._switches import may_do
from lean_silicon.sizing import Traffic, Workload
from lean_silicon.templates import SiliconUse


class EndpointNeverZero(SiliconRule):
    """An endpoint keeps at least one machine though its declared traffic is intermittent, or it is not for production.

    The rule speaks only of a declared workload: ``Traffic: intermittent``, or an ``Environment`` other than production.
    There are three ways to zero. A real-time endpoint reaches it only with inference components: AWS wants
    ``MinInstanceCount: 0`` in its managed instance scaling and ``MinCapacity: 0`` for every component. An asynchronous
    endpoint reaches it with a scalable target of ``MinCapacity: 0``. Or a schedule deletes the endpoint after work and
    makes it again in the morning. Whatever in the template may delete endpoints counts as such a schedule. Serverless
    variants are at zero by themselves.

    Bad
    ---
    ```yaml
    Resources:
      Config:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 8000000000, Precision: bf16, ContextTokens: 4096, Concurrency: 4, Environment: test}
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
            Workload: {Task: inference, Parameters: 8000000000, Precision: bf16, ContextTokens: 4096, Concurrency: 4, Environment: test}
        Properties:
          ExecutionRoleArn: "arn:aws:iam::111122223333:role/endpoint"
          ProductionVariants:
            - VariantName: main
              InstanceType: ml.inf2.8xlarge
              InitialInstanceCount: 1
              ManagedInstanceScaling: {Status: ENABLED, MinInstanceCount: 0, MaxInstanceCount: 2}
      Endpoint:
        Type: AWS::SageMaker::Endpoint
        Properties: {EndpointConfigName: !GetAtt Config.EndpointConfigName}
      Chat:
        Type: AWS::SageMaker::InferenceComponent
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 8000000000, Precision: bf16, ContextTokens: 4096, Concurrency: 4, Environment: test}
        Properties:
          InferenceComponentName: chat
          EndpointName: !GetAtt Endpoint.EndpointName
          VariantName: main
          RuntimeConfig: {CopyCount: 1}
          Specification:
            ModelName: chat
            ComputeResourceRequirements: {NumberOfAcceleratorDevicesRequired: 1, MinMemoryRequiredInMb: 1024}
      Copies:
        Type: AWS::ApplicationAutoScaling::ScalableTarget
        DependsOn: Chat
        Properties:
          ServiceNamespace: sagemaker
          ScalableDimension: sagemaker:inference-component:DesiredCopyCount
          ResourceId: inference-component/chat
          MinCapacity: 0
          MaxCapacity: 2
      Follow:
        Type: AWS::ApplicationAutoScaling::ScalingPolicy
        Properties:
          PolicyName: follow-traffic
          PolicyType: TargetTrackingScaling
          ScalingTargetId: !Ref Copies
          TargetTrackingScalingPolicyConfiguration:
            TargetValue: 5
            PredefinedMetricSpecification:
              {PredefinedMetricType: SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution}
    ```
    """

    id = "UTL002"
    title = "Endpoint that cannot reach zero"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Busy or off: scale to zero"
    sources = (
        "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-zero-instances.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-add-policy.html",
    )

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A variant on machines that is not needed all the time and that nothing takes to zero."""
        idle = _why_idle(use.declared)
        if idle is None or use.unknown is not None:
            return
        view = context.view(use.resource.template)
        variant = variant_of(use, view)
        if variant is None or may_be_reserved(use, view) or may_do(view, "deleteEndpoint"):
            return
        floor = floor_of(variant, view)
        if floor is None:
            return
        cost = hourly_cost(use, context)
        price = f" An idle hour costs {cost}." if cost is not None else ""
        yield self.found(
            use,
            f"{asked_for(use, context)} is never turned off though {idle}: {floor.why}.{price}",
            suggestion=Suggestion(floor.remedy or _ways_to_zero(use, context)),
            sources=priced_by(context.footprint(use.instance_type, use)) if use.instance_type else (),
        )


def _why_idle(declared: Workload | None) -> str | None:
    """Why the endpoint is not needed all the time, as declared."""
    if declared is None:
        return None
    if declared.traffic is Traffic.INTERMITTENT:
        return "its traffic is declared intermittent"
    environment = declared.environment
    if environment is not None and not is_production(environment):
        return f"its environment is declared {environment}"
    return None


def _ways_to_zero(use: SiliconUse, context: Context) -> str:
    """What to do where the endpoint takes none of the ways yet."""
    instead = (
        ""
        if is_accelerated(use, context)
        else " A model that needs no accelerator may also go to a serverless variant."
    )
    return (
        "Host the model as an inference component with ManagedInstanceScaling.MinInstanceCount 0, and scale its copies from "
        "MinCapacity 0 with a step policy on NoCapacityInvocationFailures; or make the endpoint asynchronous with MinCapacity 0; or "
        f"delete and create it by a schedule (AWS::Scheduler::Schedule).{instead}"
    )
