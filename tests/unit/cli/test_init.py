"""``lean-silicon init``: what it finds, what it writes, that this works as written, and that nothing is overwritten."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from sample_templates import endpoint

from lean_silicon.cli import init
from lean_silicon.cli.configuration import read_configuration
from lean_silicon.cli.main import main
from lean_silicon.cli.starting.installation import Installation, this_installation
from lean_silicon.cli.starting.project import look_at
from lean_silicon.cli.starting.settings_file import settings_text
from lean_silicon.rules import Settings, read_policy, rule_ids

Capture = pytest.CaptureFixture[str]
WORKFLOW = ".github/workflows/lean-silicon.yml"
APPS = {
    "typescript": (
        "npx ts-node --prefer-ts-exts bin/app.ts",
        {"package.json": '{"devDependencies": {"aws-cdk": "2"}}', "package-lock.json": "{}"},
    ),
    "python": ("python3 app.py", {"requirements.txt": "aws-cdk-lib\n"}),
    "java": ("mvn -e -q compile exec:java", {"pom.xml": "<project/>"}),
    "go": ("go mod download && go run infra.go", {"go.mod": "module infra\n"}),
    "csharp": ("dotnet run --project src/Infra/Infra.csproj", {}),
    "javascript": ("node bin/app.js", {"package.json": "{}", "yarn.lock": ""}),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def with_our_command(**variables: str) -> dict[str, str]:
    """The environment with the command of these tests first on the PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, **variables}


def templates(folder: Path, types: str = "ml.inf2.xlarge") -> None:
    (folder / "templates").mkdir()
    (folder / "templates" / "endpoint.json").write_text(json.dumps({"Resources": endpoint(types)}), encoding="utf-8")


def app(folder: Path, language: str) -> None:
    command, files = APPS[language]
    folder.mkdir(exist_ok=True)
    (folder / "cdk.json").write_text(json.dumps({"app": command}), encoding="utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps(path: Path) -> list[dict[str, Any]]:
    (job,) = read(path)["jobs"].values()
    return list(job["steps"])


def commands(path: Path) -> list[str]:
    return [step["run"].strip() for step in steps(path) if "run" in step]


def test_templates_get_settings_a_workflow_and_a_hook(folder: Path, capsys: Capture) -> None:
    templates(folder)
    assert main(["init"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(
        f"wrote        lean-silicon.toml\nwrote        {WORKFLOW}\nwrote        .pre-commit-config.yaml\n"
    )
    assert "  lean-silicon check templates\n  pre-commit install\n" in captured.out
    assert "holds templates: templates" in captured.err


def test_the_settings_are_read_back_and_say_the_defaults(folder: Path) -> None:
    assert main(["init", "--only", "settings"]) == 0
    contents, where = read_configuration(None)
    assert where == str(folder / "lean-silicon.toml")
    assert read_policy(contents, rule_ids(), where=where).settings == Settings()


def test_every_line_of_the_settings_can_be_switched_on(folder: Path) -> None:
    text = settings_text(look_at(folder))
    on = re.sub(r"^# (?=\[|[a-z_]+ = )", "", text, flags=re.MULTILINE)
    # The tables of the middle come after the top-level keys, so that their order must hold when all are on.
    (folder / "on.toml").write_text(on, encoding="utf-8")
    contents, where = read_configuration("on.toml")
    policy = read_policy(contents, rule_ids(), where=where)
    assert set(contents["settings"]) == {setting.name for setting in fields(Settings)}
    assert policy.settings == Settings()
    assert policy.region == "eu-west-1"
    assert policy.overrides[0].name == "advisory"


def test_the_commands_of_the_workflow_run_as_they_are_written(folder: Path) -> None:
    templates(folder, "ml.p4d.24xlarge")
    assert main(["init", "--ci", "github"]) == 0
    install, *checks = commands(folder / WORKFLOW)
    assert re.fullmatch(r'python -m pip install "lean-silicon.*"', install)
    environment = with_our_command(GITHUB_STEP_SUMMARY="summary.md")
    done = [
        subprocess.run(
            ["bash", "-eo", "pipefail", "-c", command], capture_output=True, text=True, check=False, env=environment
        )
        for command in checks
    ]
    assert [each.returncode for each in done] == [1, 0]
    assert done[0].stdout.startswith("::error file=templates/endpoint.json,")
    assert (folder / "summary.md").read_text(encoding="utf-8").startswith("### lean-silicon: 1 error")


def test_the_table_is_written_also_where_the_check_failed(folder: Path) -> None:
    templates(folder)
    main(["init"])
    assert steps(folder / WORKFLOW)[-1]["if"] == "${{ !cancelled() }}"


@pytest.mark.parametrize(
    ("language", "tools", "first"),
    [
        ("typescript", [], "npm ci\nnpx cdk synth --quiet"),
        ("python", [], "python -m pip install -r requirements.txt\nnpx --yes aws-cdk@2.1148.1 synth --quiet"),
        ("java", ["actions/setup-java@v4"], "npx --yes aws-cdk@2.1148.1 synth --quiet"),
        ("go", ["actions/setup-go@v5"], "npx --yes aws-cdk@2.1148.1 synth --quiet"),
        ("csharp", ["actions/setup-dotnet@v4"], "npx --yes aws-cdk@2.1148.1 synth --quiet"),
        (
            "javascript",
            [],
            "corepack enable && yarn install --immutable\nnpx --yes aws-cdk@2.1148.1 synth --quiet",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value in APPS else "",
)
def test_an_app_is_synthesized_with_the_tools_of_its_language(
    language: str, tools: list[str], first: str, folder: Path, capsys: Capture
) -> None:
    app(folder, language)
    assert main(["init"]) == 0
    assert f"is a CDK app ({language})" in capsys.readouterr().err
    uses = [step["uses"] for step in steps(folder / WORKFLOW) if "uses" in step]
    assert uses == ["actions/checkout@v4", "actions/setup-python@v5", "actions/setup-node@v4", *tools]
    assert [step["name"] for step in steps(folder / WORKFLOW) if step.get("if") == "${{ !cancelled() }}"] == [
        "Check",
        "Table in the summary of the run",
    ]
    install, synthesis, *_ = commands(folder / WORKFLOW)
    assert install.startswith("python -m pip install"), "before the synthesis, in which the checks may run too"
    assert synthesis == first
    assert "lean-silicon check cdk.out --format github" in commands(folder / WORKFLOW)


def test_a_python_app_that_names_no_requirements_is_told_so(folder: Path, capsys: Capture) -> None:
    (folder / "cdk.json").write_text('{"app": "python3 app.py"}', encoding="utf-8")
    assert main(["init"]) == 0
    assert "no requirements.txt or pyproject.toml" in capsys.readouterr().err
    assert commands(folder / WORKFLOW)[1].startswith("python -m pip install aws-cdk-lib constructs   #")


def test_the_output_folder_of_the_app_is_checked(folder: Path) -> None:
    (folder / "cdk.json").write_text('{"app": "python3 app.py", "output": "build/out"}', encoding="utf-8")
    main(["init"])
    assert "lean-silicon check build/out --format github" in commands(folder / WORKFLOW)


def test_an_app_in_a_folder_is_checked_there_and_by_a_workflow_of_its_own(folder: Path, capsys: Capture) -> None:
    app(folder / "infra", "typescript")
    assert main(["init", "--dry-run"]) == 0
    assert "'lean-silicon init infra' sets it up" in capsys.readouterr().err
    assert main(["init", "infra"]) == 0
    workflow = folder / ".github" / "workflows" / "lean-silicon-infra.yml"
    (job,) = read(workflow)["jobs"].values()
    assert job["defaults"]["run"]["working-directory"] == "infra"
    (hook,) = read(folder / ".pre-commit-config.yaml")["repos"][0]["hooks"]
    assert hook["entry"] == "bash -c 'cd infra && npx cdk synth --quiet && lean-silicon check cdk.out --quiet'"
    assert hook["stages"] == ["pre-push"]
    assert (folder / "infra" / "lean-silicon.toml").is_file()


def test_pre_commit_takes_the_hook_and_runs_it(folder: Path) -> None:
    templates(folder, "ml.p4d.24xlarge")
    (folder / ".git").rmdir()
    tools = with_our_command(PRE_COMMIT_HOME=str(folder / ".cache"))
    subprocess.run(["git", "init", "-q", "."], check=True)
    assert main(["init", "--only", "hook"]) == 0
    subprocess.run(["git", "add", "templates", ".pre-commit-config.yaml"], check=True)
    validated = subprocess.run([sys.executable, "-m", "pre_commit", "validate-config"], env=tools, check=False)
    assert validated.returncode == 0
    if this_installation().local is None:
        return  # the hook would install the release of the package index, which is not what is tested here
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run"], capture_output=True, text=True, env=tools, check=False
    )
    assert done.returncode == 1
    assert "error SIL002 Endpoint in templates/endpoint.json" in done.stdout


def test_gitlab_is_seen_by_its_pipeline_or_its_remote(folder: Path) -> None:
    assert look_at(folder).forge == "github"
    (folder / ".git" / "config").write_text(
        '[remote "origin"]\n\turl = git@gitlab.example.com:a/b.git\n', encoding="utf-8"
    )
    assert look_at(folder).forge == "gitlab"
    (folder / ".github").mkdir()
    assert look_at(folder).forge == "github"
    (folder / ".gitlab-ci.yml").touch()
    assert look_at(folder).forge == "gitlab"


def test_a_gitlab_job_reports_code_quality_and_runs_as_it_is_written(folder: Path) -> None:
    templates(folder)
    assert main(["init", "--ci", "gitlab", "--only", "ci"]) == 0
    job = read(folder / ".gitlab-ci.yml")["lean-silicon"]
    assert job["artifacts"]["reports"]["codequality"] == "gl-code-quality-report.json"
    environment = with_our_command()
    for command in job["script"]:
        subprocess.run(["bash", "-ec", command], check=True, env=environment)
    assert isinstance(json.loads((folder / "gl-code-quality-report.json").read_text(encoding="utf-8")), list)


def test_a_pipeline_keeps_what_it_says_and_its_stages(folder: Path, capsys: Capture) -> None:
    templates(folder)
    standing = "stages: [build, deploy]\n# stays\nother:\n  script: [a]\n  rules: [!reference [.x, rules]]\n"
    (folder / ".gitlab-ci.yml").write_text(standing, encoding="utf-8")
    assert main(["init", "--only", "ci"]) == 1
    assert "--force adds it" in capsys.readouterr().out
    assert (folder / ".gitlab-ci.yml").read_text(encoding="utf-8") == standing
    assert main(["init", "--only", "ci", "--force"]) == 0
    text = (folder / ".gitlab-ci.yml").read_text(encoding="utf-8")
    assert text.startswith(standing)
    assert "\n  stage: deploy\n" in text
    assert main(["init", "--only", "ci"]) == 0, "it is there now"


@pytest.mark.parametrize("indent", ["", "  ", "    "])
def test_a_pre_commit_configuration_keeps_what_it_says(indent: str, folder: Path, capsys: Capture) -> None:
    path = folder / ".pre-commit-config.yaml"
    standing = f"# ours\nrepos:\n{indent}- repo: meta\n{indent}  hooks:\n{indent}    - id: identity\n"
    path.write_text(standing, encoding="utf-8")
    assert main(["init", "--only", "hook"]) == 1
    assert "+" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == standing
    assert main(["init", "--only", "hook", "--force"]) == 0
    assert path.read_text(encoding="utf-8").startswith(standing)
    assert [each["hooks"][0]["id"] for each in read(path)["repos"]] == ["identity", "lean-silicon"]
    before = path.read_text(encoding="utf-8")
    assert main(["init", "--only", "hook", "--force"]) == 0
    assert path.read_text(encoding="utf-8") == before


def test_two_projects_of_a_repository_do_not_stand_in_for_each_other(folder: Path) -> None:
    for name in ("api", "jobs"):
        app(folder / name, "typescript")
        assert main(["init", name, "--ci", "gitlab", "--force"]) == 0
    assert list(read(folder / ".gitlab-ci.yml")) == ["lean-silicon-api", "lean-silicon-jobs"]
    hooks = [hook["id"] for each in read(folder / ".pre-commit-config.yaml")["repos"] for hook in each["hooks"]]
    assert hooks == ["lean-silicon-api", "lean-silicon-jobs"]


def test_the_ends_of_lines_stay_as_they_are(folder: Path) -> None:
    path = folder / ".pre-commit-config.yaml"
    standing = b"repos:\r\n  - repo: meta\r\n    hooks: [{id: identity}]\r\n"
    path.write_bytes(standing)
    assert main(["init", "--only", "hook", "--force"]) == 0
    assert path.read_bytes().startswith(standing)
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")
    settings = folder / "lean-silicon.toml"
    assert main(["init", "--only", "settings"]) == 0
    settings.write_bytes(settings.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["init", "--only", "settings"]) == 0, "it says the same"


def test_a_file_of_comments_alone_is_continued(folder: Path) -> None:
    path = folder / ".pre-commit-config.yaml"
    path.write_text("# later\n", encoding="utf-8")
    assert main(["init", "--only", "hook", "--force"]) == 0
    assert path.read_text(encoding="utf-8").startswith("# later\nrepos:\n")


@pytest.mark.parametrize("standing", ["- a list\n", "a text\n", "other: [\n"], ids=["list", "text", "broken"])
def test_a_pipeline_that_is_none_is_left_to_its_owner(standing: str, folder: Path, capsys: Capture) -> None:
    (folder / ".gitlab-ci.yml").write_text(standing, encoding="utf-8")
    assert main(["init", "--only", "ci", "--force"]) == 1
    assert (folder / ".gitlab-ci.yml").read_text(encoding="utf-8") == standing


@pytest.mark.parametrize(
    "standing",
    [
        "repos:\n  - repo: meta\n    hooks: [{id: identity}]\nci:\n  skip: [identity]\n",
        "repos: [{repo: meta, hooks: [{id: identity}]}]\n",
        "repos: [\n",
        "just a text\n",
    ],
    ids=["list not last", "flow style", "broken", "no mapping"],
)
def test_what_cannot_be_continued_safely_is_left_to_its_owner(standing: str, folder: Path, capsys: Capture) -> None:
    path = folder / ".pre-commit-config.yaml"
    path.write_text(standing, encoding="utf-8")
    assert main(["init", "--only", "hook", "--force"]) == 1
    assert path.read_text(encoding="utf-8") == standing
    shown = capsys.readouterr().out
    assert "add it by hand" in shown
    assert "- id: lean-silicon" in shown


def test_files_of_our_own_are_overwritten_only_by_force(folder: Path, capsys: Capture) -> None:
    (folder / "lean-silicon.toml").write_text('policy = "strict"\n', encoding="utf-8")
    assert main(["init", "--only", "settings"]) == 1
    shown = capsys.readouterr().out
    assert "left alone   lean-silicon.toml" in shown
    assert '    -policy = "strict"' in shown
    assert (folder / "lean-silicon.toml").read_text(encoding="utf-8") == 'policy = "strict"\n'
    assert main(["init", "--only", "settings", "--force"]) == 0
    assert 'policy = "recommended"' in (folder / "lean-silicon.toml").read_text(encoding="utf-8")


def test_settings_that_hold_here_are_not_shadowed(folder: Path, capsys: Capture) -> None:
    (folder / "pyproject.toml").write_text('[tool.lean-silicon]\npolicy = "strict"\n', encoding="utf-8")
    (folder / "below").mkdir()
    assert main(["init", "below", "--only", "settings"]) == 0
    assert "pyproject.toml holds here" in capsys.readouterr().out
    assert list((folder / "below").iterdir()) == []


def test_a_dry_run_shows_all_and_writes_nothing(folder: Path, capsys: Capture) -> None:
    templates(folder)
    before = sorted(folder.rglob("*"))
    assert main(["init", "--dry-run"]) == 0
    assert sorted(folder.rglob("*")) == before
    shown = capsys.readouterr().out
    assert "would write  lean-silicon.toml" in shown
    assert "    repos:\n" in shown


def test_where_nothing_is_to_be_checked_yet_that_is_said(folder: Path, capsys: Capture) -> None:
    assert main(["init"]) == 0
    assert "no cdk.json and no CloudFormation template yet" in capsys.readouterr().err


@pytest.mark.parametrize("contents", ["{", "[]"])
def test_a_cdk_json_that_cannot_be_read_is_named(contents: str, folder: Path, capsys: Capture) -> None:
    (folder / "cdk.json").write_text(contents, encoding="utf-8")
    assert main(["init"]) == 2
    assert "cdk.json" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named(folder: Path, capsys: Capture) -> None:
    assert main(["init", "missing"]) == 2
    assert "there is no such folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        (None, Installation("lean-silicon==0.1.0")),
        ({"url": "file:///somewhere", "dir_info": {}}, Installation("lean-silicon==0.1.0", "a folder")),
        (
            {"url": "https://example.com/x.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
            Installation("lean-silicon @ git+https://example.com/x.git@abc"),
        ),
        (
            {"url": "https://user:token@example.com/x.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
            Installation("lean-silicon==0.1.0", "a private address"),
        ),
    ],
    ids=["index", "folder", "repository", "with a token"],
)
def test_ci_installs_from_where_this_was_installed_and_never_with_a_secret(
    recorded: dict[str, Any] | None, expected: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Distribution:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return None if recorded is None else json.dumps(recorded)

    monkeypatch.setattr("lean_silicon.cli.starting.installation.distribution", lambda _: Distribution())
    monkeypatch.setattr("lean_silicon.cli.starting.installation.__version__", "0.1.0")
    assert this_installation() == expected


def test_a_package_of_an_index_is_what_the_hook_installs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init, "this_installation", lambda: Installation("lean-silicon==9.9.9"))
    assert main(["init", "--only", "hook"]) == 0
    (hook,) = read(folder / ".pre-commit-config.yaml")["repos"][0]["hooks"]
    assert (hook["language"], hook["additional_dependencies"]) == ("python", ["lean-silicon==9.9.9"])


def test_names_that_yaml_or_a_shell_would_mistake_are_quoted(folder: Path) -> None:
    name = "it's: a #1 place"
    (folder / name).mkdir()
    (folder / name / "endpoint.json").write_text(
        json.dumps({"Resources": endpoint("ml.inf2.xlarge")}), encoding="utf-8"
    )
    assert main(["init"]) == 0
    environment = with_our_command()
    check = commands(folder / WORKFLOW)[1]
    assert subprocess.run(["bash", "-ec", check], capture_output=True, check=False, env=environment).returncode == 0
