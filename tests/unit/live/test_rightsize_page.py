"""What docs/rightsize.md shows is what the command prints, and every command on it is one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from measured_account import REGION, MeasuredAccount
from moto import mock_aws

from lean_silicon.cli.main import command_line, main
from lean_silicon.live import right_sizing, right_sizing_report
from lean_silicon.monitoring.right_sizing import copy_engine

PAGE = Path("docs/rightsize.md")


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / PAGE).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)\n```", page, re.DOTALL)


@pytest.fixture
def account(no_credentials: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[MeasuredAccount]:
    monkeypatch.setenv("LEAN_SILICON_OVERLAY", "off")
    monkeypatch.setenv("COLUMNS", "120")
    with mock_aws():
        yield MeasuredAccount()


def test_the_report_on_the_page_is_what_the_command_prints(
    account: MeasuredAccount, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account.endpoint("chat", "ml.g4dn.12xlarge", count=2)
    account.endpoint_metrics(
        "chat",
        hours=48,
        CPUUtilization=[100, 190],
        MemoryUtilization=6,
        GPUUtilization=[20, 70],
        GPUMemoryUtilization=60,
    )
    assert main(["rightsize", "--region", REGION, "--only", "endpoints", "--minimum-hours", "48"]) == 0
    [shown] = blocks(page, "text")
    assert shown == capsys.readouterr().out.rstrip()


def test_every_command_on_the_page_is_one(page: str) -> None:
    commands = [line[2:] for block in blocks(page, "console") for line in block.splitlines() if line.startswith("$ ")]
    assert len(commands) >= 3
    for command in commands:
        _, *words = shlex.split(command)
        parser, _ = command_line(words[:1])
        parser.parse_args(words)


def test_the_page_names_every_permission_and_every_id(page: str) -> None:
    for action in right_sizing_report.ACTIONS:
        assert f"`{action}`" in page
    for identity in right_sizing.TITLES:
        assert f"`{identity}`" in page


def test_the_example_of_the_construct_runs_and_its_layer_is_as_small_as_the_page_says(
    page: str, tmp_path: Path
) -> None:
    [code] = blocks(page, "python")
    exec(compile(code, str(PAGE), "exec"), {"stack": Stack(App(analytics_reporting=False), "Sizing")})
    copy_engine(tmp_path / "engine")
    assert sum(path.stat().st_size for path in (tmp_path / "engine").rglob("*.*")) < 3_000_000
