"""UTL001: an accelerated real-time endpoint that nothing scales."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.accelerated import asked_for, hourly_cost, is_accelerated
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.reserved import may_be_reserved
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.utilisation._endpoints import (
    Scaling,
    Variant,
    components_of,
    copies_of,
    is_asynchronous,
    is_driven,
    is_published,
    number,
    scaling_of,
    span,
    variant_of,
)
from lean_silicon.templates import SiliconUse, TemplateView


class EndpointWithoutAutoscaling(SiliconRule):
    """An accelerated real-time endpoint keeps the same number of machines at noon and at night.

    An endpoint is paid by the hour of its machines, asked or not. The rule looks for what changes their number: a
    scalable target of Application Auto Scaling with a policy or a schedule, or managed instance scaling together with
    scaled inference components. References, ``Fn::Sub`` and ``Fn::Join`` are followed; where a name that cannot be
    known may be this endpoint's, or a nested stack, a custom resource or a permission may scale it, the rule is silent.

    It is a **warning** where the endpoint stands in the template and nothing scales it. Where no endpoint of the
    template uses the configuration, or the endpoint's name is exported or put into the Parameter Store for other stacks,
    its scaling may be elsewhere, and the rule leaves a **note**. Asynchronous and
    serverless variants, and reserved capacity, are not its business.

    Bad
    ---
    ```yaml
    Resources:
      Config:
        Type: AWS::SageMaker::EndpointConfig
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.8xlarge, InitialInstanceCount: 4, InitialVariantWeight: 1}
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
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.8xlarge, InitialInstanceCount: 4, InitialVariantWeight: 1}
      Endpoint:
        Type: AWS::SageMaker::Endpoint
        Properties: {EndpointConfigName: !GetAtt Config.EndpointConfigName}
      Target:
        Type: AWS::ApplicationAutoScaling::ScalableTarget
        Properties:
          ServiceNamespace: sagemaker
          ScalableDimension: sagemaker:variant:DesiredInstanceCount
          ResourceId: !Sub endpoint/${Endpoint.EndpointName}/variant/main
          MinCapacity: 1
          MaxCapacity: 4
      Policy:
        Type: AWS::ApplicationAutoScaling::ScalingPolicy
        Properties:
          PolicyName: follow-traffic
          PolicyType: TargetTrackingScaling
          ScalingTargetId: !Ref Target
          TargetTrackingScalingPolicyConfiguration:
            TargetValue: 5
            PredefinedMetricSpecification:
              {PredefinedMetricType: SageMakerVariantConcurrentRequestsPerModelHighResolution}
    ```
    """

    id = "UTL001"
    title = "Accelerated endpoint without autoscaling"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Busy or off: autoscaling"
    sources = (
        "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-add-policy.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-zero-instances.html",
    )

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """An accelerated variant of a real-time endpoint whose number of machines nothing changes."""
        view = context.view(use.resource.template)
        variant = variant_of(use, view)
        if variant is None or not is_accelerated(use, context):
            return
        if is_asynchronous(variant, view) is not False or may_be_reserved(use, view):
            return
        scaling = scaling_of(variant, view)
        reason = _why_fixed(variant, scaling, view)
        if reason is None:
            return
        machines = use.count.desired or 1
        cost = hourly_cost(use, context, count=machines)
        price = f" ({cost}, asked or not)" if cost is not None else ""
        elsewhere = is_published(scaling.endpoints, view)
        may_be = "; other stacks are given its name, and may scale it" if elsewhere else ""
        yield self.found(
            use,
            f"{asked_for(use, context)}, {machines} of it, serve the variant {variant.name or variant.path}{price}, and "
            f"{reason}{may_be}.",
            severity=Severity.NOTE if elsewhere or not scaling.endpoints else Severity.WARNING,
            suggestion=Suggestion(
                "Add an AWS::ApplicationAutoScaling::ScalableTarget for endpoint/<endpoint>/variant/<variant> "
                "(sagemaker:variant:DesiredInstanceCount) with a target-tracking policy on concurrent requests per model; or host the "
                "model as a scaled inference component with ManagedInstanceScaling."
            ),
        )


def _why_fixed(variant: Variant, scaling: Scaling, view: TemplateView) -> str | None:
    """Why the number of machines never changes; `None` where it does, or may."""
    managed = f"{variant.path}.ManagedInstanceScaling"
    statuses = [at for at in view.walk(variant.configuration, f"{managed}.Status") if not at.absent]
    if any(at.unknown is not None for at in statuses):
        return None
    if any(at.value == "ENABLED" for at in statuses):
        return _why_managed_is_fixed(variant, managed, scaling, view)
    if scaling.unclear:
        return None
    if not scaling.endpoints:
        return (
            "nothing in this template scales it; no endpoint of this template uses the configuration either, "
            "so both may be elsewhere"
        )
    if not scaling.targets:
        return f"no scalable target of this template is for endpoint {scaling.endpoints[0].logical_id}"
    spans = [span(target, view) for target in scaling.targets]
    if all(each.least is not None and each.least == each.most for each in spans):
        return f"its scalable target {scaling.targets[0].logical_id} holds it at {spans[0].least}: least and most are equal"
    if not any(is_driven(target, view) for target in scaling.targets):
        return f"no scaling policy or schedule moves its scalable target {scaling.targets[0].logical_id}"
    return None


def _why_managed_is_fixed(variant: Variant, managed: str, scaling: Scaling, view: TemplateView) -> str | None:
    """Managed instance scaling follows the copies of inference components, within its bounds."""
    least = number(variant.configuration, f"{managed}.MinInstanceCount", view)
    most = number(variant.configuration, f"{managed}.MaxInstanceCount", view)
    if least is not None and least == most:
        return f"ManagedInstanceScaling holds it at {least}: MinInstanceCount and MaxInstanceCount are equal"
    components = components_of(scaling, view)
    copies = [copies_of(component, view) for component in components]
    if copies and not any(each.targets or each.unclear for each in copies):
        names = ", ".join(component.logical_id for component in components[:3])
        return f"ManagedInstanceScaling only follows the copies of its inference components ({names}), which nothing scales"
    return None
