"""The user's AWS account: credentials, regions, and calls that page, retry and fail in one sentence."""

from __future__ import annotations

import importlib
import os
import re
from typing import TYPE_CHECKING, Any

from lean_silicon.exceptions import ConfigurationError, LeanSiliconError
from lean_silicon.live.whole_answers import insist_on_whole_answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
_ATTEMPTS, _ATTEMPTS_ASKED = 8, "AWS_MAX_ATTEMPTS"
_CONNECT_SECONDS, _READ_SECONDS = 10, 60
_REFUSED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_THROTTLED = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|SlowDown")


class CallFailedError(LeanSiliconError):
    """A call to AWS failed, its retries included. The message says which and why."""


class Answer(dict[str, Any]):
    """What a service answered. What it lacks and should have is a failed call: half an answer is none.

    The mappings inside of it are of this class too.
    """

    def __init__(self, contents: Mapping[str, Any], call: str) -> None:
        super().__init__((key, _checked(value, call)) for key, value in contents.items())
        self._call = call

    def __missing__(self, key: str) -> Any:
        raise CallFailedError(f"{self._call}: the answer is incomplete, it has no {key}; run the same again")


def _checked(value: Any, call: str) -> Any:
    if type(value) is dict:
        return Answer(value, call)
    return [_checked(item, call) for item in value] if type(value) is list else value


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
            retries={"mode": "standard", "total_max_attempts": _attempts()},
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
        )
        self._unparsed: Any = importlib.import_module("botocore.parsers").ResponseParserError
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

    def pages(self, service: str, operation: str, region: str, **parameters: Any) -> Iterator[Answer]:
        """Every page of an operation's answer; the one answer of an operation that has no pages.

        Raises
        ------
        CallFailedError
            If AWS refuses or does not answer, after all attempts.
        """
        call = f"{service}:{operation.title().replace('_', '')}"
        try:
            client = self._session.client(service, region_name=region, config=self._config)
            insist_on_whole_answers(client, _attempts())
        except (self._exceptions.BotoCoreError, ValueError) as error:  # ValueError: AWS_ENDPOINT_URL is no address
            raise CallFailedError(f"{service} cannot be asked: {error}") from None
        try:
            if client.can_paginate(operation):
                for page in client.get_paginator(operation).paginate(**parameters):
                    yield Answer(page, call)
            else:
                yield Answer(getattr(client, operation)(**parameters), call)
        except self._exceptions.ClientError as error:
            raise CallFailedError(_refusal(service, error)) from None
        except self._exceptions.BotoCoreError as error:
            raise CallFailedError(f"{call}: {error}") from None
        except (self._unparsed, LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            # What boto3's parsers raise at an answer of another shape, such as the page of a proxy.
            raise CallFailedError(
                f"{call}: the answer cannot be read ({_first_line(error)}); run the same again"
            ) from None


def _attempts() -> int:
    """How often a call is tried: as the environment says, as to every AWS tool, else more often than is usual."""
    asked = os.environ.get(_ATTEMPTS_ASKED, "").strip()
    if not asked:
        return _ATTEMPTS
    if not (asked.isdecimal() and int(asked) > 0):
        raise ConfigurationError(f"{_ATTEMPTS_ASKED} is {asked!r}; it must be a whole number of at least 1")
    return int(asked)


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0][:200] or type(error).__name__


def _listed(words: tuple[str, ...]) -> str:
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def _refusal(service: str, error: Any) -> str:
    told = error.response.get("Error", {})
    code, action = told.get("Code", "unknown error"), f"{service}:{error.operation_name}"
    if code in _REFUSED:
        return f"{action} is not allowed to these credentials ({code})"
    if _THROTTLED.search(code):
        return f"{action}: {code}: AWS takes no more calls for now, asked {_attempts()} times; run the same again later"
    return f"{action}: {code}: {told.get('Message', 'no message')}"
