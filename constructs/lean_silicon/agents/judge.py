"""A small model that judges what an agent says, on a scale of your own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from aws_cdk import Names, Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.agents import limits
from lean_silicon.bedrock import BedrockModel
from lean_silicon.bedrock import permissions as bedrock_permissions
from lean_silicon.bedrock.choice_evidence import TOP_TIER_USD
from lean_silicon.bedrock.model_choice_base import model_arns, system_profile_arns
from lean_silicon.bedrock.stack_route import route_in
from lean_silicon.declaring import Declaration
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.least_privilege import allow

SMALL_JUDGE = "amazon.nova-lite-v1:0"
"""A small model of Amazon's. Which models AgentCore takes as judges is not published; the deployment tells."""


PLACEHOLDERS = {
    "TOOL_CALL": ("{context}", "{tool_turn}", "{available_tools}"),
    "TRACE": ("{context}", "{assistant_turn}"),
    "SESSION": ("{context}", "{available_tools}"),
}
"""What instructions may name at each level; AgentCore puts it in ("Custom evaluators" in its Developer Guide). Those that take ground truth
are left out: there is none online."""

_LONGEST_STEM, _LONGEST_PLACE = 19, limits.MAXIMUM_NAME - 20
"""A judge's own name, and that of the evaluation: names are unique in an account."""


@dataclass(frozen=True)
class Judge:
    """An evaluator of your own: a model, what it looks at, and the grades it may give.

    Parameters
    ----------
    instructions
        What to judge. ``{context}`` stands for the conversation, ``{assistant_turn}`` for the answer, ``{tool_turn}`` for a call of a tool,
        ``{available_tools}`` for the tools that there were.
    grades
        Label to what it means, the worst first; they count 0, 1, 2 ...
    level
        What is judged at once. Default: an answer (a trace).
    model
        Default: a small one. Every judged conversation is read by it.
    evidence
        Evaluations in which smaller judges fell short; needed for a top-tier model.

    Raises
    ------
    InvalidValueError
        If the instructions name nothing of what is judged, there are fewer than two grades, or a top-tier model has no evidence.

    Examples
    --------
    ``Judge("Is {assistant_turn} friendly?", {"No": "Cold or rude", "Yes": "Warm and polite"})``
    """

    instructions: str
    grades: Mapping[str, str]
    level: agentcore.EvaluationLevel = agentcore.EvaluationLevel.TRACE
    model: BedrockModel | str = SMALL_JUDGE
    evidence: Sequence[EvaluationRecord] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        if len(self.grades) < 2:
            raise InvalidValueError(f"grades are {dict(self.grades)}; a judge needs at least two to choose from")
        seen = PLACEHOLDERS.get(self.level.value, ())
        if seen and not any(each in self.instructions for each in seen):
            raise InvalidValueError(
                f"instructions {self.instructions[:60]!r} do not say what is judged, so the judge would read none of it; at the level of "
                f"{self.level.value} put in one of {', '.join(seen)}"
            )
        model = BedrockModel.of(self.model)
        if not self.evidence and model.is_dear(TOP_TIER_USD):
            raise InvalidValueError(
                f"judge model {model} writes a million tokens for more than {TOP_TIER_USD:g} USD, without evidence that a smaller judge "
                f"falls short; take {SMALL_JUDGE}, or record an evaluation: evidence=[EvaluationRecord(...)]"
            )

    def make(self, scope: Construct, construct_id: str, role: iam.Role) -> agentcore.Evaluator:
        """The evaluator, whose model `role` may invoke."""
        stack = Stack.of(scope)
        route = route_in(stack, BedrockModel.of(self.model))
        allow(
            role,
            bedrock_permissions.INVOKE_MODEL,
            [*system_profile_arns(stack, route), *model_arns(stack, route)],
        )
        scale = [
            agentcore.NumericalRatingOption(label=label, definition=meaning, value=value)
            for value, (label, meaning) in enumerate(self.grades.items())
        ]
        evaluator = agentcore.Evaluator(
            scope,
            construct_id,
            evaluator_name=f"{construct_id[:_LONGEST_STEM]}_{Names.unique_resource_name(scope, max_length=_LONGEST_PLACE)}",
            level=self.level,
            evaluator_config=agentcore.EvaluatorConfig.llm_as_a_judge(
                instructions=self.instructions,
                model_id=route.profile_id or route.model_id,
                rating_scale=agentcore.EvaluatorRatingScale.numerical(scale),
            ),
        )
        Declaration(cast("agentcore.CfnEvaluator", evaluator.node.default_child), evidence=self.evidence)
        return evaluator
