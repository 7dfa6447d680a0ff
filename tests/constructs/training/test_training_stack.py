"""What the reference stack deploys, to be read and reviewed: ``snapshots/training_stack.yaml``.

After a wanted change: ``UPDATE_SNAPSHOTS=1 pytest tests/constructs/training/test_training_stack.py``, then read the difference.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Any

import yaml
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from training_templates import US_EAST_1, code_folder

from lean_silicon import LeanSiliconChecks

SNAPSHOT = Path(__file__).parent / "snapshots" / "training_stack.yaml"


def reference_stack(root: Path) -> dict[str, Any]:
    """The template of ``stacks/training.py`` with the settings of ``cdk.json``."""
    location = importlib.util.spec_from_file_location("reference_training_stack", root / "stacks" / "training.py")
    assert location is not None
    assert location.loader is not None
    module = importlib.util.module_from_spec(location)
    location.loader.exec_module(module)
    context = json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"]
    stack = module.TrainingStack(App(context=context, analytics_reporting=False), "LeanSiliconTraining")
    return dict(Template.from_stack(stack).to_json())


def readable(value: Any) -> Any:
    """The template with its definition as a document, references as ``${Name}``, and without the hash of the script."""
    match value:
        case {"DefinitionString": definition, **others}:
            return {
                **{name: readable(each) for name, each in others.items()},
                "Definition": json.loads(flat(definition)),
            }
        case {"Fn::Join": _} | {"Fn::GetAtt": _} | {"Fn::FindInMap": _} | {"Fn::Sub": _}:
            return flat(value)
        case {"Ref": name} if len(value) == 1:
            return f"${{{name}}}"
        case dict():
            return {name: readable(each) for name, each in value.items()}
        case list():
            return [readable(each) for each in value]
        case str():
            return without_hash(value)
    return value


def flat(value: Any) -> str:
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(flat(part) for part in parts)
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::FindInMap": [name, first, second]}:
            return f"${{{name}[{flat(first)}][{second}]}}"
        case {"Fn::Sub": text}:
            return without_hash(text)
        case {"Ref": name}:
            return f"${{{name}}}"
    return without_hash(str(value))


def without_hash(text: str) -> str:
    return re.sub(r"[0-9a-f]{64}", "<hash>", text)


def test_the_reference_stack_deploys_what_was_reviewed(root: Path) -> None:
    template = readable(
        {name: part for name, part in reference_stack(root).items() if name in ("Resources", "Outputs")}
    )
    found = yaml.safe_dump(template, sort_keys=True, width=160)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(found, encoding="utf-8")
    assert found == SNAPSHOT.read_text(encoding="utf-8"), "read the difference; if it is wanted: UPDATE_SNAPSHOTS=1"


def test_the_example_of_the_documentation_works_and_passes_the_checks(root: Path, tmp_path: Path) -> None:
    text = (root / "docs" / "constructs" / "training.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    app = App(outdir=str(tmp_path / "cdk.out"), analytics_reporting=False)
    Validations.of(app).add_plugins(LeanSiliconChecks())
    stack = Stack(app, "Example", env=US_EAST_1)
    names = {
        "self": stack,
        "bucket": s3.Bucket.from_bucket_name(stack, "Data", "the-data"),
        "team": iam.Role(stack, "Team", assumed_by=iam.AccountRootPrincipal()),
    }
    exec(example.replace('"training"', repr(str(code_folder()))), names)
    app.synth()
    verdict = json.loads((tmp_path / "cdk.out" / "lean-silicon.json").read_text(encoding="utf-8"))
    assert verdict["summary"]["errors"] == 0
    assert verdict["summary"]["uses"] == 1
