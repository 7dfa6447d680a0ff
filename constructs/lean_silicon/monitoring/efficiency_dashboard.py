"""One dashboard for everything that computes: what is on, how busy it is, what it costs and draws, and whether it still serves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import Annotations, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct, IConstruct

from lean_silicon.agents import AgentBase
from lean_silicon.bedrock import ModelChoiceBase
from lean_silicon.bedrock.guardrail_base import GuardrailBase
from lean_silicon.eks import AcceleratedNodeGroup
from lean_silicon.eks.karpenter.node_pool_base import NodePoolBase
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod import SlurmCluster
from lean_silicon.inference import EndpointBase, ServingHardware
from lean_silicon.inference.monitoring import ModelMonitoring
from lean_silicon.inference.optimization import ModelOptimizationBase
from lean_silicon.monitoring.alarms import Alarms
from lean_silicon.monitoring.body import DashboardBody
from lean_silicon.monitoring.budget import Budget, Budgets
from lean_silicon.monitoring.custom import custom_observation
from lean_silicon.monitoring.looking import monitor_of
from lean_silicon.monitoring.observation import Observation
from lean_silicon.monitoring.observers.agents import observe_agent
from lean_silicon.monitoring.observers.clusters import observe_slurm_cluster
from lean_silicon.monitoring.observers.endpoints import observe_endpoint
from lean_silicon.monitoring.observers.jobs import observe_optimization, observe_training_job
from lean_silicon.monitoring.observers.models import observe_bedrock_model, observe_guardrail
from lean_silicon.monitoring.observers.nodes import observe_node_group, observe_node_pool
from lean_silicon.monitoring.observers.quality import observe_model
from lean_silicon.monitoring.severity import Capability, Severity
from lean_silicon.monitoring.thresholds import AlarmThresholds
from lean_silicon.training import TrainingJobBase

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
"""CloudWatch API Reference, PutDashboard, DashboardName."""


class EfficiencyDashboard(Construct):
    """A CloudWatch dashboard in three parts (overview, details, quality), and the alarms that belong to it.

    Every ``monitor_*`` returns the dashboard, so that calls can be chained. Utilisation becomes watts, kWh, gCO2e and USD by metric
    math with the catalogue's figures, as low, likely and high. What is not known is said on the dashboard, never shown as zero.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    title
        The heading. Default: the name of the stack.
    budget
        Lines in the charts of money and power, and a warning above them: one for everything, or one by capability. An alarm of CloudWatch
        takes ten metrics, so that everything is some five models or ten endpoints; by capability there is room for so many of each.
    thresholds
        When alarms ring, by severity. Default: see `AlarmThresholds`.
    actions
        What happens when something rings, by severity: actions of the CDK (``SnsAction``, ``SsmAction``, ``LambdaAction``). They are
        those of the composite alarms, of which each capability has one of each severity, so that ten alarms of one cause send one
        message. Default: nothing; the alarms are on the dashboard.
    dashboard_name
        Letters, digits, ``-`` and ``_``, at most 255. Default: made by CloudFormation.

    Raises
    ------
    InvalidValueError
        If CloudWatch would refuse the name.

    Examples
    --------
    .. code-block:: python

        EfficiencyDashboard(
            self,
            "Efficiency",
            budget=Budget(usd_per_hour=40),
            actions={Severity.WARNING: [SnsAction(team)], Severity.CRITICAL: [SnsAction(team), SsmAction(OpsItemSeverity.HIGH)]},
        ).monitor_endpoint(chat).monitor_bedrock_model(model).monitor_scope(training_stack)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        title: str | None = None,
        budget: Budget | Mapping[Capability, Budget] | None = None,
        thresholds: AlarmThresholds | None = None,
        actions: Mapping[Severity, Sequence[cloudwatch.IAlarmAction]] | None = None,
        dashboard_name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        _require_name(dashboard_name)
        self._thresholds = thresholds or AlarmThresholds()
        budgets = Budgets.of(budget)
        self._alarms = Alarms(self, budgets, actions or {})
        self._observations: list[Observation] = []
        self._seen: set[str] = set()
        self._body = DashboardBody(self, title or Stack.of(self).stack_name, self._observations, self._alarms, budgets)
        self._resource = cloudwatch.CfnDashboard(
            self, "Resource", dashboard_body=self._body.written(), dashboard_name=dashboard_name
        )
        self.node.default_child = self._resource

    @property
    def dashboard_name(self) -> str:
        """The dashboard's name."""
        return self._resource.ref

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What is observed so far."""
        return tuple(self._observations)

    @property
    def alarms(self) -> Mapping[Severity, tuple[cloudwatch.IAlarm, ...]]:
        """Every alarm on the dashboard by severity, those that the constructs made themselves included."""
        return self._alarms.by_severity

    @property
    def composite_alarms(self) -> Mapping[tuple[Capability, Severity], cloudwatch.CompositeAlarm]:
        """The alarms that act: one for each capability and severity that has any."""
        return self._alarms.composites

    def monitor_training_job(
        self,
        job: TrainingJobBase,
        *,
        name: str | None = None,
        loss: cloudwatch.IMetric | None = None,
        when_stalled: Sequence[cloudwatch.IAlarmAction] = (),
    ) -> EfficiencyDashboard:
        """Observe a training job.

        Parameters
        ----------
        job
            The job.
        name
            What to call it. Default: its id.
        loss
            A metric with the loss, whose dimensions stay the same from run to run. Rings where it stops falling. Default: none.
        when_stalled
            What happens then, beside the actions of the dashboard, for instance ``StopRuns(job)``.
        """
        called = self._name(job, name, TrainingJobBase)
        found = observe_training_job(self._key(), called, job, self._thresholds, loss=loss)
        return self._observe(job, found, responses={"Standstill": when_stalled, "Silent": when_stalled})

    def monitor_slurm_cluster(
        self,
        cluster: SlurmCluster,
        *,
        name: str | None = None,
        loss: Mapping[str, cloudwatch.IMetric] | None = None,
    ) -> EfficiencyDashboard:
        """Observe each instance group of a HyperPod cluster; `loss` has a metric with the loss by the name of the group."""
        called = self._name(cluster, name, SlurmCluster)
        return self._observe(
            cluster, *observe_slurm_cluster(self._key(), called, cluster, self._thresholds, loss or {})
        )

    def monitor_node_group(
        self,
        group: AcceleratedNodeGroup | NodePoolBase,
        *,
        name: str | None = None,
        when_idle: Sequence[cloudwatch.IAlarmAction] = (),
    ) -> EfficiencyDashboard:
        """Observe a node group of EKS, or a pool of nodes.

        Parameters
        ----------
        group
            The node group or pool.
        name
            What to call it. Default: its id.
        when_idle
            What happens when its accelerators idle, beside the actions of the dashboard, for instance ``ScaleIn(group)``. Not of pools,
            which take empty nodes away by themselves.
        """
        called = self._name(group, name, (AcceleratedNodeGroup, NodePoolBase))
        if isinstance(group, NodePoolBase):
            return self._observe(group, observe_node_pool(called, group))
        found = observe_node_group(self._key(), called, group, self._thresholds)
        return self._observe(group, found, responses={"Idle": when_idle})

    def monitor_endpoint(
        self,
        endpoint: EndpointBase,
        *,
        name: str | None = None,
        hardware: ServingHardware | None = None,
        tokens: cloudwatch.IMetric | None = None,
    ) -> EfficiencyDashboard:
        """Observe an endpoint.

        Parameters
        ----------
        endpoint
            The endpoint, imported ones too.
        name
            What to call it. Default: its id.
        hardware
            On what an imported endpoint runs. Default: what the construct knows.
        tokens
            A metric whose sum is the number of tokens read and written, for tokens per Wh and USD per million of them. Default: requests
            are counted, which SageMaker publishes.
        """
        called = self._name(endpoint, name, EndpointBase)
        found = observe_endpoint(self._key(), called, endpoint, self._thresholds, hardware=hardware, tokens=tokens)
        return self._observe(endpoint, found)

    def monitor_optimization(
        self, optimization: ModelOptimizationBase, *, name: str | None = None
    ) -> EfficiencyDashboard:
        """Observe jobs that compile or quantise a model."""
        called = self._name(optimization, name, ModelOptimizationBase)
        return self._observe(optimization, observe_optimization(self._key(), called, optimization, self._thresholds))

    def monitor_model(self, monitoring: ModelMonitoring, *, name: str | None = None) -> EfficiencyDashboard:
        """Observe the monitors of an endpoint's model: drift and bias."""
        return self._observe(
            monitoring, observe_model(self._key(), self._name(monitoring, name, ModelMonitoring), monitoring)
        )

    def monitor_agent(self, agent: AgentBase, *, name: str | None = None) -> EfficiencyDashboard:
        """Observe an agent; its model is observed by itself."""
        return self._observe(agent, observe_agent(self._key(), self._name(agent, name, AgentBase), agent))

    def monitor_bedrock_model(self, model: ModelChoiceBase, *, name: str | None = None) -> EfficiencyDashboard:
        """Observe a model of Bedrock: tokens, money, energy, and what was evaluated before it was chosen."""
        called = self._name(model, name, ModelChoiceBase)
        return self._observe(model, observe_bedrock_model(self._key(), called, model, self._thresholds))

    def monitor_guardrail(self, guardrail: GuardrailBase, *, name: str | None = None) -> EfficiencyDashboard:
        """Observe how often a guardrail steps in."""
        called = self._name(guardrail, name, GuardrailBase)
        return self._observe(guardrail, observe_guardrail(self._key(), called, guardrail, self._thresholds))

    def monitor_scope(self, scope: IConstruct) -> EfficiencyDashboard:
        """Observe everything that the library made below a construct, a stack or the app, but for what is observed already."""
        for construct in scope.node.find_all():
            observe = monitor_of(construct, self)
            if observe is not None and construct.node.path not in self._seen:
                observe(construct)
        return self

    def monitor_custom(
        self,
        name: str,
        metrics: Iterable[cloudwatch.IMetric],
        *,
        unit: str = "",
        alarms: Mapping[Severity, Sequence[cloudwatch.IAlarm]] | None = None,
    ) -> EfficiencyDashboard:
        """Show metrics of your own in a chart, and count alarms of your own among those of the dashboard."""
        self._observations.append(custom_observation(self._key(), name, list(metrics), unit, alarms or {}))
        self._alarms.add(self._observations[-1], self._observations, {})
        return self

    def _observe(
        self,
        construct: IConstruct,
        *found: Observation,
        responses: Mapping[str, Sequence[cloudwatch.IAlarmAction]] | None = None,
    ) -> EfficiencyDashboard:
        if construct.node.path in self._seen:
            raise InvalidValueError(f"{construct.node.path} is observed already; leave out one of the two calls")
        self._require_same_region(construct)
        self._seen.add(construct.node.path)
        for each in found:
            self._observations.append(each)
            self._alarms.add(each, self._observations, responses or {})
        return self

    def _key(self) -> str:
        """The start of the identifiers of the next resource's metrics, which no other has."""
        return f"r{len(self._observations)}"

    def _name(self, construct: IConstruct, given: str | None, kind: type | tuple[type, ...]) -> str:
        """What people call it: the given name, or its place in its stack, with the stack where another is called so already."""
        if not isinstance(construct, kind):
            wanted = " or ".join(each.__name__ for each in (kind if isinstance(kind, tuple) else (kind,)))
            raise InvalidValueError(
                f"{construct!r} cannot be observed here; give a construct of this library ({wanted}), which may be an imported one, "
                "or its metrics to monitor_custom"
            )
        place = " ".join(construct.node.path.split("/")[len(Stack.of(construct).node.path.split("/")) :])
        taken = {each.name.partition("/")[0] for each in self._observations}
        chosen = given or place
        return chosen if chosen not in taken else f"{Stack.of(construct).stack_name} {chosen}"

    def _require_same_region(self, construct: IConstruct) -> None:
        here, there = Stack.of(self).region, Stack.of(construct).region
        if here != there and not Token.is_unresolved(here) and not Token.is_unresolved(there):
            raise InvalidValueError(
                f"{construct.node.path} is in {there}, and the dashboard in {here}; alarms watch metrics of their own region only. "
                "Make a dashboard in each region"
            )
        if Token.is_unresolved(there):
            Annotations.of(self).add_info_v2(
                "lean-silicon:dashboard-region",
                f"The region of {construct.node.path} is known only at deployment: its carbon is unknown, its prices are of us-east-1",
            )


def _require_name(name: str | None) -> None:
    if name is not None and not Token.is_unresolved(name) and not _NAME.fullmatch(name):
        raise InvalidValueError(
            f"dashboard_name is {name!r}; CloudWatch takes letters, digits, '-' and '_', at most 255, for instance 'efficiency'"
        )
