"""A router that sends each prompt to the smaller of two models where that should do."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

from aws_cdk import CfnTag, Names, Resource
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.bedrock import permissions
from lean_silicon.bedrock.choice_evidence import chosen_evidence, declare_choice
from lean_silicon.bedrock.evaluation.reach import Reach
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.bedrock.tags import require_tags
from lean_silicon.bedrock.verdict import EvaluationVerdict
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.exceptions import InvalidValueError

_DEFAULT_QUALITY_DIFFERENCE = 10


class PromptRouter(Resource):
    """An intelligent prompt router between a smaller and a larger model of one family.

    Bedrock predicts how well each would answer a prompt, and asks the larger one only where its answer should be better by
    `quality_difference` per cent. Its predictions are for prompts in English. Which pairs it routes between is its own list; it refuses
    others when the stack deploys (Amazon Bedrock User Guide, "Understanding intelligent prompt routing").

    The bill and the metrics of a router are those of the models that it asks: for costs by team use a `ModelChoice`.

    Parameters
    ----------
    smaller, larger
        Two models of one family and provider, told apart by price.
    verdict
        The evaluation in which the smaller one alone missed the target. Needed without `reason`.
    reason
        Why the smaller one alone does not do, where there is no evaluation.
    quality_difference
        How many per cent better the larger model's answer must be predicted to be, 0 to 100. Default: 10. AWS's API takes this range and
        does not state the unit; per cent is what its console counts in.
    tags
        Tags of the router.

    Raises
    ------
    InvalidValueError
        If the models are not of one family, or stand in the wrong order, there is no evidence for the larger one, or the smaller one met
        the target by itself.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        smaller: BedrockModel | str,
        larger: BedrockModel | str,
        verdict: EvaluationVerdict | None = None,
        reason: str | None = None,
        quality_difference: float = _DEFAULT_QUALITY_DIFFERENCE,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._smaller, self._larger = BedrockModel.of(smaller), BedrockModel.of(larger)
        _require_pair(self._smaller, self._larger)
        _require_difference(quality_difference)
        _require_need(self._smaller, verdict, reason)
        self._evidence = chosen_evidence(self._larger, verdict, reason)
        self._reaches = [Reach.of(self.stack, model) for model in (self._smaller, self._larger)]
        target = bedrock.CfnIntelligentPromptRouter.PromptRouterTargetModelProperty
        # The fallback is who answers unless the other one is better by the difference.
        router = bedrock.CfnIntelligentPromptRouter(
            self,
            "Router",
            prompt_router_name=self._name(quality_difference),
            models=[target(model_arn=reach.arn) for reach in self._reaches],
            fallback_model=target(model_arn=self._reaches[0].arn),
            routing_criteria=bedrock.CfnIntelligentPromptRouter.RoutingCriteriaProperty(
                response_quality_difference=quality_difference
            ),
            tags=[CfnTag(key=key, value=value) for key, value in require_tags(tags or {}).items()] or None,
        )
        self.node.default_child = router
        self._arn = router.attr_prompt_router_arn
        declaration = declare_choice(router, self._larger, self._evidence, reason)
        declaration.acknowledge(
            "MDL003", "A router stands in front of the models themselves; its own ARN and tags tell its use apart"
        )

    @property
    def prompt_router_arn(self) -> str:
        """The router, as callers name the model."""
        return self._arn

    @property
    def smaller(self) -> BedrockModel:
        """Who answers most prompts."""
        return self._smaller

    @property
    def larger(self) -> BedrockModel:
        """Who answers where that should be worth it."""
        return self._larger

    @property
    def evidence(self) -> tuple[EvaluationRecord, ...]:
        """What was evaluated."""
        return self._evidence

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` invoke through this router, and these two models through it only."""
        profiles = [arn for reach in self._reaches for arn in reach.profile_arns]
        models = [arn for reach in self._reaches for arn in reach.model_arns]
        router = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[*permissions.INVOKE_MODEL, *permissions.GET_PROMPT_ROUTER],
            resource_arns=[self._arn],
        )
        behind = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[*permissions.INVOKE_MODEL],
            resource_arns=[*profiles, *models],
            conditions={"ArnEquals": {"bedrock:PromptRouterArn": self._arn}},
        )
        return router.combine(behind)

    def _name(self, quality_difference: float) -> str:
        """The construct's place in the app, and a hash of all that replaces a router: the old one has its name until the new one stands."""
        arns = self.stack.resolve([reach.arn for reach in self._reaches])
        routed = hashlib.sha256(json.dumps([arns, quality_difference]).encode()).hexdigest()[:8]
        place = Names.unique_resource_name(self, max_length=55, separator="-")
        return f"{re.sub(r'[^0-9a-zA-Z]+', '-', place).strip('-')}-{routed}"


def _require_pair(smaller: BedrockModel, larger: BedrockModel) -> None:
    if smaller.family != larger.family:
        raise InvalidValueError(
            f"{smaller} is of the family {smaller.family}, {larger} of {larger.family}; Bedrock routes between models of one family"
        )
    if smaller.model_id == larger.model_id:
        raise InvalidValueError(f"{smaller} stands for both models; give a smaller and a larger one")
    low, high = smaller.least_usd_written, larger.least_usd_written
    if low is not None and high is not None and low >= high:
        raise InvalidValueError(
            f"{smaller} writes a million tokens for {low:g} USD, {larger} for {high:g}; the smaller model is the cheaper one: swap them"
        )


def _require_difference(per_cent: float) -> None:
    if not 0 <= per_cent <= 100:
        raise InvalidValueError(f"quality_difference is {per_cent}; it must be 0 to 100 per cent")


def _require_need(smaller: BedrockModel, verdict: EvaluationVerdict | None, reason: str | None) -> None:
    if verdict is None or reason is not None:
        return
    if verdict.result_of(smaller).meets_target:
        raise InvalidValueError(
            f"{smaller} met the target by itself in the verdict at {verdict.evaluation}; use ModelChoice with it, or give a reason too"
        )
