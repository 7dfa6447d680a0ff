"""The filters of a guardrail as properties of ``AWS::Bedrock::Guardrail``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from lean_silicon.bedrock.guardrail_filters import (
    KINDS_OF_PERSONAL_DATA,
    DeniedTopic,
    Grounding,
    Harm,
    PersonalData,
    Strength,
)
from lean_silicon.exceptions import InvalidValueError


def guardrail_filters(
    harms: Mapping[Harm, Strength],
    personal_data: Mapping[str, PersonalData],
    grounding: Grounding | None,
    denied_topics: Sequence[DeniedTopic],
    *,
    profanity: bool,
) -> dict[str, Any]:
    """The policies of a guardrail that has such filters.

    Raises
    ------
    InvalidValueError
        If there are none, or a kind of personal data is not known.
    """
    found = {
        "content_policy_config": _harm_filters(harms),
        "sensitive_information_policy_config": _personal_data_filters(personal_data),
        "contextual_grounding_policy_config": _grounding_filters(grounding),
        "topic_policy_config": _topics(denied_topics),
        "word_policy_config": {"managedWordListsConfig": [{"type": "PROFANITY"}]} if profanity else None,
    }
    filters = {name: value for name, value in found.items() if value is not None}
    if not filters:
        raise InvalidValueError("the guardrail would filter nothing; leave harms out for the default, or name some")
    return filters


def _harm_filters(harms: Mapping[Harm, Strength]) -> dict[str, Any] | None:
    filters = [
        {
            "type": Harm(harm).value,
            "inputStrength": Strength(strength).value,
            # Attacks are in prompts; Bedrock refuses any other strength for answers.
            "outputStrength": "NONE" if harm is Harm.PROMPT_ATTACK else Strength(strength).value,
        }
        for harm, strength in harms.items()
    ]
    return {"filtersConfig": filters} if filters else None


def _personal_data_filters(personal_data: Mapping[str, PersonalData]) -> dict[str, Any] | None:
    unknown = sorted(set(personal_data) - KINDS_OF_PERSONAL_DATA)
    if unknown:
        near = get_close_matches(unknown[0].upper(), sorted(KINDS_OF_PERSONAL_DATA), 3, 0.4)
        raise InvalidValueError(
            f"{unknown[0]!r} is no kind of personal data that Bedrock recognises; near it are {', '.join(near) or 'none'}, and allowed "
            f"are {', '.join(sorted(KINDS_OF_PERSONAL_DATA))}"
        )
    entities = [{"type": kind, "action": PersonalData(action).value} for kind, action in personal_data.items()]
    return {"piiEntitiesConfig": entities} if entities else None


def _grounding_filters(grounding: Grounding | None) -> dict[str, Any] | None:
    if grounding is None:
        return None
    thresholds = {"GROUNDING": grounding.grounding, "RELEVANCE": grounding.relevance}
    return {"filtersConfig": [{"type": kind, "threshold": value} for kind, value in thresholds.items()]}


def _topics(topics: Sequence[DeniedTopic]) -> dict[str, Any] | None:
    listed = [
        {"name": each.name, "definition": each.definition, "examples": list(each.examples), "type": "DENY"}
        for each in topics
    ]
    return {"topicsConfig": listed} if listed else None
