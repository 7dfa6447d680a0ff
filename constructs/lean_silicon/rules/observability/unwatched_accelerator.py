"""OBS001: an accelerated resource that no utilisation alarm watches."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Component, Evidence
from lean_silicon.rules.accelerated import asked_for, is_accelerated
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.observability._watches import TARGETS, watches
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource, SiliconUse, TemplateView

_CONTAINER_INSIGHTS = "node_gpu_utilization or node_neuroncore_utilization in ContainerInsights"
_METRICS: dict[Component, tuple[frozenset[str], str]] = {
    Component.SAGEMAKER_HOSTING: (
        frozenset({"sagemaker"}),
        "GPUUtilization in /aws/sagemaker/Endpoints (or in /aws/sagemaker/InferenceComponents)",
    ),
    Component.SAGEMAKER_HYPERPOD: (
        frozenset({"containers", "clusters"}),
        f"{_CONTAINER_INSIGHTS}, or, with Slurm, on what the nodes publish in /aws/sagemaker/Clusters",
    ),
    Component.EKS: (frozenset({"containers"}), _CONTAINER_INSIGHTS),
    Component.EC2: (frozenset({""}), "nvidia_smi_utilization_gpu in CWAgent, which the CloudWatch agent publishes"),
}
"""By component: whose metrics they are, and the one to watch."""
_NO_NEURON_METRIC = "since SageMaker publishes no utilisation of NeuronCores"
_CONFIG = "AWS::SageMaker::EndpointConfig"
_ENDPOINT = "AWS::SageMaker::Endpoint"
_COMPONENT = "AWS::SageMaker::InferenceComponent"


class UnwatchedAccelerator(ResourceRule):
    """Accelerators run all day, and no alarm tells when they have nothing to do.

    An idle accelerator costs and draws nearly what a busy one does. Nobody looks at a dashboard every day; an alarm on
    low utilisation over some hours tells the owner once, and the machine is made smaller, shared or switched off.

    The rule looks at endpoint configurations, EKS node groups, instances, Auto Scaling groups and HyperPod clusters
    whose types all have accelerators, and at every alarm and target-tracking policy in all templates that are judged
    together. An alarm on the utilisation of GPUs or NeuronCores counts where its dimensions refer to the resource, its
    endpoint (or an inference component there) or its cluster; one whose dimensions are literals or come from another stack
    may watch it, and counts too. For endpoints on Neuron an alarm or scaling policy on invocations, on requests in flight
    or on the queue of an asynchronous endpoint counts as well. Alarms in apps that were not read,
    and other monitoring systems, are not seen: acknowledge where those do it.

    Bad
    ---
    ```yaml
    Resources:
      Config:
        Type: AWS::SageMaker::EndpointConfig
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.g6e.xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
      Endpoint:
        Type: AWS::SageMaker::Endpoint
        Properties: {EndpointConfigName: !GetAtt Config.EndpointConfigName}
    ```

    Good
    ----
    ```yaml
    Resources:
      Config:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 8000000000, Precision: bf16, ContextTokens: 4096, Concurrency: 4}
        Properties:
          DataCaptureConfig:
            EnableCapture: true
            InitialSamplingPercentage: 10
            DestinationS3Uri: s3://captured
            CaptureOptions: [{CaptureMode: Input}, {CaptureMode: Output}]
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.g6e.xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
      Endpoint:
        Type: AWS::SageMaker::Endpoint
        Properties: {EndpointConfigName: !GetAtt Config.EndpointConfigName}
      Idle:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: /aws/sagemaker/Endpoints
          MetricName: GPUUtilization
          Dimensions: [{Name: EndpointName, Value: !GetAtt Endpoint.EndpointName}, {Name: VariantName, Value: main}]
          Statistic: Maximum
          Period: 3600
          EvaluationPeriods: 6
          ComparisonOperator: LessThanThreshold
          Threshold: 10
          TreatMissingData: notBreaching
    ```
    """

    id = "OBS001"
    title = "Accelerators that no utilisation alarm watches"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Measure utilisation, drift, bias, harm"
    sources = (
        "https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-enhanced-EKS.html",
    )
    resource_types = frozenset(
        {
            "AWS::AutoScaling::AutoScalingGroup",
            "AWS::EC2::Instance",
            "AWS::EKS::Nodegroup",
            "AWS::SageMaker::Cluster",
            _CONFIG,
        }
    )

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """A resource with accelerators that no alarm of the app watches."""
        view = context.view(resource.template)
        uses = view.uses_by_resource.get(resource.logical_id, ())
        use = next((use for use in uses if use.component in _METRICS and is_accelerated(use, context)), None)
        if use is None or use.admitted_only:
            return
        services, metric = _METRICS[use.component]
        neuron = use.component is Component.SAGEMAKER_HOSTING and _is_neuron(use, context)
        looked_at = context.of_app("watches", watches)
        names = _watched_as(resource, view)
        sorts = (looked_at.utilisation, looked_at.traffic) if neuron else (looked_at.utilisation,)
        if any(sort.covers(resource.template, names, services) for sort in sorts):
            return
        read = len(context.app.templates)
        yield self.found_at(
            resource,
            f"{asked_for(use, context)} is asked for, and none of the {looked_at.alarms} alarms in the {read} template(s) read watches "
            "how busy it is.",
            property_path=use.property_path,
            instance_type=use.instance_type,
            suggestion=Suggestion(
                "Add an AWS::CloudWatch::Alarm that tells when it has been idle for hours, on "
                f"{_traffic_of(resource, view) if neuron else metric}."
            ),
        )


def _watched_as(resource: Resource, view: TemplateView) -> set[str]:
    """The resources that tell of its machines: itself, its endpoint or cluster, and the components on its endpoint."""
    near = view.related(resource, *TARGETS, reach=1)
    endpoints = [each for each in near if each.type == _ENDPOINT] if resource.type == _CONFIG else []
    components = [each for endpoint in endpoints for each in view.related(endpoint, _COMPONENT, reach=1)]
    return {each.logical_id for each in (resource, *near, *components)}


def _traffic_of(resource: Resource, view: TemplateView) -> str:
    """The metric that tells whether anybody asks; an asynchronous endpoint publishes other ones than a real-time one."""
    if view.is_set(resource, "AsyncInferenceConfig") is True:
        return f"InvocationsProcessed in AWS/SageMaker, {_NO_NEURON_METRIC}"
    return (
        f"InvocationsPerInstance in AWS/SageMaker (InvocationsPerCopy for an inference component), {_NO_NEURON_METRIC}"
    )


def _is_neuron(use: SiliconUse, context: Context) -> bool:
    kind = context.type_of(use)
    return kind is not None and kind.accelerators is not None and not kind.accelerators.is_gpu
