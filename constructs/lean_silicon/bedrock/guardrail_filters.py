"""What a guardrail filters, in the terms of Amazon Bedrock, and what this library filters unless told otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from lean_silicon.exceptions import InvalidValueError


class Strength(str, Enum):
    """How sure a filter must be: a strong one also stops what is only probably harmful."""

    NONE = "NONE"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class Harm(str, Enum):
    """A kind of harmful content. ``PROMPT_ATTACK`` is about prompts only."""

    HATE = "HATE"
    INSULTS = "INSULTS"
    MISCONDUCT = "MISCONDUCT"
    PROMPT_ATTACK = "PROMPT_ATTACK"
    SEXUAL = "SEXUAL"
    VIOLENCE = "VIOLENCE"


class PersonalData(str, Enum):
    """What becomes of personal data."""

    BLOCK = "BLOCK"
    """The whole prompt or answer is stopped."""
    ANONYMIZE = "ANONYMIZE"
    """The data are masked, the rest goes through."""


ALL_HARMS: Mapping[Harm, Strength] = MappingProxyType(dict.fromkeys(Harm, Strength.HIGH))
"""Every kind at full strength."""

SECRETS_AND_IDENTITIES: Mapping[str, PersonalData] = MappingProxyType(
    dict.fromkeys(
        (
            "AWS_ACCESS_KEY",
            "AWS_SECRET_KEY",
            "CREDIT_DEBIT_CARD_CVV",
            "CREDIT_DEBIT_CARD_NUMBER",
            "PASSWORD",
            "PIN",
        ),
        PersonalData.BLOCK,
    )
    | dict.fromkeys(
        (
            "DRIVER_ID",
            "EMAIL",
            "INTERNATIONAL_BANK_ACCOUNT_NUMBER",
            "PHONE",
            "UK_NATIONAL_INSURANCE_NUMBER",
            "US_BANK_ACCOUNT_NUMBER",
            "US_PASSPORT_NUMBER",
            "US_SOCIAL_SECURITY_NUMBER",
        ),
        PersonalData.ANONYMIZE,
    )
)
"""Secrets stop a request; numbers and addresses that identify a person are masked. Names are not touched: most answers need them."""

KINDS_OF_PERSONAL_DATA = frozenset(
    (
        "ADDRESS",
        "AGE",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "CA_HEALTH_NUMBER",
        "CA_SOCIAL_INSURANCE_NUMBER",
        "CREDIT_DEBIT_CARD_CVV",
        "CREDIT_DEBIT_CARD_EXPIRY",
        "CREDIT_DEBIT_CARD_NUMBER",
        "DRIVER_ID",
        "EMAIL",
        "INTERNATIONAL_BANK_ACCOUNT_NUMBER",
        "IP_ADDRESS",
        "LICENSE_PLATE",
        "MAC_ADDRESS",
        "NAME",
        "PASSWORD",
        "PHONE",
        "PIN",
        "SWIFT_CODE",
        "UK_NATIONAL_HEALTH_SERVICE_NUMBER",
        "UK_NATIONAL_INSURANCE_NUMBER",
        "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER",
        "URL",
        "USERNAME",
        "US_BANK_ACCOUNT_NUMBER",
        "US_BANK_ROUTING_NUMBER",
        "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER",
        "US_PASSPORT_NUMBER",
        "US_SOCIAL_SECURITY_NUMBER",
        "VEHICLE_IDENTIFICATION_NUMBER",
    )
)
"""What Bedrock recognises: PiiEntityType of ``AWS::Bedrock::Guardrail``."""

_HIGHEST_THRESHOLD = 0.99  # from 1 on everything would be blocked (Bedrock user guide, contextual grounding check)


@dataclass(frozen=True)
class Grounding:
    """How well an answer must rest on the documents that were retrieved, and keep to the question; from 0 to 0.99.

    Bedrock checks it only where a request marks its documents and its question, as knowledge bases do. An answer below a threshold is
    blocked.

    Raises
    ------
    InvalidValueError
        If a threshold is below 0 or above 0.99.
    """

    grounding: float = 0.7
    relevance: float = 0.7

    def __post_init__(self) -> None:
        for name, value in (("grounding", self.grounding), ("relevance", self.relevance)):
            if isinstance(value, bool) or not 0 <= value <= _HIGHEST_THRESHOLD:
                raise InvalidValueError(
                    f"the threshold of {name} is {value!r}; allowed is 0 (nothing is blocked) to {_HIGHEST_THRESHOLD} (nearly all is)"
                )


DEFAULT_GROUNDING = Grounding()
"""0.7 each: a start of our own, to be tuned on answers of yours."""


@dataclass(frozen=True)
class DeniedTopic:
    """A topic that is not talked about.

    Parameters
    ----------
    name
        At most 100 letters, digits, spaces and ``-_!?.``.
    definition
        What belongs to it, at most 200 characters: the tier of guardrails that needs no second region takes no more.
    examples
        Up to 5 sentences that belong to it, at most 100 characters each.

    Raises
    ------
    InvalidValueError
        If something is too long, or the definition is missing.
    """

    name: str
    definition: str
    examples: Sequence[str] = ()

    def __post_init__(self) -> None:
        for what, text, longest in (
            ("name", self.name, 100),
            ("definition", self.definition, 200),
            *(("example", each, 100) for each in self.examples),
        ):
            if not 1 <= len(text) <= longest:
                raise InvalidValueError(
                    f"the {what} of denied topic {self.name[:40]!r} has {len(text)} characters; allowed are 1 to {longest}"
                )
        if len(self.examples) > 5:
            raise InvalidValueError(f"denied topic {self.name!r} has {len(self.examples)} examples; allowed are 5")
