"""Clients of the emulator's own services."""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

LONGEST_SECONDS = 300
"""What a busy machine may take for one call: a function that runs is one."""
PORT_VARIABLE = "MOTO_PORT"
KEYS = {"aws_access_key_id": "emulator", "aws_secret_access_key": "emulator"}
_made = threading.Lock()


def endpoint() -> str:
    """Where the emulator listens; the word ``localhost``, since moto reads addresses in numbers as virtual-hosted buckets."""
    return f"http://localhost:{os.environ[PORT_VARIABLE]}"


@cache
def _client(service: str, region: str, address: str) -> Any:
    settings = Config(
        retries={"total_max_attempts": 1},
        s3={"addressing_style": "path"},
        read_timeout=LONGEST_SECONDS,
        max_pool_connections=50,
    )
    with _made:  # sessions are not to be shared by threads while they make clients
        return boto3.Session(region_name=region, **KEYS).client(service, endpoint_url=address, config=settings)


def client(service: str, region: str) -> Any:
    """A boto3 client of `service` in `region`, which validates every request against the service's API model."""
    return _client(service, region, endpoint())
