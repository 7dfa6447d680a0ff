"""The tools of an AgentCore gateway, which lets in who signs as a role that may."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import boto3
import httpx2
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from mcp.client.streamable_http import streamable_http_client
from strands.tools.mcp import MCPClient


class SignedByRole(httpx2.Auth):
    """Signs every request with the credentials of the agent's role, renewed as they expire."""

    requires_request_body = True

    def __init__(self) -> None:
        session = boto3.Session()
        self._credentials, self._region = session.get_credentials(), session.region_name

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Add the signature (AWS Signature Version 4)."""
        headers = {"host": request.url.netloc.decode(), "content-type": request.headers.get("content-type", "")}
        signed = AWSRequest(request.method, str(request.url), data=request.content, headers=headers)
        SigV4Auth(self._credentials, "bedrock-agentcore", self._region).add_auth(signed)
        request.headers.update(dict(signed.headers.items()))
        yield request


def connect(url: str) -> MCPClient:
    """A client of the gateway, to be entered as a context."""

    def transport() -> Any:
        return streamable_http_client(url, http_client=httpx2.AsyncClient(auth=SignedByRole(), timeout=60))

    return MCPClient(transport)
