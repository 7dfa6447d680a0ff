"""What Amazon Bedrock AgentCore accepts.

Source: the service model ``bedrock-agentcore-control`` as packaged in botocore 1.44.5, the CloudFormation registry's schemas of
``AWS::BedrockAgentCore::*`` as packaged in cfn-lint (the narrower of the two where they differ; both 2026-11), and for code archives the
page "Quotas for Amazon Bedrock AgentCore" of the Developer Guide. The service refuses what lies beyond; we say so at synth.
"""

from __future__ import annotations

import re

UNDERSCORED_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,47}")
"""Runtimes, endpoints, memories, policy engines, policies, evaluators, evaluations, code interpreters, browsers: no hyphens."""
HYPHENATED_NAME = re.compile(r"([0-9a-zA-Z]-?){1,48}")
"""Gateways: no underscores."""
TARGET_NAME = re.compile(r"([0-9a-zA-Z]-?){1,100}")
"""Targets of gateways: no underscores."""
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""Tools, as the Bedrock Converse API takes their names (``ToolSpecification``), with all that stands in front."""
TOOL_SEPARATOR = "___"
"""What the gateway puts between the target's name and the tool's."""

MAXIMUM_NAME = 48
MAXIMUM_ENVIRONMENT_VARIABLES = 50
MAXIMUM_ENVIRONMENT_VALUE = 2048
ENVIRONMENT_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,99}")
MAXIMUM_DESCRIPTION = 1200
MAXIMUM_ENDPOINTS = 10

SHORTEST_SESSION_SECONDS = 60
LONGEST_SESSION_SECONDS = 28_800
"""8 hours. The service model allows 14 days, which is for capacity providers."""

MAXIMUM_ARCHIVE_MB = 250
"""A code archive, compressed."""
MAXIMUM_FOLDER_MB = 750
"""Its content, uncompressed."""

FEWEST_EVENT_DAYS = 3
MOST_EVENT_DAYS = 365
"""Short-term events; the service allows 3 to 3650 days by its API and 365 by CloudFormation."""

MAXIMUM_EVALUATORS = 25
MAXIMUM_RATE = 10_000_000
MAXIMUM_CEDAR = 10_000
"""Characters of a Cedar statement."""
