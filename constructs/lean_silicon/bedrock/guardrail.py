"""A guardrail: what is neither asked nor answered, and who must use it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Names, RemovalPolicy, Stack, Token
from aws_cdk import aws_bedrock as bedrock
from constructs import Construct

from lean_silicon.bedrock.guardrail_base import GuardrailBase, ImportedGuardrail
from lean_silicon.bedrock.guardrail_filters import (
    ALL_HARMS,
    DEFAULT_GROUNDING,
    SECRETS_AND_IDENTITIES,
    DeniedTopic,
    Grounding,
    Harm,
    PersonalData,
    Strength,
)
from lean_silicon.bedrock.guardrail_properties import guardrail_filters
from lean_silicon.exceptions import InvalidValueError

_NAME = re.compile(r"[0-9a-zA-Z_-]{1,50}")
_LONGEST_MESSAGE = 500


class Guardrail(GuardrailBase):
    """A guardrail that stops harm, attacks on prompts, secrets, identities and answers that the documents do not support.

    The classic tier, which understands English, French and Spanish and stays in its region.

    Parameters
    ----------
    harms
        Strength by kind of harm. Default: all kinds at full strength.
    personal_data
        What becomes of personal data, by Bedrock's name for the kind. Default: secrets block, numbers and addresses that identify a person
        are masked, names go through.
    grounding
        Thresholds of the contextual grounding check. Default: 0.7 each.
    denied_topics
        Topics that are not talked about.
    profanity
        Whether Bedrock's list of profane words is blocked. Default: yes.
    blocked_prompt_message, blocked_answer_message
        What a user reads in place of what was blocked.
    name
        Default: from the construct's path.

    Raises
    ------
    InvalidValueError
        If it would filter nothing, a value is not allowed, or a message is too long.

    Examples
    --------
    .. code-block:: python

        guardrail = Guardrail(self, "Guardrail")
        guardrail.require_of(function)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        harms: Mapping[Harm, Strength] = ALL_HARMS,
        personal_data: Mapping[str, PersonalData] = SECRETS_AND_IDENTITIES,
        grounding: Grounding | None = DEFAULT_GROUNDING,
        denied_topics: Sequence[DeniedTopic] = (),
        profanity: bool = True,
        blocked_prompt_message: str = "This cannot be answered here.",
        blocked_answer_message: str = "This cannot be answered here.",
        name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        properties: dict[str, Any] = {
            "blocked_input_messaging": _message(blocked_prompt_message),
            "blocked_outputs_messaging": _message(blocked_answer_message),
            **guardrail_filters(harms, personal_data, grounding, denied_topics, profanity=profanity),
        }
        self._guardrail = bedrock.CfnGuardrail(self, "Resource", name=self._checked_name(name), **properties)
        self._arn = self._guardrail.attr_guardrail_arn
        self._version = self._published(properties).attr_version

    @classmethod
    def from_guardrail_arn(
        cls, scope: Construct, construct_id: str, guardrail_arn: str, *, guardrail_version: str
    ) -> GuardrailBase:
        """A guardrail of another stack or account, in one of its versions."""
        return ImportedGuardrail(scope, construct_id, guardrail_arn, guardrail_version)

    @property
    def guardrail_id(self) -> str:
        """Its id."""
        return self._guardrail.attr_guardrail_id

    def _published(self, properties: dict[str, Any]) -> bedrock.CfnGuardrailVersion:
        """A version of what the guardrail is now. One whose filters change gets a new version; old ones stay for who uses them."""
        stated = json.dumps(Stack.of(self).resolve(properties), sort_keys=True, default=str)
        digest = hashlib.sha256(stated.encode()).hexdigest()[:8]
        version = bedrock.CfnGuardrailVersion(
            self, f"Version{digest}", guardrail_identifier=self._guardrail.attr_guardrail_id
        )
        version.apply_removal_policy(RemovalPolicy.RETAIN)
        return version

    def _checked_name(self, name: str | None) -> str:
        chosen = name or Names.unique_resource_name(self, max_length=50, separator="-", allowed_special_characters="-_")
        if not Token.is_unresolved(chosen) and not _NAME.fullmatch(chosen):
            raise InvalidValueError(
                f"name is {chosen!r}; allowed are 1 to 50 letters, digits, hyphens and underscores, or leave it out"
            )
        return chosen


def _message(text: str) -> str:
    if not Token.is_unresolved(text) and not 1 <= len(text) <= _LONGEST_MESSAGE:
        raise InvalidValueError(
            f"the message for what is blocked has {len(text)} characters; allowed are 1 to {_LONGEST_MESSAGE}"
        )
    return text
