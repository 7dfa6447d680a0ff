"""What the reference stack deploys, to be read and reviewed: ``snapshots/training_stack.yaml``.

After a wanted change: ``UPDATE_SNAPSHOTS=1 pytest tests/constructs/training/test_training_stack.py``, then read the difference.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from aws_cdk import App, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from reference_stacks import assert_reviewed, reference_stack
from training_templates import US_EAST_1, code_folder

from lean_silicon import LeanSiliconChecks

SNAPSHOT = Path(__file__).parent / "snapshots" / "training_stack.yaml"


def test_the_reference_stack_deploys_what_was_reviewed() -> None:
    assert_reviewed(reference_stack("training.py", "TrainingStack", "LeanSiliconTraining"), SNAPSHOT)


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
