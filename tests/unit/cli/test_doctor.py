"""``lean-silicon doctor``: what it finds missing, what it says to do, and what it never shows or calls."""

from __future__ import annotations

import json
import os
import socket
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from lean_silicon.cli.diagnosis import catalogue as catalogue_module
from lean_silicon.cli.diagnosis import python_packages as packages_module
from lean_silicon.cli.diagnosis import toolchain as toolchain_module
from lean_silicon.cli.diagnosis import versions
from lean_silicon.cli.diagnosis.diagnosis import State
from lean_silicon.cli.main import main

Capture = pytest.CaptureFixture[str]
SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEY"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, no credentials, no tools, and no network."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()

    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tmp_path


def tool(folder: Path, name: str, says: str, code: int = 0) -> None:
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n", encoding="utf-8")
    path.chmod(0o755)


def npm_package(folder: Path, name: str, version: str) -> None:
    place = folder / "node_modules" / name
    place.mkdir(parents=True)
    (place / "package.json").write_text(json.dumps({"version": version}), encoding="utf-8")


def cdk_app(folder: Path, command: str = "npx ts-node bin/app.ts") -> None:
    (folder / "cdk.json").write_text(json.dumps({"app": command}), encoding="utf-8")


def diagnoses(capsys: Capture, *words: str, code: int = 0) -> dict[str, dict[str, Any]]:
    assert main(["doctor", "--format", "json", *words]) == code
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    states = [each["state"] for each in document["diagnoses"]]
    assert document["summary"] == {state: states.count(state) for state in ("good", "note", "mend")}
    return {each["name"]: each for each in document["diagnoses"]}


def test_templates_alone_need_neither_node_nor_the_cdk_nor_credentials(capsys: Capture) -> None:
    found = diagnoses(capsys)
    assert found["Node"]["state"] == found["CDK command line"]["state"] == "note"
    assert found["AWS credentials"]["state"] == "note"
    assert "templates are checked without it" in found["Node"]["found"]


def test_an_app_needs_node_the_command_line_and_its_packages(folder: Path, capsys: Capture) -> None:
    cdk_app(folder)
    found = diagnoses(capsys, code=1)
    for name in ("Node", "CDK command line", "aws-cdk-lib (npm)"):
        assert found[name]["state"] == "mend", name
        assert found[name]["remedy"]
    assert found["CDK command line"]["remedy"] == "npm install --save-dev aws-cdk@2.1148.1"
    assert found["synthesized app"]["state"] == "note"


def test_npx_makes_up_for_a_missing_command_line(folder: Path, capsys: Capture) -> None:
    cdk_app(folder)
    tool(folder, "npx", "11.0.0")
    told = diagnoses(capsys, code=1)["CDK command line"]
    assert told["state"] == "note"
    assert "npx --yes aws-cdk@2.1148.1 synth" in told["remedy"]


def test_an_app_with_all_it_needs_has_nothing_to_mend(folder: Path, capsys: Capture) -> None:
    cdk_app(folder)
    tool(folder, "node", "v24.1.0")
    npm_package(folder, "aws-cdk", "2.1148.1")
    npm_package(folder, "aws-cdk-lib", "2.275.0")
    (folder / "cdk.out").mkdir()
    (folder / "cdk.out" / "manifest.json").touch()
    found = diagnoses(capsys)
    assert found["CDK command line"]["found"] == "2.1148.1 in the app's node_modules"
    assert found["synthesized app"]["state"] == "good"


@pytest.mark.parametrize(
    ("says", "code", "state"),
    [
        ("v22.4.0", 0, "good"),
        ("v24.0.0", 0, "good"),
        ("v20.9.0", 0, "note"),
        ("v18.0.0", 0, "mend"),
        ("v25.1.0", 0, "note"),
        ("", 1, "mend"),
    ],
)
def test_node_is_judged_by_what_jsii_supports(says: str, code: int, state: str, folder: Path, capsys: Capture) -> None:
    cdk_app(folder)
    tool(folder, "node", says, code)
    assert diagnoses(capsys, code=1)["Node"]["state"] == state


@pytest.mark.parametrize(
    ("says", "state", "told"),
    [
        ("2.1148.1 (build abc)", "good", "2.1148.1"),
        ("2.1000.2 (build abc)", "note", "older than 2.1148.1"),
        ("3.0.0 (build abc)", "mend", "refuses the assemblies"),
    ],
)
def test_the_command_line_is_judged_by_known_good_and_bad_releases(
    says: str, state: str, told: str, folder: Path, capsys: Capture
) -> None:
    cdk_app(folder)
    tool(folder, "cdk", says)
    found = diagnoses(capsys, code=1)["CDK command line"]
    assert (found["state"], told in found["found"]) == (state, True)


def test_a_damaged_package_of_npm_counts_as_missing(folder: Path, capsys: Capture) -> None:
    cdk_app(folder)
    npm_package(folder, "aws-cdk-lib", "2.275.0")
    (folder / "node_modules" / "aws-cdk-lib" / "package.json").write_text("{", encoding="utf-8")
    assert diagnoses(capsys, code=1)["aws-cdk-lib (npm)"]["state"] == "mend"


@pytest.mark.parametrize(
    ("found", "state"), [(None, "note"), ("2.200.0", "mend"), ("2.275.0", "good"), ("3.0.0", "mend")], ids=str
)
def test_a_python_app_needs_the_cdk_within_the_bounds_of_this_package(
    found: str | None, state: str, folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    cdk_app(folder, "python3 app.py")
    real = versions.installed
    monkeypatch.setattr(packages_module, "installed", lambda name: found if name == "aws-cdk-lib" else real(name))
    told = diagnoses(capsys, code=1)["aws-cdk-lib"]
    assert told["state"] == state
    assert state == "good" or "pip install 'aws-cdk-lib>=2.275.0,<3'" in told["remedy"]


@pytest.mark.parametrize("found", [None, "1.26.0"], ids=str)
def test_what_only_asks_an_account_is_a_note(
    found: str | None, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages_module, "installed", lambda name: found if name == "boto3" else "7.0")
    monkeypatch.setattr(packages_module, "bounds", lambda name: ("1.44.5", None) if name == "boto3" else (None, None))
    told = diagnoses(capsys)["boto3"]
    assert told["state"] == "note"
    assert "pip install 'boto3>=1.44.5'" in told["remedy"]


def test_the_bounds_are_those_of_the_packages_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "requires", lambda _: ['aws-cdk-lib<3,>=2.275.0; extra == "cdk"', "PyYAML>=6.0.1"])
    assert versions.bounds("aws_cdk_lib") == ("2.275.0", "3")
    assert versions.bounds("pyyaml") == ("6.0.1", None)
    assert versions.bounds("unheard-of") == (None, None)


def test_a_source_tree_that_is_not_installed_has_no_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> list[str]:
        raise PackageNotFoundError

    monkeypatch.setattr(versions, "requires", missing)
    assert versions.bounds("PyYAML") == (None, None)


@pytest.mark.parametrize(("version", "within"), [("6.0.0", False), ("6.0.1", True), ("6.1", True), ("7.0rc1", False)])
def test_versions_are_compared_as_numbers(version: str, within: bool) -> None:
    assert versions.within(version, "6.0.1", "7") is within


def test_a_package_that_hides_the_cdks_is_found(folder: Path, capsys: Capture) -> None:
    cdk_app(folder, "python3 app.py")
    (folder / "constructs").mkdir()
    (folder / "constructs" / "__init__.py").touch()
    told = diagnoses(capsys, code=1)["package constructs"]
    assert told["state"] == "mend"
    assert "hides the CDK's package constructs" in told["found"]


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(packages_module, "LEAST_PYTHON", (sys.version_info.major, sys.version_info.minor + 1))
    assert diagnoses(capsys, code=1)["Python"]["state"] == "mend"


@pytest.mark.parametrize(
    ("contents", "says"),
    [("polcy = 'strict'", "did you mean 'policy'"), ("policy = ", "is not TOML"), ('ignore = ["SIL02"]', "'SIL02'")],
)
def test_wrong_settings_are_told_as_check_tells_them(contents: str, says: str, folder: Path, capsys: Capture) -> None:
    (folder / "lean-silicon.toml").write_text(contents, encoding="utf-8")
    told = diagnoses(capsys, code=1)["settings"]
    assert says in told["found"]
    assert str(folder / "lean-silicon.toml") in told["found"]


def test_the_region_comes_from_the_settings_or_the_environment(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert diagnoses(capsys)["region"]["state"] == "note"
    monkeypatch.setenv("AWS_REGION", "eu-west-9")
    assert "'eu-west-9' of AWS_REGION is not known" in diagnoses(capsys, code=1)["region"]["found"]
    (folder / "lean-silicon.toml").write_text('region = "eu-west-1"', encoding="utf-8")
    assert diagnoses(capsys)["region"]["found"] == "eu-west-1 of the settings"


def test_old_data_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    later, *_ = catalogue_module.catalogue(date(2099, 1, 1))
    assert later.state is State.NOTE
    assert "days old" in later.found
    assert "catalog refresh" in later.remedy


def test_an_overlay_that_cannot_be_read_is_told(folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAN_SILICON_CACHE", str(folder))
    monkeypatch.setenv("LEAN_SILICON_OVERLAY", "on")
    assert diagnoses(capsys)["overlay"]["found"] == "none: packaged prices and offers"
    (folder / "catalog-overlay.json").write_text("{", encoding="utf-8")
    told = diagnoses(capsys, code=1)["overlay"]
    assert "is damaged" in told["found"]
    assert "--clear" in told["remedy"]


def test_credentials_are_named_and_never_shown(folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = folder / "home" / ".aws"
    aws.mkdir(parents=True)
    (aws / "credentials").write_text(
        f"[team]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = {SECRET}\n", encoding="utf-8"
    )
    (aws / "config").write_text("[profile other]\nregion = eu-west-1\n[sso-session s]\n", encoding="utf-8")
    told = diagnoses(capsys)["AWS credentials"]
    assert told["remedy"].endswith("to one of other, team")
    monkeypatch.setenv("AWS_PROFILE", "taem")
    told = diagnoses(capsys, code=1)["AWS credentials"]
    assert told["found"] == "AWS_PROFILE is 'taem'; profiles are: other, team"
    monkeypatch.setenv("AWS_PROFILE", "team")
    assert diagnoses(capsys)["AWS credentials"]["found"] == "profile team"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    assert diagnoses(capsys, code=1)["AWS credentials"]["state"] == "mend"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    assert main(["doctor", "--verbose"]) == 0
    captured = capsys.readouterr()
    for text in (captured.out, captured.err):
        assert SECRET not in text
        assert "AKIAEXAMPLE" not in text


def test_a_broken_configuration_is_told_without_quoting_it(folder: Path, capsys: Capture) -> None:
    aws = folder / "home" / ".aws"
    aws.mkdir(parents=True)
    (aws / "credentials").write_text(f"aws_secret_access_key = {SECRET}\n", encoding="utf-8")
    assert main(["doctor"]) == 1
    captured = capsys.readouterr()
    assert "the AWS configuration cannot be read" in captured.out
    assert SECRET not in captured.out + captured.err


@pytest.mark.parametrize("variable", ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"])
def test_the_role_of_a_job_counts(variable: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "x")
    assert diagnoses(capsys)["AWS credentials"]["state"] == "good"


def test_aws_is_asked_only_where_that_was_asked_for(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network refuses in all these tests; with moto, which answers in the process, AWS says who it is."""
    moto = pytest.importorskip("moto")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    assert "AWS account" not in diagnoses(capsys)
    with moto.mock_aws():
        told = diagnoses(capsys, "--ask-aws")["AWS account"]
    assert told["found"].startswith("123456789012 as arn:aws:sts::")


def test_without_credentials_asking_says_how_to_set_them_up(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("boto3")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    told = diagnoses(capsys, "--ask-aws", code=1)["AWS account"]
    assert told["state"] == "mend"
    assert "no AWS credentials found" in told["found"]


def test_the_text_says_state_thing_and_remedy_and_counts(folder: Path, capsys: Capture) -> None:
    cdk_app(folder)
    assert main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    node = next(line for line in lines if " Node " in line)
    assert node.startswith("mend  Node ")
    assert lines[lines.index(node) + 1].strip().startswith("-> install Node 22 or 24")
    assert lines[-1].startswith("3 to mend, ")


def test_quiet_shows_only_what_must_be_mended(folder: Path, capsys: Capture) -> None:
    assert main(["doctor", "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    cdk_app(folder)
    assert main(["doctor", "--quiet"]) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert {line.split()[0] for line in lines} == {"mend"}


def test_a_folder_that_is_not_there_is_bad_usage(capsys: Capture) -> None:
    assert main(["doctor", "missing"]) == 2
    assert "there is no such folder" in capsys.readouterr().err


def test_the_releases_named_are_those_that_this_project_pins(root: Path) -> None:
    package = json.loads((root / "package.json").read_text(encoding="utf-8"))
    assert package["devDependencies"]["aws-cdk"] == toolchain_module._TESTED_CDK
    assert f"aws-cdk@{toolchain_module._TESTED_CDK}" == toolchain_module.CDK_COMMAND_LINE
