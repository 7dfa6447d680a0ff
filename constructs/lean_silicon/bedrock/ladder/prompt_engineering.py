"""The first rung: a better prompt. Nothing is trained."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from aws_cdk import Names, RemovalPolicy, Resource, Token
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.bedrock.ladder import permissions
from lean_silicon.bedrock.ladder.ladder import CustomizationLadder
from lean_silicon.bedrock.ladder.model_identity import is_same_model
from lean_silicon.bedrock.model_choice_base import ModelChoiceBase
from lean_silicon.evidence import Rung
from lean_silicon.exceptions import InvalidValueError

_VARIABLE = re.compile(r"\{\{\s*([0-9a-zA-Z][0-9a-zA-Z_-]{0,99})\s*\}\}")
_MOST_VARIABLES, _MOST_EXAMPLES = 20, 50
# Models that keep prefixes which a cache point marks: Amazon Bedrock user guide, "Prompt caching for faster model inference" (read
# 2026-11). Others may do so by now, or keep prefixes by themselves.
_CACHING = re.compile(
    r"amazon\.nova-(?:micro|lite|pro|premier)-v1|anthropic\.claude-(?:3-5-haiku|3-7-sonnet|(?:haiku|sonnet|opus)-4)"
)
_VARIANT = "default"


class PromptEngineering(Resource):
    """A prompt in Bedrock's prompt management, in a version that does not change, with the constant part kept between requests.

    Parameters
    ----------
    ladder
        The ladder that it is the first rung of.
    model
        The model that is asked, chosen in the same region.
    instructions
        What the model is told each time: the part that stays, and that is cached. No variables.
    question
        What it is asked: a text with variables, ``"Claim: {{claim}}"``.
    examples
        Question and answer of each example that it is shown.
    cached
        Whether instructions are kept between requests, which makes the tokens read again cheaper. Default: for the models
        that are known to. A prefix below the model's minimum (1,024 tokens for most) is not kept, and costs nothing more.
    temperature
        From 0 (the likeliest answer) to 1. Default: 0.
    max_written_tokens
        Where an answer is cut off. Default: 1,024; unlimited answers are paid for by the token.

    Raises
    ------
    InvalidValueError
        If the model is not the ladder's or was chosen in another region, a text is empty, a variable is in the instructions, or there are
        more than 20.

    Examples
    --------
    .. code-block:: python

        prompt = PromptEngineering(
            self, "Prompt", ladder=ladder, model=choice,
            instructions="Answer questions about claims. Say so where you do not know.",
            question="Question: {{question}}",
        )
        prompt.grant_use(function)
        function.add_environment("PROMPT_ARN", prompt.prompt_version_arn)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        ladder: CustomizationLadder,
        model: ModelChoiceBase,
        instructions: str,
        question: str,
        examples: Sequence[tuple[str, str]] = (),
        cached: bool | None = None,
        temperature: float = 0,
        max_written_tokens: int = 1024,
    ) -> None:
        super().__init__(scope, construct_id)
        if not is_same_model(model.model_id, ladder.model):
            raise InvalidValueError(
                f"the prompt is for {model.model_id}, but its ladder is about {ladder.model}; use the same model, or a ladder for this one"
            )
        model.require_region_of(self.stack)
        _require_numbers(temperature, max_written_tokens)
        self._model = model
        self._variables = _variables(instructions, question)
        self._cached = _caches(model.model_id) if cached is None else cached
        ladder.climb(Rung.PROMPT_ENGINEERING, self)
        variant = {
            "name": _VARIANT,
            "templateType": "CHAT",
            "modelId": model.inference_profile_arn,
            "inferenceConfiguration": {"text": {"temperature": temperature, "maxTokens": max_written_tokens}},
            "templateConfiguration": {"chat": self._chat(instructions, question, examples)},
        }
        self._prompt = bedrock.CfnPrompt(
            self,
            "Resource",
            name=Names.unique_resource_name(self, max_length=100, separator="-"),
            description=f"Rung 1 of {ladder.use_case.name}"[:200],
            default_variant=_VARIANT,
            variants=[variant],
        )
        self._version = self._published(variant)

    @property
    def prompt_arn(self) -> str:
        """The prompt, whose draft changes with every deployment."""
        return self._prompt.attr_arn

    @property
    def prompt_version_arn(self) -> str:
        """The version: what callers use, ``modelId`` of the Converse API included."""
        return self._version.attr_arn

    @property
    def variables(self) -> tuple[str, ...]:
        """What a caller fills in."""
        return self._variables

    @property
    def is_cached(self) -> bool:
        """Whether the instructions are kept between requests."""
        return self._cached

    def grant_use(self, grantee: iam.IGrantable) -> None:
        """Let `grantee` read the prompt and ask its model with it."""
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=list(permissions.READ_PROMPT),
            resource_arns=[self.prompt_arn, self.prompt_version_arn],
        )
        self._model.grant_invoke(grantee)

    def _chat(self, instructions: str, question: str, examples: Sequence[tuple[str, str]]) -> dict[str, Any]:
        if len(examples) > _MOST_EXAMPLES:
            raise InvalidValueError(
                f"the prompt shows {len(examples)} examples, and every request reads them; show at most {_MOST_EXAMPLES}, or "
                "train on them"
            )
        shown = [
            {"role": role, "content": [{"text": text}]}
            for asked, answered in examples
            for role, text in (("user", asked), ("assistant", answered))
        ]
        kept: list[dict[str, Any]] = [{"cachePoint": {"type": "default"}}] if self._cached else []
        return {
            "system": [{"text": instructions}, *kept],
            "messages": [*shown, {"role": "user", "content": [{"text": question}]}],
            "inputVariables": [{"name": name} for name in self._variables],
        }

    def _published(self, variant: dict[str, Any]) -> bedrock.CfnPromptVersion:
        """A version of what the prompt is now; older ones stay for who uses them."""
        stated = json.dumps(self.stack.resolve(variant), sort_keys=True)
        digest = hashlib.sha256(stated.encode()).hexdigest()[:8]
        version = bedrock.CfnPromptVersion(self, f"Version{digest}", prompt_arn=self._prompt.attr_arn)
        version.apply_removal_policy(RemovalPolicy.RETAIN)
        return version


def _caches(model_id: str) -> bool:
    return _CACHING.match(model_id) is not None


def _variables(instructions: str, question: str) -> tuple[str, ...]:
    for what, text in (("instructions", instructions), ("question", question)):
        if not text.strip():
            raise InvalidValueError(f"{what} of the prompt are empty; write what the model is to do")
    if Token.is_unresolved(question) or Token.is_unresolved(instructions):
        return ()
    misplaced = _VARIABLE.findall(instructions)
    if misplaced:
        raise InvalidValueError(
            f"the instructions have the variable {misplaced[0]!r}; they are the part that stays the same. Put it into the question"
        )
    found = tuple(dict.fromkeys(_VARIABLE.findall(question)))
    if len(found) > _MOST_VARIABLES:
        raise InvalidValueError(f"the question has {len(found)} variables; Bedrock takes {_MOST_VARIABLES}")
    return found


def _require_numbers(temperature: float, max_written_tokens: int) -> None:
    if not Token.is_unresolved(temperature) and not 0 <= temperature <= 1:
        raise InvalidValueError(f"temperature is {temperature}; allowed is 0 (the likeliest answer) to 1")
    if not Token.is_unresolved(max_written_tokens) and max_written_tokens < 1:
        raise InvalidValueError(f"max_written_tokens is {max_written_tokens}; an answer has one token at least")
