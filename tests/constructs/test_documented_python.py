"""The Python of the documentation that no other test runs: the doors, tests of stacks, acknowledgments, the README's first blocks.

Blocks with a title that begins with ``tests/`` are tests themselves. Those named ``app.py`` are apps, run by a Python of their own.
"""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Acknowledgment, App, Environment, Stack, Validations
from aws_cdk import aws_sagemaker as sagemaker
from documented_blocks import OWN_TESTS, Block, all_blocks, blocks_of

from lean_silicon import LeanSiliconChecks, Precision, Task, Workload
from lean_silicon.bedrock import EvaluationVerdict
from lean_silicon.sizing import Sharding

IN_AN_APP = "docs/start/checks-in-an-app.md"
DOOR = "docs/start/constructs.md"
BY_OTHERS = (
    "docs/constructs/hyperpod.md",
    "docs/cdk-nag.md",
    "docs/migration/cdk-nag.md",
    "docs/declarations.md",
    "README.md",
)
"""Pages whose untitled blocks the tests below run."""


def python_of(page: str) -> list[Block]:
    return [block for block in blocks_of(page) if block.language == "python" and block.reason is None]


TESTS = [block for block in all_blocks() if block.language == "python" and (block.title or "").startswith("tests/")]


@pytest.fixture
def stack() -> Stack:
    return Stack(App(analytics_reporting=False), "Documented", env=Environment(region="us-east-2"))


def test_every_block_of_python_is_run_by_something() -> None:
    def run(block: Block) -> bool:
        return bool(
            block.reason
            or block.title
            or (block.page, "python") in OWN_TESTS
            or block.page in BY_OTHERS
            or block.page.startswith("docs/rules/")
        )

    assert [block.place for block in all_blocks() if block.language == "python" and not run(block)] == []


@pytest.fixture
def at_the_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in the project's own folder, where ``stacks`` can be imported."""
    monkeypatch.chdir(root)
    monkeypatch.syspath_prepend(str(root))
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "stacks"]:
        del sys.modules[name]


@pytest.mark.slow
@pytest.mark.parametrize("block", TESTS, ids=lambda block: f"{Path(block.page).stem}-{Path(block.title).stem}")
def test_the_tests_on_the_pages_pass(block: Block, tmp_path: Path, at_the_root: None) -> None:
    names: dict[str, Any] = {}
    exec(compile(block.code, block.place, "exec"), names)
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert tests, f"{block.place}: no test in it"
    for test in tests:
        test(**({"tmp_path": tmp_path} if "tmp_path" in inspect.signature(test).parameters else {}))


def test_what_each_rule_says_of_acknowledgments_runs(root: Path, stack: Stack) -> None:
    names = {"construct": stack, "Validations": Validations, "Acknowledgment": Acknowledgment}
    pages = sorted((root / "docs" / "rules").glob("[A-Z]*.md"))
    for page in pages:
        [block] = python_of(f"docs/rules/{page.name}")
        exec(compile(block.code, block.place, "exec"), names)
        assert page.stem in block.code
    assert pages


def test_the_plugins_stand_side_by_side(stack: Stack) -> None:
    from cdk_nag import AwsSolutionsChecks

    names = {"app": stack.node.root, "Validations": Validations}
    names |= {"AwsSolutionsChecks": AwsSolutionsChecks, "LeanSiliconChecks": LeanSiliconChecks}
    blocks = [*python_of("docs/cdk-nag.md"), *python_of("docs/migration/cdk-nag.md")]
    assert len(blocks) == 3
    for block in blocks:
        exec(compile(block.code, block.place, "exec"), names)


def test_the_record_of_an_evaluation_is_one() -> None:
    for block in python_of("docs/declarations.md"):
        exec(compile(block.code, block.place, "exec"), {})


def test_the_slurm_cluster_is_made(stack: Stack) -> None:
    from aws_cdk import aws_iam as iam

    training = Workload(
        task=Task.TRAINING,
        parameters=70_000_000_000,
        precision=Precision.BF16,
        context_tokens=8192,
        concurrency=256,
        sharding=Sharding.MODEL_PARALLEL,
    )
    people = iam.Role(stack, "People", assumed_by=iam.AccountRootPrincipal())
    names: dict[str, Any] = {"self": stack, "TRAINING_70B": training, "people": people}
    [block] = [block for block in python_of("docs/constructs/hyperpod.md") if block.title is None]
    exec(compile(block.code, block.place, "exec"), names)
    assert names["cluster"].cluster_arn


def test_the_verdict_on_the_page_is_read(tmp_path: Path) -> None:
    [block] = [block for block in blocks_of("docs/constructs/model-choice.md") if block.language == "json"]
    file = tmp_path / "verdict.json"
    file.write_text(block.code, encoding="utf-8")
    assert EvaluationVerdict.from_file(file).chosen


def test_the_first_blocks_of_the_readme_run(stack: Stack) -> None:
    names: dict[str, Any] = {"stack": stack, "sagemaker": sagemaker, "Workload": Workload, "Task": Task}
    names["Precision"] = Precision
    endpoint_config, declared, in_synth, *_ = python_of("README.md")
    exec(compile(endpoint_config.code, endpoint_config.place, "exec"), names)
    names["config"] = names["endpoint"] = stack.node.find_child("Config")
    for block in (declared, in_synth):
        exec(compile(block.code, block.place, "exec"), names)


def run_app(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """An app as the CDK's command line runs it, without the CDK's own validator."""
    (folder / "app.py").write_text(code, encoding="utf-8")
    environment = {**os.environ, "CDK_OUTDIR": str(folder / "cdk.out"), "CDK_VALIDATION": "false"}
    return subprocess.run(
        [sys.executable, "app.py"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_first_door_opens_as_the_page_shows(tmp_path: Path) -> None:
    [app] = [block for block in python_of(DOOR) if block.title == "app.py"]
    done = run_app(app.code, tmp_path)
    assert done.returncode == 0, done.stderr
    [shown] = [block.code for block in blocks_of(DOOR) if block.code.startswith("$ python app.py")]
    assert done.stdout.splitlines() == shown.splitlines()[1:]


@pytest.fixture(scope="module")
def door() -> dict[str | None, str]:
    return {block.title: block.code for block in blocks_of(IN_AN_APP)}


@pytest.mark.slow
def test_the_second_door_refuses_as_the_page_shows(door: dict[str | None, str], tmp_path: Path) -> None:
    done = run_app(door["app.py"], tmp_path)
    assert done.returncode != 0
    for line in door["what synth says"].splitlines():
        assert line.removesuffix(" ...") in done.stderr, f"not said: {line}"
    assert (tmp_path / "cdk.out" / "lean-silicon.json").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("way", ["workload", "acknowledgment"])
def test_both_ways_past_the_second_door_leave_no_error(way: str, door: dict[str | None, str], tmp_path: Path) -> None:
    code = door["app.py"].replace("app.synth()", f"{door[way]}\napp.synth()")
    if way == "workload":
        [leaner] = re.findall(r'instance_type="([\w.]+)"', door[way])
        code = code.replace("ml.p4d.24xlarge", leaner)
    done = run_app(code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
