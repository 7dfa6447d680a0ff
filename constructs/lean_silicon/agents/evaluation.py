"""Judging, all the time, a sample of what an agent does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Annotations, Duration, Resource, Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.agents import limits, permissions
from lean_silicon.agents.agent import Agent
from lean_silicon.agents.agent_base import DEFAULT_ENDPOINT
from lean_silicon.agents.agent_role import RUNTIME_LOGS, agentcore_principal
from lean_silicon.agents.judge import Judge
from lean_silicon.agents.names import UNDERSCORED, require_name, underscored_name
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.least_privilege import allow

DEFAULT_EVALUATORS = (
    agentcore.BuiltinEvaluator.GOAL_SUCCESS_RATE,
    agentcore.BuiltinEvaluator.TOOL_SELECTION_ACCURACY,
    agentcore.BuiltinEvaluator.HARMFULNESS,
)
"""Whether people got what they came for, whether the right tools were called, and whether anything was harmful."""

_RESULTS = "/aws/bedrock-agentcore/evaluations"
_SPANS = "aws/spans"
_LATER = "AgentCore adds ten characters to the names of agents and evaluations when it makes them, and CloudWatch names the streams"


class AgentEvaluation(Resource):
    """Evaluators that read one in ten of an agent's conversations. It takes the agent's traces, and Transaction Search in the account.

    The role may read this agent's log and the spans, write results, and invoke the models of `judges`; the CDK's default role may invoke
    every model of Bedrock.

    Parameters
    ----------
    agent
        The agent.
    endpoint
        Which of its endpoints. Default: the one that every agent has.
    evaluators
        AgentCore's own. Default: goal success, tool selection, harmfulness.
    judges
        Yours, by name.
    sampling_percent
        The share of conversations that is judged; each is read once more by every evaluator's model. Default: 10.
    filters
        Which conversations are judged at all. Default: any.
    conversation_ends_after
        When a silent conversation counts as ended. Default: 15 minutes.
    name
        Letters, digits and underscores. Default: from the construct's path.

    Raises
    ------
    InvalidValueError
        If there are no evaluators or too many, the agent has no such endpoint, or a share or name is not allowed.

    Examples
    --------
    ``AgentEvaluation(self, "Evaluation", agent=agent, sampling_percent=5)``
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        agent: Agent,
        endpoint: str = DEFAULT_ENDPOINT,
        evaluators: Sequence[agentcore.BuiltinEvaluator] = DEFAULT_EVALUATORS,
        judges: Mapping[str, Judge] | None = None,
        sampling_percent: float = 10,
        filters: Sequence[agentcore.FilterConfig] = (),
        conversation_ends_after: Duration | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        if not isinstance(agent, Agent):
            raise InvalidValueError(f"agent is {agent!r}; an evaluation reads the logs of an agent of this app")
        if endpoint not in agent.endpoints:
            raise InvalidValueError(
                f"endpoint {endpoint!r} is not on the agent, so nothing would be judged; it has {', '.join(agent.endpoints)}. Call "
                "agent.add_endpoint() first"
            )
        if agent.traced is False:
            Annotations.of(self).add_warning_v2(
                "lean-silicon:evaluation-without-traces",
                f"The requirements of the agent {agent.agent_name} do not name aws-opentelemetry-distro, so it records no traces, and "
                "nothing would be judged. Add it, or acknowledge this if the agent's code sends its spans in another way",
            )
        own = dict(judges or {})
        _require(len(evaluators) + len(own), sampling_percent)
        chosen_name = underscored_name(self, "name", name)
        self._role = self._evaluation_role(agent)
        made = {judge: self._judge(judge, own[judge]) for judge in own}
        self._judges = made
        selectors = [agentcore.EvaluatorSelector.builtin(each) for each in evaluators]
        self._configuration = agentcore.OnlineEvaluationConfig(
            self,
            "Configuration",
            online_evaluation_config_name=chosen_name,
            data_source=agentcore.DataSourceConfig.from_agent_runtime_endpoint_name(agent.runtime, endpoint),
            evaluators=[*selectors, *(agentcore.EvaluatorSelector.custom(each) for each in made.values())],
            execution_role=self._role,
            sampling_percentage=sampling_percent,
            filters=list(filters) or None,
            session_timeout=conversation_ends_after,
        )

    @property
    def configuration(self) -> agentcore.OnlineEvaluationConfig:
        """The evaluation, for the CDK's other constructs."""
        return self._configuration

    @property
    def judges(self) -> Mapping[str, agentcore.Evaluator]:
        """Your evaluators, by name."""
        return dict(self._judges)

    @property
    def role(self) -> iam.IRole:
        """What the evaluation may do."""
        return self._role

    def _judge(self, name: str, judge: Judge) -> agentcore.Evaluator:
        require_name("judge", name, limits.UNDERSCORED_NAME, UNDERSCORED, 48)
        return judge.make(self, name, self._role)

    def _evaluation_role(self, agent: Agent) -> iam.Role:
        stack = Stack.of(self)
        logs = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group"
        role = iam.Role(
            self,
            "Role",
            description=f"What the evaluation of the agent {agent.agent_name} may do",
            assumed_by=agentcore_principal(self, "evaluator/*", "online-evaluation-config/*"),
        )
        spans = [f"{logs}:{_SPANS}", f"{logs}:{_SPANS}:*"]
        allow(role, permissions.QUERY_LOGS, [f"{logs}:{RUNTIME_LOGS}/{agent.agent_name}-*", *spans], why=_LATER)
        allow(role, permissions.INDEX_LOGS, spans, why=_LATER)
        allow(role, permissions.WRITE_RESULTS, [f"{logs}:{_RESULTS}/*"], why=_LATER)
        allow(role, permissions.FIND_LOG, ["*"], why="DescribeLogGroups knows no resource")
        return role


def _require(evaluators: int, sampling_percent: float) -> None:
    if not 1 <= evaluators <= limits.MAXIMUM_EVALUATORS:
        raise InvalidValueError(
            f"the evaluation has {evaluators} evaluators; AgentCore takes 1 to {limits.MAXIMUM_EVALUATORS}"
        )
    if not 0.01 <= sampling_percent <= 100:
        raise InvalidValueError(f"sampling_percent is {sampling_percent}; it must be 0.01 to 100. 10 is usual")
