"""What a stranger may put into a pull request, given to the command itself: it answers, and does nothing but answer."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harmless_output import require_harmless
from watched_process import watched

from lean_silicon.cli.main import main
from lean_silicon.reports import FORMATS

ENDPOINT = {
    "Type": "AWS::SageMaker::EndpointConfig",
    "Properties": {"ProductionVariants": [{"VariantName": "v", "ModelName": "m", "InstanceType": "ml.p4d.24xlarge"}]},
}
SECRET = "VerySecretValueOfTheEnvironment"


def bomb(levels: int, width: int) -> str:
    """YAML aliases of aliases: `width` to the power of `levels` values."""
    lines = ["a0: &a0 [x]"] + [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * width)}]" for at in range(1, levels)]
    return "\n".join([*lines, "Resources: {}"])


def nested(function: str, depth: int, innermost: Any = "x") -> Any:
    """A function in itself, both of its branches alike."""
    value = innermost
    for _ in range(depth):
        value = {function: ["C", value, value]} if function == "Fn::If" else {function: ["", [value, value]]}
    return value


def template(properties: Any = None, **sections: Any) -> str:
    """A template with an endpoint, whose instance type is this expression."""
    variant = {"VariantName": "v", "ModelName": "m", "InstanceType": properties or "ml.p4d.24xlarge"}
    config = {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"ProductionVariants": [variant]}}
    return json.dumps({"Resources": {"Config": config}, **sections})


LOOPS: Any = {"K${I}${J}${L}${M}": {"Type": "AWS::S3::Bucket"}}
for letter in "MLJI":
    LOOPS = {f"Fn::ForEach::{letter}": [letter, [str(item) for item in range(50)], LOOPS]}

BOMBS: dict[str, str | bytes] = {
    "aliases of aliases": bomb(40, 10),
    "many merge keys": "\n".join(f"a{at}: &a{at} {{k{at}: 1}}" for at in range(10_000))
    + f"\nm: {{<<: [{', '.join(f'*a{at}' for at in range(10_000))}]}}\nResources: {{}}",
    "functions of aliases": "\n".join(
        ["a0: &a0 {'Fn::Join': ['', [x, x]]}"]
        + [f"a{at}: &a{at} {{'Fn::Join': ['', [*a{at - 1}, *a{at - 1}]]}}" for at in range(1, 18)]
        + ["Resources: {A: {Type: 'AWS::EC2::Instance', Properties: {InstanceType: *a17}}}"]
    ),
    "an alias in itself": "Resources: &a {A: *a}",
    "deep JSON": '{"Resources": ' + '{"a": ' * 100_000 + "1" + "}" * 100_001,
    "deep YAML": "Resources: " + "[" * 100_000,
    "deep YAML blocks": "\n".join(" " * at + "a:" for at in range(3_000)),
    "1e400": '{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": {"N": 1e400}}}}',
    "an endless number": '{"Resources": {"A": {"Type": "T::A::B", "N": ' + "9" * 1_000_000 + "}}}",
    "an endless YAML number": "Resources: {A: {Type: 'AWS::EC2::Instance', Properties: {N: " + "9" * 100_000 + "}}}",
    "NaN": '{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": {"N": NaN}}}}',
    "Python objects": "Resources: !!python/object/apply:os.system ['touch pwned']",
    "other tags": "Resources: !<tag:yaml.org,2002:python/object/new:subprocess.Popen> [[touch, pwned]]",
    "loops in loops": json.dumps({"Transform": "AWS::LanguageExtensions", "Resources": LOOPS}),
    "an Fn::Sub of itself": template({"Fn::Sub": ["${A}${A}", {"A": nested("Fn::Join", 12)}]}),
    "Fn::Join doubled": template(nested("Fn::Join", 14)),
    "Fn::If doubled": template(nested("Fn::If", 14), Conditions={"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}}),
    "conditions in a circle": template(
        {"Fn::If": ["A", 1, 2]}, Conditions={"A": {"Condition": "B"}, "B": {"Fn::Not": [{"Condition": "A"}]}}
    ),
    "an Fn::Sub whose variable does not end": template({"Fn::Sub": "${" + "a" * 300_000}),
    "a long Fn::Sub": template({"Fn::Sub": "${" * 300_000}),
    "a definition that is a long Fn::Sub": json.dumps(
        {
            "Resources": {
                "M": {
                    "Type": "AWS::StepFunctions::StateMachine",
                    "Properties": {"DefinitionString": {"Fn::Sub": "${" * 300_000}},
                }
            }
        }
    ),
    "1e400 in a document": json.dumps(
        {
            "Resources": {
                "M": {
                    "Type": "AWS::StepFunctions::StateMachine",
                    "Properties": {
                        "DefinitionString": '{"States": {"A": {"Type": "Task", '
                        '"Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", '
                        '"Parameters": {"ResourceConfig": {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1e400}}}}}'
                    },
                }
            }
        }
    ),
    "a name of a million letters": json.dumps({"Resources": {"A" * 1_000_000: ENDPOINT}}),
    "half a character": '{"Resources": {"\\ud800": ' + json.dumps(ENDPOINT) + "}}",
    "bytes": b"\xff\xfe{\x00",
    "zeros": b"\0" * 1_000_000,
    "blanks": " " * 1_000_000 + "Resources",
}  # fmt: skip


def names_in(folder: Path) -> list[str]:
    """What lies there."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own to stand in, and an environment with something to hide."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for name in ("AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "SOME_PASSWORD"):
        monkeypatch.setenv(name, SECRET)
    return work


@pytest.mark.parametrize("name", BOMBS)
def test_it_answers_whatever_it_is_given(
    name: str, elsewhere: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = BOMBS[name]
    content = given if isinstance(given, bytes) else given.encode()
    file = elsewhere / ("template.json" if content.startswith(b"{") else "template.yaml")
    file.write_bytes(content)
    with watched() as seen:
        for command in (["check"], ["check", "--format", "json"], ["estimate"]):
            assert main([*command, str(file)]) in (0, 1, 2)
        assert main(["diff", str(file), str(file)]) in (0, 2)
        assert main(["report", str(file), "--output", str(tmp_path / "report.html")]) in (0, 1, 2)
    assert SECRET not in (tmp_path / "report.html").read_text(encoding="utf-8")
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err
    assert SECRET not in told.out + told.err
    assert (seen.started, seen.called) == ([], [])
    assert names_in(elsewhere) == [file.name]


INJECTIONS = (
    "\x1b]0;title\x07\x1b[2J\x1b[31m", "\x9b31m\x85", "\u202e\u2066cba", "\r::error::x", "\n::stop-commands::x", "  ::add-mask::a",
    "##[group]x", "##vso[task.setvariable variable=a]b", "[click](https://evil.example)", "![x](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "@everyone #1 www.evil.example", "| a | b |\n|---|---|", "]]><!--",
    "`x` **y** ~~z~~ $x$", "&lt;b&gt;", "\ud83d", "\0", "{{7*7}} ${{ secrets.GITHUB_TOKEN }}", "=cmd|' /C calc'!A0",
)  # fmt: skip


def poisoned(text: str) -> dict[str, Any]:
    """A template that says something everywhere where a report may quote it."""
    declaration = {
        "Workload": {"Task": text, "Parameters": text, "Requires": ["cuda"], "Reason": text},
        "Acknowledge": [{"Id": "SIL002", "Reason": text}, {"Id": text, "Reason": "long enough a reason"}],
        text: text,
    }
    again = {
        **ENDPOINT,
        "Metadata": {"aws:cdk:path": f"Stack/{text}", "LeanSilicon": declaration},
        "Condition": text,
    }
    return {
        "Parameters": {text: {"Type": "String"}},
        "Conditions": {text: {"Fn::Equals": [{"Ref": text}, text]}},
        "Metadata": {"LeanSilicon": declaration},
        "Transform": [text],
        "Resources": {
            f"A{text}": again,
            f"B{text}": {"Type": f"AWS::EC2::Instance{text}", "Properties": {"InstanceType": text}},
            "C": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": f"p3.16xlarge{text}"}},
            "D": {"Type": "AWS::SageMaker::NotebookInstance", "Properties": {"InstanceType": text}},
            "E": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": {"Ref": text}}},
            "F": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "p3.16xlarge"}, "Metadata": {"LeanSilicon": declaration}},
            "G": {"Type": text, "Properties": text},
            text: text,
        },
    }  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS, ids=range(len(INJECTIONS)))
def test_nothing_that_shows_a_report_obeys_a_template(
    text: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "".join(character for character in text if character not in "\0/\ud83d")[:100]
    file = elsewhere / f"t {name}.json"
    file.write_text(json.dumps(poisoned(text)))
    nothing = elsewhere / "nothing.json"
    nothing.write_text('{"Resources": {}}')
    commands = [("text" if style == "text" else style, ["check", "--format", style, str(file)]) for style in FORMATS]
    commands += [(style, ["estimate", "--format", style, str(file)]) for style in ("text", "json", "markdown")]
    commands += [
        (style, ["diff", "--format", style, str(nothing), str(file)]) for style in ("text", "json", "markdown")
    ]
    commands += [("text", ["check", str(elsewhere / f"no {name}")])]
    commands += [("text", ["--verbose", "check", "--config", str(elsewhere / f"no {name}"), str(file)])]
    for style, command in commands:
        assert main(command) in (0, 1, 2)
        told = capsys.readouterr()
        require_harmless(style, told.out.removesuffix("\n"))
        require_harmless("text", told.err)
        assert SECRET not in told.out + told.err


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that nobody gave, with a template in it that would be found if it were read."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.json").write_text(json.dumps({"Resources": {"StolenResource": ENDPOINT}}))
    (folder / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": {}}))
    return folder


def a_link_to_a_file(work: Path, outside: Path) -> str:
    (work / "t.json").symlink_to(outside / "secret.json")
    return "."


def a_link_to_a_folder(work: Path, outside: Path) -> str:
    (work / "inner").symlink_to(outside, target_is_directory=True)
    return "."


def a_manifest_that_is_a_link(work: Path, outside: Path) -> str:
    (work / "manifest.json").symlink_to(outside / "manifest.json")
    (work / "cdk.out").write_text("{}")
    return "."


def assembly(**changes: Any) -> Callable[[Path, Path], str]:
    """An assembly whose files name something outside of it: ``OUT`` stands for the relative path, ``ABS`` for the absolute one."""

    def make(work: Path, outside: Path) -> str:
        stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "/" + "0" * 64 + ".json"}}
        metadata: dict[str, Any] = {"aws:asset:path": changes["asset"]} if "asset" in changes else {}
        if "url" in changes:
            stack["Properties"] = {"TemplateURL": changes["url"]}
        artifacts = {
            "Main": {
                "type": "aws:cloudformation:stack",
                "properties": {"templateFile": changes.get("template", "Main.template.json")},
                "additionalMetadataFile": changes.get("metadata", "m.json"),
            },
            "Inner": {"type": "cdk:cloud-assembly", "properties": {"directoryName": changes.get("directory", "none")}},
            "Assets": {"type": "cdk:asset-manifest", "properties": {"file": changes.get("assets", "a.json")}},
        }
        nested_stack = {"/Main/N.NestedStack/N.NestedStackResource": [{"type": "aws:cdk:logicalId", "data": "N"}]}
        if "nested" in changes:
            nested_stack["/Main/N"] = [{"type": "aws:cdk:templateFile", "data": changes["nested"]}]
        files = {
            "manifest.json": {"version": "1", "artifacts": artifacts},
            "cdk.out": {},
            "Main.template.json": {"Resources": {"N": {**stack, "Metadata": metadata}}},
            "m.json": nested_stack,
            "a.json": {"files": {"0" * 64: {"source": {"path": changes.get("source", "none.json")}}}},
        }
        for name, contents in files.items():
            text = json.dumps(contents).replace("OUT", "../outside").replace("ABS", str(outside))
            (work / name).write_text(text)
        if changes.get("link"):
            (work / "link.json").symlink_to(outside / "secret.json")
        return "."

    return make


TRICKS: dict[str, Callable[[Path, Path], str]] = {
    "a link to a file": a_link_to_a_file,
    "a link to a folder": a_link_to_a_folder,
    "a manifest that is a link": a_manifest_that_is_a_link,
    "templateFile above": assembly(template="OUT/secret.json"),
    "templateFile absolute": assembly(template="ABS/secret.json"),
    "templateFile a link": assembly(template="link.json", link=True),
    "metadata above": assembly(metadata="OUT/secret.json"),
    "metadata a link": assembly(metadata="link.json", link=True),
    "directoryName above": assembly(directory="OUT"),
    "directoryName absolute": assembly(directory="ABS"),
    "asset manifest above": assembly(assets="OUT/secret.json"),
    "asset's source above": assembly(source="OUT/secret.json"),
    "asset path above": assembly(asset="OUT/secret.json"),
    "asset path absolute": assembly(asset="ABS/secret.json"),
    "asset path a link": assembly(asset="link.json", link=True),
    "nested template above": assembly(nested="OUT/secret.json"),
    "TemplateURL a file": assembly(url="file://ABS/secret.json"),
    "TemplateURL above": assembly(url="OUT/secret.json"),
    "TemplateURL elsewhere": assembly(url="http://127.0.0.1:9/secret.json"),
}


@pytest.mark.parametrize("name", TRICKS)
def test_no_file_is_opened_that_was_not_given(
    name: str, elsewhere: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = TRICKS[name](elsewhere, outside)
    before = names_in(elsewhere)
    with watched() as seen:
        for style in ("text", "json", "sarif"):
            assert main(["check", given, "--format", style]) in (0, 1, 2)
        assert main(["estimate", given]) in (0, 2)
        assert main(["diff", given, given]) in (0, 2)
    told = capsys.readouterr()
    assert [path for path in seen.opened if Path(path).is_relative_to(outside)] == []
    assert "StolenResource" not in told.out + told.err
    assert (seen.started, seen.called) == ([], [])
    assert names_in(elsewhere) == before


def test_what_is_watched_would_be_seen(tmp_path: Path) -> None:
    file = tmp_path / "seen"
    with watched() as seen:
        file.write_text("x")
        os.system("true")
        with pytest.raises(OSError, match=r"."):
            __import__("socket").create_connection(("127.0.0.1", 1), timeout=1)
    assert str(file.resolve()) in seen.opened
    assert str(file.resolve()) in seen.written
    assert seen.started
    assert seen.called


def test_a_file_that_is_given_as_a_link_is_never_quoted(
    elsewhere: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key").write_text("TopSecretKeyMaterial")
    (elsewhere / "template.yaml").symlink_to(tmp_path / "key")
    assert main(["check", "template.yaml"]) == 2
    told = capsys.readouterr()
    assert "TopSecretKeyMaterial" not in told.out + told.err


SETTINGS = (
    b"\xff", b"a = " + b"[" * 20_000, b"a = " + b"{a=" * 5_000, b"policy = " + b"9" * 10_000, b"= = =", b"region = 1e400", b"a = nan",
    b'policy = "\x1b[31m"', b'region = "\\u001b[31m::error::"', b"select = [" + b'"SIL",' * 1_000 + b"]", b"ignore = {a = 1}",
    b"[settings]\nhead_room = nan", b"[settings]\nhead_room = inf", b"[settings]\nmax_job_hours = -1e308", b"x" * 1_000_001,
    b"[[overrides]]\npaths = ['" + b"*a" * 30 + b"']\npolicy = 'advisory'", b'[[overrides]]\npaths = ["[!"]\npolicy = "advisory"',
)  # fmt: skip


@pytest.mark.parametrize("content", SETTINGS, ids=range(len(SETTINGS)))
def test_any_configuration_is_taken_or_refused_in_a_sentence(
    content: bytes, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "lean-silicon.toml").write_bytes(content)
    (elsewhere / ("a" * 200 + ".json")).write_text(template())
    assert main(["check", "."]) in (0, 1, 2)
    told = capsys.readouterr()
    require_harmless("text", told.out)
    require_harmless("text", told.err)
    assert len(told.err) < 2_000


BASELINES = (
    b"",
    b"[]",
    b"\xff",
    b"[" * 100_000,
    b'{"version": 1, "findings": 1e400}',
    b'{"version": 1, "findings": [1, null, {"fingerprint": []}]}',
    b'{"version": ' + b"1" * 10_000 + b"}",
    b'{"version": 1, "findings": [{"fingerprint": "a", "rule": "\\u001b[31m", "where": {"a": ["::error::"]}}]}',
    b'{"version": 1, "findings": [{"fingerprint": "a", "rule": "' + b"x" * 100_000 + b'"}]}',
)


@pytest.mark.parametrize("content", BASELINES, ids=range(len(BASELINES)))
def test_any_baseline_is_taken_or_refused_in_a_sentence(
    content: bytes, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "baseline.json").write_bytes(content)
    (elsewhere / "t.json").write_text(template())
    assert main(["check", "t.json", "--baseline", "baseline.json"]) in (0, 1, 2)
    told = capsys.readouterr()
    require_harmless("text", told.out)
    require_harmless("text", told.err)
    assert len(told.err) < 2_000


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
@pytest.mark.parametrize("option", ["--config", "--baseline"])
def test_a_named_pipe_makes_nobody_wait(option: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(elsewhere / "pipe")
    (elsewhere / "t.json").write_text(template())
    assert main(["check", "t.json", option, "pipe"]) == 2
    assert "named pipe" in capsys.readouterr().err
