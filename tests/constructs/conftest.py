"""Construct tests run in one process, without the CDK's built-in validator, which costs seconds; the end-to-end tests run it."""

from __future__ import annotations

import os

os.environ.setdefault("CDK_VALIDATION", "false")
os.environ.setdefault("JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION", "1")
