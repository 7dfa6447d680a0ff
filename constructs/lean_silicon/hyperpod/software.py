"""What the lifecycle scripts set up on the nodes: people, containers, metrics, and the user's own hook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import aws_s3 as s3

from lean_silicon.exceptions import InvalidValueError

_USER_NAME = re.compile(r"[a-z_][a-z0-9_-]{0,31}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DOWNLOAD = re.compile(r"(https|s3)://\S+", re.ASCII)
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*", re.ASCII)
_FIRST_UID, _LAST_UID = 2000, 60000
_SHORTEST_PERIOD, _LONGEST_PERIOD = 10, 300


@dataclass(frozen=True)
class ClusterUser:
    """A person with an account on every node, with the same number everywhere.

    Parameters
    ----------
    name
        The POSIX name.
    uid
        From 2000 on, so that it meets no account of the image.
    ssh_public_keys
        Keys that may log in through a session's tunnel. Keys between the nodes are made by themselves.

    Raises
    ------
    InvalidValueError
        If the name or number is not possible.
    """

    name: str
    uid: int
    ssh_public_keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _USER_NAME.fullmatch(self.name):
            raise InvalidValueError(
                f"the user's name is {self.name!r}; it must be 1 to 32 lower-case letters, digits, '_' and '-', beginning with "
                "a letter. Change it"
            )
        if not _FIRST_UID <= self.uid <= _LAST_UID:
            raise InvalidValueError(
                f"user {self.name!r} has uid {self.uid}; it must be {_FIRST_UID} to {_LAST_UID}, above the image's own "
                "accounts. Choose another"
            )
        for key in self.ssh_public_keys:
            if "PRIVATE" in key or "\n" in key.strip() or not key.startswith(("ssh-", "ecdsa-", "sk-")):
                raise InvalidValueError(
                    f"user {self.name!r} has a key that is no public SSH key of one line; paste the content of the .pub file"
                )


@dataclass(frozen=True)
class Download:
    """A pinned file that nodes fetch: its address and the checksum that it must have.

    Parameters
    ----------
    uri
        ``s3://`` (nodes need no internet for it; the bucket must be readable to them) or ``https://``.
    sha256
        The checksum, 64 hexadecimal digits.

    Raises
    ------
    InvalidValueError
        If either is not so.
    """

    uri: str
    sha256: str

    def __post_init__(self) -> None:
        if not _DOWNLOAD.fullmatch(self.uri) or not _FILE_NAME.fullmatch(self.file_name):
            raise InvalidValueError(
                f"the download is {self.uri!r}; it must be an s3:// or https:// address that ends in a file name. Put the file "
                "into a bucket"
            )
        if not _SHA256.fullmatch(self.sha256):
            raise InvalidValueError(
                f"{self.uri} has sha256 {self.sha256!r}; it must be 64 hexadecimal digits. Compute it with sha256sum"
            )

    @property
    def file_name(self) -> str:
        """The last part of the address."""
        return self.uri.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Software:
    """What is set up on every node.

    Parameters
    ----------
    users
        People.
    container_packages
        Pinned Debian packages and plug-ins for Enroot and Pyxis, installed in this order where the image does not have Enroot.
        Default: what the image has.
    metrics_period_seconds
        How often accelerator metrics are published, 10 to 300 seconds; they are sampled every 5.
    hook
        A local shell script of your own, which runs last on every node, also again.
    bucket
        Your own bucket for the scripts; its name must start with ``sagemaker-``. Default: a new one.

    Raises
    ------
    InvalidValueError
        If two users share a name or number, the period is out of range, or the hook is no file.
    """

    users: tuple[ClusterUser, ...] = ()
    container_packages: tuple[Download, ...] = ()
    metrics_period_seconds: int = 60
    hook: str | None = None
    bucket: s3.IBucket | None = None

    def __post_init__(self) -> None:
        for what, values in (("name", [u.name for u in self.users]), ("uid", [u.uid for u in self.users])):
            if len(set(values)) != len(values):
                raise InvalidValueError(
                    f"two users share a {what}: {sorted(map(str, values))}; each needs its own. Change one"
                )
        if not _SHORTEST_PERIOD <= self.metrics_period_seconds <= _LONGEST_PERIOD:
            raise InvalidValueError(
                f"metrics_period_seconds is {self.metrics_period_seconds}; it must be {_SHORTEST_PERIOD} to {_LONGEST_PERIOD}. 60 is usual"
            )
        if self.hook is not None and not Path(self.hook).is_file():
            raise InvalidValueError(
                f"the hook {self.hook!r} is no file; name a shell script that is there when the app is synthesized"
            )
