"""The user's AWS account: credentials, regions, and calls that page, retry and fail in one sentence."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any

from lean_silicon.exceptions import ConfigurationError, LeanSiliconError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PRICE_LIST_REGION = "us-east-1"
"""The Pricing API answers for all regions from here (and from eu-central-1 and ap-south-1)."""

CATALOG_ACTIONS = (
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInstanceTypeOfferings",
    "pricing:GetProducts",
    "bedrock:ListFoundationModels",
)
"""What a refresh of the catalogue asks for."""

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}", re.ASCII)
_ATTEMPTS = 8
_CONNECT_SECONDS, _READ_SECONDS = 10, 60
_REFUSED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


class CallFailedError(LeanSiliconError):
    """A call to AWS failed, its retries included. The message says which and why."""


class Account:
    """A session of boto3, looked up as every AWS tool does.

    Parameters
    ----------
    profile
        A profile of the AWS configuration; by default the environment's.
    purpose
        What the account is asked for, for messages.
    actions
        What the credentials must allow, for messages.

    Raises
    ------
    ConfigurationError
        If boto3 is not installed, the profile does not exist, or there are no credentials.
    """

    def __init__(
        self,
        profile: str | None = None,
        *,
        purpose: str = "refreshing the catalogue",
        actions: Iterable[str] = CATALOG_ACTIONS,
    ) -> None:
        try:
            boto3 = importlib.import_module("boto3")
            config = importlib.import_module("botocore.config")
            self._exceptions: Any = importlib.import_module("botocore.exceptions")
        except ImportError as error:
            raise ConfigurationError(
                f"{purpose} needs boto3, which cannot be imported ({error}); "
                "install it with: pip install 'lean-silicon[live]'"
            ) from None
        # Standard mode backs off exponentially with jitter, up to 20 s, on throttling and on broken connections.
        self._config: Any = config.Config(
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
        )
        try:
            self._session: Any = boto3.Session(profile_name=profile)
            credentials = self._session.get_credentials()
        except self._exceptions.BotoCoreError as error:
            raise ConfigurationError(f"AWS credentials cannot be used: {error}") from None
        if credentials is None:
            raise ConfigurationError(
                "no AWS credentials found: run 'aws configure' or 'aws sso login', set AWS_PROFILE or AWS_ACCESS_KEY_ID, "
                f"or give --profile. Needed are {_listed(tuple(actions))}"
            )

    def regions(self, asked: list[str]) -> tuple[str, ...]:
        """The regions asked for, each once, or the session's own.

        Raises
        ------
        ConfigurationError
            If there is none, or one is not spelled like a region.
        """
        regions = tuple(dict.fromkeys(asked)) or tuple(filter(None, [self._session.region_name]))
        if not regions:
            raise ConfigurationError("no region: give --region (several are allowed) or set AWS_REGION")
        for region in regions:
            if not _REGION.fullmatch(region):
                raise ConfigurationError(f"--region {region!r} is not a region's code; for instance eu-west-1")
        return regions

    def pages(self, service: str, operation: str, region: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every page of an operation's answer; the one answer of an operation that has no pages.

        Raises
        ------
        CallFailedError
            If AWS refuses or does not answer, after all attempts.
        """
        try:
            client = self._session.client(service, region_name=region, config=self._config)
            if client.can_paginate(operation):
                yield from client.get_paginator(operation).paginate(**parameters)
            else:
                yield getattr(client, operation)(**parameters)
        except self._exceptions.ClientError as error:
            raise CallFailedError(_refusal(service, error)) from None
        except self._exceptions.BotoCoreError as error:
            raise CallFailedError(f"{service}: {error}") from None


def _listed(words: tuple[str, ...]) -> str:
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def _refusal(service: str, error: Any) -> str:
    told = error.response.get("Error", {})
    code, action = told.get("Code", "unknown error"), f"{service}:{error.operation_name}"
    if code in _REFUSED:
        return f"{action} is not allowed to these credentials ({code})"
    return f"{action}: {code}: {told.get('Message', 'no message')}"
