"""Judging a template in one call."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sample_templates import Judge

from lean_silicon.rules import Context, Policy, Verdict, judge
from lean_silicon.templates import App, read_template

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def judged() -> Judge:
    """``judged(resources, region=..., policy=...)``: the verdict on a template with those resources."""

    def judge_resources(
        resources: dict[str, Any], *, region: str | None = "us-east-1", policy: Policy | None = None, **sections: Any
    ) -> Verdict:
        template = read_template({**sections, "Resources": resources}, path="template.json", region=region)
        return judge(App(templates=[template]), Context(policy, today=TODAY))

    return judge_resources
