"""SIZ004: a fleet beyond the policy's caps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import AppRule
from lean_silicon.rules.settings import Settings
from lean_silicon.rules.size._fleet import MEASURES, Amounts, Size, size_of_resource
from lean_silicon.templates import App, Resource

_OF_RESOURCE = ("max_resource_accelerators", "max_resource_usd_per_hour", "max_resource_watts")
_OF_APP = ("max_app_accelerators", "max_app_usd_per_hour", "max_app_watts")


class _Excess(NamedTuple):
    """A cap, how much there is against it, and whether that is certain."""

    setting: str
    cap: float
    amount: float
    unit: str
    certain: bool


class BeyondCaps(AppRule):
    """A resource, or the app in all, may ask for more accelerators, money or power than the policy allows.

    Counted is what the template allows at its largest: the maximum of a group, else the number asked for. Prices are on
    demand, power is at half load (docs/footprint.md). What the template does not tell (a number of machines, a type, a price)
    counts as nothing, and the jobs of a state machine or pipeline count as if they ran one after the other.

    An **error** where even the low end of what is certain exceeds a cap; a **warning** where only the likely value does,
    or only if the conditions of the template fall that way.

    The defaults let ordinary work pass and stop what nobody should deploy without somebody's word: 256 accelerators or
    1,000 USD an hour for one resource, twice that for an app. Set them in the policy to what the team has agreed on;
    ``inf`` takes a cap away, 0 accelerators forbids them.

    Bad
    ---
    ```yaml
    Resources:
      Cluster:
        Type: AWS::SageMaker::Cluster
        Metadata:
          LeanSilicon:
            Workload: {Task: training, Parameters: 70000000000, Precision: bf16}
        Properties:
          InstanceGroups:
            - InstanceGroupName: workers
              InstanceType: ml.trn1.32xlarge
              InstanceCount: 64
              ExecutionRole: arn:aws:iam::111122223333:role/cluster
              LifeCycleConfig: {SourceS3Uri: "s3://sagemaker-lifecycle/", OnCreate: on_create.sh}
    ```

    Good
    ----
    ```yaml
    Resources:
      Cluster:
        Type: AWS::SageMaker::Cluster
        Metadata:
          LeanSilicon:
            Workload: {Task: training, Parameters: 70000000000, Precision: bf16}
        Properties:
          NodeRecovery: Automatic
          InstanceGroups:
            - InstanceGroupName: workers
              InstanceType: ml.trn1.32xlarge
              InstanceCount: 8
              ExecutionRole: arn:aws:iam::111122223333:role/cluster
              LifeCycleConfig: {SourceS3Uri: "s3://sagemaker-lifecycle/", OnCreate: on_create.sh}
    ```
    """

    id = "SIZ004"
    title = "A fleet beyond the policy's caps"
    severity = Severity.ERROR
    evidence = Evidence.DERIVED
    advice = "The smallest that does the job"
    sources = ("AWS Well-Architected Framework, COST02-BP05 Implement cost controls",)
    settings = (*_OF_RESOURCE, *_OF_APP)

    def check_app(self, app: App, context: Context) -> Iterator[Finding]:
        """Each resource beyond a cap, and the app's largest resource where all together are."""
        total, largest = Size(), None
        for template in app.templates:
            for logical_id, uses in context.view(template).uses_by_resource.items():
                size = size_of_resource(uses, context)
                if size == Size():
                    continue
                resource = template.resources[logical_id]
                if excess := _beyond(size, context.settings, _OF_RESOURCE):
                    yield self._finding(resource, excess, "This resource", uses[0].property_path)
                total = total.plus(size if resource.condition is None else size.maybe())
                if largest is None or _weight(size) > largest[0]:
                    largest = _weight(size), resource
        if largest is not None and (excess := _beyond(total, context.settings, _OF_APP)):
            yield self._finding(largest[1], excess, "The app, of which this resource is the largest,", "")

    def _finding(self, resource: Resource, excess: tuple[_Excess, ...], who: str, path: str) -> Finding:
        certain = any(each.certain for each in excess)
        said = "; ".join(_said(each) for each in excess)
        names = ", ".join(each.setting for each in excess)
        return self.found_at(
            resource,
            f"{who} may ask for {said}.",
            property_path=path,
            severity=Severity.ERROR if certain else Severity.WARNING,
            suggestion=Suggestion(
                f"Lower the number or the size of the machines; or agree on more and raise {names} in the settings, for this "
                "path or by an acknowledgment that says who decided."
            ),
        )


def _beyond(size: Size, settings: Settings, names: tuple[str, ...]) -> tuple[_Excess, ...]:
    """The caps that are exceeded."""
    found = []
    for name, unit, certain, possible in zip(names, MEASURES, size.certain, size.possible, strict=True):
        cap = getattr(settings, name)
        if possible > cap or certain > cap:
            found.append(_Excess(name, cap, possible, unit, certain > cap))
    return tuple(found)


def _said(excess: _Excess) -> str:
    doubt = "" if excess.certain else ", though not for certain"
    return f"{excess.amount:,.0f} {excess.unit} where {excess.setting} allows {excess.cap:,.0f}{doubt}"


def _weight(size: Size) -> tuple[float, float, float]:
    amounts: Amounts = size.possible
    return amounts.usd_per_hour, amounts.accelerators, amounts.watts
