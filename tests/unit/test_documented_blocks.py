"""Every block of the documentation that is not Python: templates are checked, settings read, commands run. What cannot be run is listed."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import yaml
from documented_blocks import FOREIGN, OWN_TESTS, PROSE, Block, all_blocks, blocks_of, pages

from lean_silicon.catalog import load_catalog
from lean_silicon.cli.configuration import read_configuration
from lean_silicon.cli.main import command_line, main
from lean_silicon.rules import Context, Verdict, all_rules, judge, read_policy
from lean_silicon.templates import read_app

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CHECKED = ("bash", "console", "json", "python", "sh", "toml", "typescript", "yaml")


def pages_with(*languages: str) -> list[str]:
    def mine(block: Block) -> bool:
        return block.language in languages and (block.page, block.language) not in OWN_TESTS

    return [page for page in pages() if any(mine(block) for block in blocks_of(page))]


def mine_of(page: str, *languages: str) -> list[Block]:
    return [block for block in blocks_of(page) if block.language in languages and block.reason is None]


NOT_RUN = [block for block in all_blocks() if block.reason is not None]


@pytest.mark.parametrize("block", NOT_RUN, ids=lambda block: f"{block.page}-{block.code.split()[0]}")
def test_what_is_not_run_says_why(root: Path, block: Block) -> None:
    assert block.reason is not None
    assert len(block.reason) >= 15, f"{block.place}: the reason {block.reason!r} says too little"
    for test in re.findall(r"tests/[\w/]+\.py", block.reason):
        assert (root / test).is_file(), f"{block.place}: {test} is gone"
    for words in commands(block):
        if words[0] == "lean-silicon":
            parsed(words[1:])
    pytest.skip(f"{block.place}: {block.reason}")


def test_every_block_has_a_language_that_is_checked() -> None:
    known = (*CHECKED, *PROSE, *FOREIGN)
    assert [block.place for block in all_blocks() if block.language not in known] == []
    assert [block.place for block in all_blocks() if block.language in FOREIGN and block.reason is None] == []


@pytest.mark.parametrize(("page", "language"), OWN_TESTS)
def test_a_page_that_names_a_test_of_its_own_has_it(root: Path, page: str, language: str) -> None:
    test = (root / OWN_TESTS[page, language]).read_text(encoding="utf-8")
    assert [block for block in blocks_of(page) if block.language == language], (
        f"{page} has no {language} block any more"
    )
    assert Path(page).name in test
    assert re.search(r"\bexec\(|\bblocks\(page, |EvaluationVerdict", test)


@pytest.mark.parametrize("page", pages_with("yaml"))
def test_yaml_is_read_by_what_it_is_for(root: Path, page: str, tmp_path: Path) -> None:
    for block in mine_of(page, "yaml"):
        value = yaml.load(block.code, yaml.BaseLoader)
        if "Resources" in value:
            check_template(block.code, block, tmp_path)
        elif "Metadata" in value:
            resource = f"Resources:\n  Machine:\n    Type: AWS::EC2::Instance\n{indented(block.code, 4)}"
            check_template(resource, block, tmp_path)
        elif {"jobs", "steps"} & value.keys():
            check_workflow(value, root, block)
        elif "repos" in value:
            hooks = {hook["id"] for hook in yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text("utf-8"))}
            ours = [each for each in value["repos"] if each["repo"].endswith("/lean-silicon")]
            assert ours, f"{block.place}: no repository of ours"
            assert {hook["id"] for each in ours for hook in each["hooks"]} <= hooks
        else:
            check_gitlab(value, block)


def indented(text: str, spaces: int) -> str:
    return "".join(f"{' ' * spaces}{line}\n" for line in text.splitlines())


def check_template(text: str, block: Block, folder: Path) -> Verdict:
    file = folder / "template.yaml"
    file.write_text(text, encoding="utf-8")
    app = read_app([str(file)], region="us-east-1")
    assert not app.unreadable, f"{block.place}: {app.unreadable}"
    assert not [template.problems for template in app.templates if template.problems], block.place
    verdict = judge(app, Context(catalog=load_catalog()), all_rules())
    misread = [finding.message for finding in verdict.findings if finding.rule == "DEC001"]
    assert not misread or "DEC001" in block.page, f"{block.place}: {misread}"
    return verdict


def check_workflow(value: dict[str, Any], root: Path, block: Block) -> None:
    inputs = yaml.safe_load((root / "action.yml").read_text("utf-8"))["inputs"].keys()
    jobs = value.get("jobs", {"": value})
    steps = [step for job in jobs.values() for step in job["steps"]]
    ours = [step for step in steps if "/lean-silicon" in step.get("uses", "")]
    runs = [shlex.split(step["run"]) for step in steps if step.get("run", "").startswith("lean-silicon")]
    assert ours or runs, f"{block.place}: a workflow without lean-silicon"
    for step in ours:
        assert step.get("with", {}).keys() <= inputs
    for words in runs:
        parsed(words[1:])


def check_gitlab(value: dict[str, Any], block: Block) -> None:
    scripts = [line for job in value.values() for line in job["script"]]
    ours = [shlex.split(line)[1:] for line in scripts if line.startswith("lean-silicon")]
    assert ours, f"{block.place}: neither a template, nor metadata, nor a pipeline with lean-silicon: mark it"
    for words in ours:
        parsed(words)


@pytest.mark.parametrize("page", pages_with("json"))
def test_json_is_a_template_or_the_settings_of_an_app(page: str, tmp_path: Path) -> None:
    for block in mine_of(page, "json"):
        value = json.loads(block.code)
        if "Resources" in value:
            check_template(block.code, block, tmp_path)
        else:
            assert block.title == "cdk.json", f"{block.place}: what is it? Mark it"
            assert value.keys() <= {"app", "context"}


@pytest.mark.parametrize("page", pages_with("toml"))
def test_settings_are_read_by_the_command(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for block in mine_of(page, "toml"):
        project = {"project", "tool"} & tomllib.loads(block.code).keys()
        file = tmp_path / ("pyproject.toml" if project else "lean-silicon.toml")
        file.write_text(block.code, encoding="utf-8")
        configuration, where = read_configuration(None)
        assert read_policy(configuration, [rule.id for rule in all_rules()], where=where)
        assert configuration or project
        file.unlink()


@pytest.mark.parametrize("page", pages_with("typescript"))
def test_typescript_is_that_of_the_example(root: Path, page: str) -> None:
    app = (root / "examples" / "typescript" / "bin" / "app.ts").read_text(encoding="utf-8")
    for block in mine_of(page, "typescript"):
        assert " ".join(block.code.split()) in " ".join(app.split()), f"{block.place} is not in bin/app.ts"


@pytest.mark.parametrize("page", pages_with("bash", "console", "sh"))
def test_commands_run_and_print_what_the_page_shows(
    root: Path, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(tmp_path, root, page)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80" if page.startswith("docs/start/") else "100")
    for block in mine_of(page, "bash", "console", "sh"):
        for words in commands(block):
            printed = carried_out(words, root, block)
            shown = shown_after(words, block)
            assert not shown or shown == printed.rstrip().splitlines(), f"{block.place}: {words}"


def furnish(folder: Path, root: Path, page: str) -> None:
    """What commands on pages speak of: templates, assemblies, and the files that the page itself shows."""
    (folder / "docs").symlink_to(root / "docs")
    templates = root / "docs" / "examples"
    shutil.copytree(templates, folder / "templates")
    sides = (("cdk.out", "inferentia"), ("base/cdk.out", "gpu"), ("head/cdk.out", "inferentia"))
    for place, name in sides:
        assembly = folder / place
        assembly.mkdir(parents=True)
        shutil.copy(templates / f"{name}-endpoint.json", assembly / "Chat.template.json")
        stack = {"type": "aws:cloudformation:stack", "environment": "aws://111122223333/us-east-1"}
        stack["properties"] = {"templateFile": "Chat.template.json"}  # type: ignore[assignment]
        (assembly / "manifest.json").write_text(json.dumps({"version": "54.0.0", "artifacts": {"Chat": stack}}))
    for block in blocks_of(page):
        if block.title and "/" not in block.title and "." in block.title:
            (folder / block.title).write_text(block.code, encoding="utf-8")


def commands(block: Block) -> Iterator[list[str]]:
    """The commands of a shell block: after ``$ `` on a terminal, every line of a script."""
    lines = block.code.replace("\\\n", " ").splitlines()
    if block.language == "console":
        lines = [line[2:] for line in lines if line.startswith("$ ")]
    elif block.language not in ("bash", "sh"):
        lines = []
    for line in lines:
        if words := shlex.split(line, comments=True):
            yield words


def carried_out(words: list[str], root: Path, block: Block) -> str:
    """What a command prints. ``make`` is only looked up, and ``python app.py`` is run by the tests of the doors."""
    program, *rest = words
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert set(rest) <= set(targets), f"{block.place}: the Makefile has no {rest}"
        return "\n".join(shown_after(words, block))
    if words == ["python", "app.py"]:
        return "\n".join(shown_after(words, block))
    assert program == "lean-silicon", f"{block.place}: {program} is not run here; mark the block with a reason"
    printed = io.StringIO()
    with redirect_stdout(printed):
        code = main(rest)
    assert code in (0, 1), f"{block.place}: {words} ended with {code}: {printed.getvalue()}"
    return printed.getvalue()


def shown_after(words: list[str], block: Block) -> list[str]:
    """The lines below a command on a terminal, up to the next one."""
    lines = iter(block.code.splitlines())
    for line in lines:
        if line.startswith("$ ") and shlex.split(line[2:], comments=True) == words:
            break
    shown = []
    for line in lines:
        if line.startswith("$ "):
            break
        shown.append(line)
    return shown


def parsed(words: list[str]) -> None:
    """Raise `SystemExit` where the command does not take these words."""
    parser, _ = command_line(words[:1])
    parser.parse_args(words)


def test_the_rows_with_a_counterpart_are_found_here(tmp_path: Path) -> None:
    """What the page on sustainability-scanner says is the same is found by the rule that it names."""
    [block] = mine_of("docs/migration/sustainability-scanner.md", "yaml")
    verdict = check_template(block.code, block, tmp_path)
    found = {(finding.rule, finding.resource.logical_id) for finding in verdict.findings}
    assert {("SIL005", "Database"), ("SIL005", "Function"), ("OBS004", "Logs")} <= found
