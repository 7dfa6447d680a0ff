"""A model that was chosen by evaluation, behind an application inference profile."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from aws_cdk import Annotations, ArnFormat, CfnTag, Names, Token
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from lean_silicon.bedrock.budget import DailyBudget
from lean_silicon.bedrock.choice_evidence import chosen_evidence, declare_choice
from lean_silicon.bedrock.model_choice_base import ModelChoiceBase, known_region, model_arns, system_profile_arns
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.bedrock.routes import Route
from lean_silicon.bedrock.stack_route import route_in
from lean_silicon.bedrock.tags import require_tags
from lean_silicon.bedrock.verdict import EvaluationVerdict
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.exceptions import InvalidValueError


class ModelChoice(ModelChoiceBase):
    """One model for one purpose: what was evaluated is recorded, what it costs is told apart, and nothing else may be invoked.

    Parameters
    ----------
    model
        The model. Its id leaves the way to it to the stack's region; an inference profile's (``"us."``, ``"global."``) sets it.
    verdict
        The evaluation that chose it: the model must be the one that it chose, unless there is a reason too.
    reason
        Why this model without an evaluation that speaks for it; needed where there is no verdict. It stays in the assembly for audit.
    tags
        Tags of the profile, by which the bill tells its costs apart, once they are activated for cost allocation.
    budget
        What it may cost a day. Default: no limit.

    Raises
    ------
    InvalidValueError
        If there is neither verdict nor reason, the verdict speaks of other models, against this one or from the future, the model is
        unknown or not offered in the stack's region, or Bedrock would refuse the tags.

    Examples
    --------
    .. code-block:: python

        choice = ModelChoice(
            self,
            "Summaries",
            model="amazon.nova-micro-v1:0",
            verdict=EvaluationVerdict.from_file("evaluations/summaries.json"),
            tags={"team": "claims"},
        )
        choice.grant_invoke(function)
        function.add_environment("MODEL_ID", choice.inference_profile_arn)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model: BedrockModel | str,
        verdict: EvaluationVerdict | None = None,
        reason: str | None = None,
        tags: Mapping[str, str] | None = None,
        budget: DailyBudget | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._model = BedrockModel.of(model)
        self._reason = reason
        self._evidence = chosen_evidence(self._model, verdict, reason)
        route = route_in(self.stack, self._model)
        self._warn_of_the_unknown()
        self._warn_of_the_unscored(verdict)
        self._system_profile_arns = system_profile_arns(self.stack, route)
        self._model_arns = model_arns(self.stack, route)
        profile = bedrock.CfnApplicationInferenceProfile(
            self,
            "Profile",
            inference_profile_name=self._name(route),
            model_source=bedrock.CfnApplicationInferenceProfile.InferenceProfileModelSourceProperty(
                copy_from=self._copied_arn(route)
            ),
            tags=[CfnTag(key=key, value=value) for key, value in require_tags(tags or {}).items()] or None,
        )
        self.node.default_child = profile
        self._profile_arn = profile.attr_inference_profile_arn
        self._profile_id = profile.attr_inference_profile_id
        declare_choice(profile, self._model, self._evidence, reason)
        self._alarm = None if budget is None else self._watched(budget)

    @classmethod
    def from_inference_profile_arn(
        cls, scope: Construct, construct_id: str, inference_profile_arn: str, *, model: BedrockModel | str
    ) -> ModelChoiceBase:
        """A choice of another stack in the same region.

        Parameters
        ----------
        scope, construct_id
            Where it belongs.
        inference_profile_arn
            The application inference profile.
        model
            The model that it is a profile of, written as in the other stack: permissions are granted on it.
        """
        return ImportedModelChoice(scope, construct_id, inference_profile_arn, BedrockModel.of(model))

    @property
    def reason(self) -> str | None:
        """Why it was chosen, where somebody had to say."""
        return self._reason

    @property
    def evidence(self) -> tuple[EvaluationRecord, ...]:
        """What was evaluated: the cheaper candidates, then the model itself."""
        return self._evidence

    @property
    def budget_alarm(self) -> cloudwatch.Alarm | None:
        """The alarm of the budget."""
        return self._alarm

    def _watched(self, budget: DailyBudget) -> cloudwatch.Alarm:
        region = known_region(self.stack)
        price = self._model.price(region)
        if price is None and region is None:
            raise InvalidValueError(
                f"the budget of {self._model} needs the price of its tokens, which differs by region, and the stack's is not known at "
                "synth; give the stack env=Environment(region=...), or leave the budget out"
            )
        return budget.watch(self, self, price)

    def _warn_of_the_unknown(self) -> None:
        region = known_region(self.stack)
        if region is not None and self._model.is_served_in(region) is None:
            Annotations.of(self).add_warning_v2(
                "lean-silicon:model-region",
                f"Whether {self._model} is offered in {region} is not known to this release; the deployment will tell.",
            )

    def _warn_of_the_unscored(self, verdict: EvaluationVerdict | None) -> None:
        for each in () if verdict is None else verdict.unscored_before(self._model):
            Annotations.of(self).add_warning_v2(
                f"lean-silicon:unscored:{each.name}",
                f"{each.name} is cheaper than {self._model} and has no score in the verdict: {each.note or 'no reason is given'}. Nobody "
                "knows whether it would have done; evaluate again.",
            )

    def _copied_arn(self, route: Route) -> str:
        if self._system_profile_arns:
            return self._system_profile_arns[0]
        return self.stack.format_arn(
            service="bedrock", account="", resource="foundation-model", resource_name=route.model_id
        )

    def _name(self, route: Route) -> str:
        """The construct's place in the app, and a hash of what is copied.

        A profile that copies another model is a new one, which cannot have the old one's name while both exist.
        """
        copied = hashlib.sha256(f"{route.profile}.{route.model_id}".encode()).hexdigest()[:8]
        place = Names.unique_resource_name(self, max_length=55, separator="-")
        return f"{re.sub(r'[^0-9a-zA-Z]+', '-', place).strip('-')}-{copied}"


class ImportedModelChoice(ModelChoiceBase):
    """A choice of another stack. Made by ``ModelChoice.from_inference_profile_arn``."""

    def __init__(self, scope: Construct, construct_id: str, inference_profile_arn: str, model: BedrockModel) -> None:
        super().__init__(scope, construct_id)
        parts = self.stack.split_arn(inference_profile_arn, ArnFormat.SLASH_RESOURCE_NAME)
        here = known_region(self.stack)
        if here is not None and not Token.is_unresolved(parts.region) and parts.region != here:
            raise InvalidValueError(
                f"the inference profile {inference_profile_arn} is in {parts.region}, the stack in {here}, where Bedrock does not find it; "
                f"make a ModelChoice in {here}"
            )
        self._model = model
        self._profile_arn, self._profile_id = inference_profile_arn, parts.resource_name or ""
        route = route_in(self.stack, model)
        self._system_profile_arns = system_profile_arns(self.stack, route)
        self._model_arns = model_arns(self.stack, route)
