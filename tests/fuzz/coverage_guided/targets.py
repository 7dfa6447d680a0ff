"""What the coverage-guided fuzzer calls: each takes bytes, and raises only where lean-silicon breaks a promise."""

from __future__ import annotations

import contextlib
import copy
import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import atheris
from coverage_guided.values import chosen, damaged, value, word
from harmless_output import require_harmless

from lean_silicon.cli.configuration import read_configuration
from lean_silicon.estimates import difference, estimate
from lean_silicon.exceptions import LeanSiliconError, UnreadableInputError
from lean_silicon.preview import dashboards, problems, render
from lean_silicon.reports import FORMATS, rendered
from lean_silicon.reports.baseline import against_baseline, read_baseline
from lean_silicon.reports.diff_report import diff_markdown, diff_text
from lean_silicon.reports.estimate_report import estimate_markdown, estimate_text
from lean_silicon.rules import Context, built_in_rules, judge, read_policy, rule_ids
from lean_silicon.templates import App, Resolver, limits, read_app, read_template
from lean_silicon.templates.parsing import parse, require_bounded

CONTEXT = Context(today=date(2026, 11, 23))
DOCUMENTED = [
    parse((rule.template(heading) or "").encode()).value for rule in built_in_rules() for heading in ("Bad", "Good")
]
DASHBOARD = {
    "widgets": [
        {"type": "metric", "x": 0, "y": 0, "width": 6, "height": 4, "properties": {
            "region": "us-east-1", "view": "timeSeries", "stacked": True, "title": "t",
            "metrics": [["AWS/SageMaker", "GPUUtilization", "EndpointName", "a", {"id": "m1", "stat": "Sum", "color": "#ff0000"}],
                        ["...", "b", {"id": "m2"}], [{"expression": "IF(m1 > 2, FILL(m1, 0) / m2, -m2 ^ 2)", "id": "e1", "label": "l"}],
                        [{"expression": "SEARCH('{A,B} MetricName=\"C\"', 'Sum', 300)", "id": "e2"}],
                        [{"expression": "SUM([m1, e2]) + RUNNING_SUM(DIFF(m2)) * PERIOD(m1)", "id": "e3"}]],
            "annotations": {"horizontal": [{"value": 50, "label": "limit"}]}, "yAxis": {"left": {"label": "%"}}}},
        {"type": "metric", "properties": {"view": "singleValue", "sparkline": True, "setPeriodToTimeRange": True, "metrics": [["N", "M"]]}},
        {"type": "text", "properties": {"markdown": "# T\n**b** `c`\n- l\n\n| a | b |\n|---|---|\n| \\| | d |"}},
        {"type": "alarm", "properties": {"alarms": ["arn:aws:cloudwatch:r:1:alarm:a"]}},
    ]
}  # fmt: skip


def document(data: bytes) -> None:
    """Any bytes as JSON or YAML."""
    for prefer_yaml in (False, True):
        with contextlib.suppress(UnreadableInputError):
            found = parse(data, prefer_yaml=prefer_yaml)
            json.dumps(found.value)
            if isinstance(found.value, (dict, list)):
                require_bounded(found.value)


def text_template(data: bytes) -> None:
    """Any bytes as a template, judged."""
    with contextlib.suppress(UnreadableInputError):
        found = parse(data)
        if isinstance(found.value, dict):
            _judged(found.value, "json")


def template(data: bytes) -> None:
    """A rule's documented template, damaged, judged and told in every format."""
    source = atheris.FuzzedDataProvider(data)
    style = chosen(source, (*FORMATS, "estimate", "diff"))
    _judged(damaged(source, copy.deepcopy(chosen(source, DOCUMENTED))), style)


def _judged(body: dict[str, Any], style: str) -> None:
    try:
        read = read_template(body, path="template.json", region="us-east-1")
    except UnreadableInputError:
        return
    app = App(templates=[read])
    if style == "estimate":
        require_harmless("text", estimate_text(estimate(app)))
        require_harmless("markdown", estimate_markdown(estimate(app)))
    elif style == "diff":
        change = difference(estimate(App()), estimate(app))
        require_harmless("text", diff_text(change))
        require_harmless("markdown", diff_markdown(change))
    else:
        require_harmless(style, rendered(judge(app, CONTEXT), style))


def expression(data: bytes) -> None:
    """Any expression in a template with parameters, conditions and mappings of any kind: few answers, soon."""
    source = atheris.FuzzedDataProvider(data)
    body: dict[str, Any] = {
        "Transform": "AWS::LanguageExtensions",
        "Parameters": {"P": {"Type": "String", "Default": "a"}, "Q": {"Type": "CommaDelimitedList", "Default": "a,b"}},
        "Mappings": {"M": {"a": {"b": [1, "x"]}}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "a"]}, "A": {"Fn::Not": [{"Condition": "C"}]}},
        "Resources": {"R": {"Type": "AWS::S3::Bucket", "Properties": {"X": value(source)}}},
    }
    body = damaged(source, body)
    try:
        read = read_template(body, path="template.json")
    except UnreadableInputError:
        return
    for asked in (value(source), *(each.properties for each in read.resources.values())):
        found = Resolver(read).possibilities(asked)
        assert 1 <= len(found) <= limits.MAX_POSSIBILITIES
        Resolver(read).plain(asked)


def assembly(data: bytes) -> None:
    """A folder of an assembly with anything in its files: nothing outside of it is read."""
    source = atheris.FuzzedDataProvider(data)
    around = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    try:
        folder = around / "cdk.out"
        (folder / "inner").mkdir(parents=True)
        (around / "secret.json").write_text('{"Resources": {"Secret": {"Type": "AWS::S3::Bucket"}}}')
        (folder / "link.json").symlink_to(around / "secret.json")
        names = (
            "Main.template.json",
            "m.json",
            "a.json",
            "inner",
            "..",
            ".",
            "../secret.json",
            "link.json",
            word(source),
        )
        name = lambda: chosen(source, names)  # noqa: E731 - drawn anew each time
        artifacts = {
            "Main": {"type": "aws:cloudformation:stack", "environment": "aws://1/eu-west-1",
                     "properties": {"templateFile": name(), "stackName": word(source)}, "additionalMetadataFile": name()},
            "Inner": {"type": "cdk:cloud-assembly", "properties": {"directoryName": name()}},
            "Assets": {"type": "cdk:asset-manifest", "properties": {"file": name()}},
        }  # fmt: skip
        stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "/" + "0" * 64 + ".json"}}
        if source.ConsumeIntInRange(0, 1):
            stack["Metadata"] = {"aws:asset:path": name()}
        files = {
            "manifest.json": damaged(source, {"version": "1", "artifacts": artifacts}),
            "inner/manifest.json": {"version": "1", "artifacts": copy.deepcopy(artifacts)},
            "Main.template.json": damaged(source, {"Resources": {"N": stack}}),
            "m.json": damaged(source, {"/Main/R": [{"type": "aws:cdk:logicalId", "data": "R"}]}),
            "a.json": damaged(source, {"files": {"0" * 64: {"source": {"path": name()}}}}),
        }
        for path, contents in files.items():
            (folder / path).write_text(json.dumps(contents))
        app = read_app([folder])
        assert not any("Secret" in read.resources for read in app.templates)
        assert all(Path(read.path).resolve().is_relative_to(folder.resolve()) for read in app.templates)
        style = chosen(source, ("text", "json", "junit", "github", "gitlab", "markdown"))
        require_harmless(style, rendered(judge(app, CONTEXT), style))
    finally:
        shutil.rmtree(around, ignore_errors=True)


def settings(data: bytes) -> None:
    """Any bytes as a configuration, and as a baseline."""
    with tempfile.NamedTemporaryFile(suffix=".toml", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as file:
        Path(file.name).write_bytes(data)
        with contextlib.suppress(LeanSiliconError):
            contents, where = read_configuration(file.name)
            read_policy(contents, rule_ids(), where=where)
        with contextlib.suppress(LeanSiliconError):
            against_baseline(judge(App(), CONTEXT), read_baseline(file.name))


def dashboard(data: bytes) -> None:
    """A dashboard with anything in its body, drawn."""
    source = atheris.FuzzedDataProvider(data)
    body: Any = damaged(source, copy.deepcopy(DASHBOARD))
    given = body if source.ConsumeIntInRange(0, 1) else json.dumps(body)
    resource = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {"DashboardBody": given, "DashboardName": word(source)},
    }
    try:
        read = read_template({"Resources": {"D": resource}}, path="template.json")
        for each in dashboards(App(templates=[read])):
            require_harmless("html", render(each, problems(each)))
    except UnreadableInputError:
        return


SEEDS: dict[str, tuple[str, ...]] = {
    "document": tuple(json.dumps(each) for each in DOCUMENTED),
    "text_template": tuple(rule.template("Bad") or "" for rule in built_in_rules()),
    "settings": (
        (
            'policy = "strict"\nregion = "us-east-1"\nselect = ["SIL"]\nignore = ["SIL004"]\n[settings]\nhead_room = 0.1\n'
            '[rules.SIZ003]\nseverity = "error"\n[[overrides]]\npaths = ["legacy/*"]\npolicy = "advisory"\nrules = {SIZ003 = "off"}\n'
        ),
        '{"version": 1, "findings": [{"rule": "SIL001", "where": "a", "fingerprint": "0"}]}',
    ),
}
"""What to begin with, for the targets that read text."""

TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (document, text_template, template, expression, assembly, settings, dashboard)
}
