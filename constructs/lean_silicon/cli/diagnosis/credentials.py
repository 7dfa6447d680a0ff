"""Whether AWS credentials are set up. Names are told, values never, and AWS is called only where that was asked for."""

from __future__ import annotations

import configparser
import importlib
import os
from collections.abc import Iterator
from pathlib import Path

from lean_silicon.cli.diagnosis.diagnosis import Diagnosis, State
from lean_silicon.exceptions import ConfigurationError, LeanSiliconError

_NEEDED_BY = "'catalog refresh', 'rightsize', 'check --deployed' and 'cdk deploy'"
_SET_UP = "run 'aws configure' or 'aws sso login', or set AWS_PROFILE"
_ROLES = (
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "a web identity"),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "the container's role"),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "the container's role"),
)


def credentials(*, ask: bool, region: str | None = None) -> Iterator[Diagnosis]:
    """What is set up; with `ask`, also whose it is, which AWS says."""
    yield _set_up()
    if ask:
        yield _identity(region)


def _set_up() -> Diagnosis:
    name, environment = "AWS credentials", os.environ
    profile = environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE")
    if environment.get("AWS_ACCESS_KEY_ID"):
        if environment.get("AWS_SECRET_ACCESS_KEY"):
            return Diagnosis(name, State.GOOD, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set")
        return Diagnosis(
            name, State.MEND, "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY", "set both or neither"
        )
    try:
        profiles = _profiles()
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        # Not the error itself: it may quote a line, and with it a key.
        said = f"the AWS configuration cannot be read ({type(error).__name__})"
        return Diagnosis(name, State.MEND, said, "mend ~/.aws/config and ~/.aws/credentials, or run 'aws configure'")
    if profile and profile not in profiles:
        known = ", ".join(sorted(profiles)) or "none"
        return Diagnosis(
            name, State.MEND, f"AWS_PROFILE is {profile!r}; profiles are: {known}", f"correct it, or {_SET_UP}"
        )
    for variable, what in _ROLES:
        if environment.get(variable):
            return Diagnosis(name, State.GOOD, f"{what} ({variable} is set)")
    if profile or "default" in profiles:
        return Diagnosis(name, State.GOOD, f"profile {profile or 'default'}")
    remedy = f"only for {_NEEDED_BY}: {_SET_UP}" + (f" to one of {', '.join(sorted(profiles))}" if profiles else "")
    return Diagnosis(name, State.NOTE, "none found (a machine's own role was not looked for)", remedy)


def _profiles() -> set[str]:
    """The names of the profiles in the AWS configuration."""
    named = {
        "AWS_CONFIG_FILE": "~/.aws/config",
        "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials",
    }
    names: set[str] = set()
    for variable, usual in named.items():
        path = Path(os.environ.get(variable) or usual).expanduser()
        if not path.is_file():
            continue
        # A default section of its own, so that a profile called "default" is one like any other.
        parser = configparser.RawConfigParser(default_section="\0", strict=False)
        parser.read_string(path.read_text(encoding="utf-8"))
        sections = (section.removeprefix("profile ").strip() for section in parser.sections())
        names |= {each for each in sections if not each.startswith(("sso-session ", "services "))}
    return names


def _identity(region: str | None) -> Diagnosis:
    name = "AWS account"
    try:
        # By name: nothing that calls AWS is loaded by the commands that do not.
        account = importlib.import_module("lean_silicon.live.account").Account(
            purpose="asking whose credentials these are"
        )
        (answer,) = account.pages("sts", "get_caller_identity", region or "us-east-1")
    except ConfigurationError as error:  # boto3 or credentials are missing, and it says how to get them
        return Diagnosis(name, State.MEND, str(error))
    except LeanSiliconError as error:
        return Diagnosis(name, State.MEND, str(error), _SET_UP)
    return Diagnosis(name, State.GOOD, f"{answer['Account']} as {answer['Arn']}")
