"""Where SageMaker puts what a script reads, and where the script puts what it makes."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

MODEL = "model"
"""The folder of the finished model below the artefacts."""


def channel(name: str, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of an input channel."""
    folder = environment.get(f"SM_CHANNEL_{name.upper()}")
    if folder is None:
        raise SystemExit(f"the job has no channel {name!r}")
    return Path(folder)


def model_folder(folder: Path) -> Path:
    """The folder of a channel that holds a model as Transformers saves one."""
    found = sorted(path.parent for path in folder.rglob("config.json"))
    if len(found) != 1:
        raise SystemExit(
            f"{len(found)} folders of channel {folder.name!r} hold a config.json; give the prefix of one model"
        )
    return found[0]


def publish(artifacts: Path, save: Callable[[Path], None], report: Mapping[str, Any], name: str) -> Path:
    """Save a model under the artefacts, all or nothing, with a report of what was done to it beside its weights."""
    finished = artifacts / MODEL
    # Outside the artefacts, which are copied to S3 as they appear.
    unfinished = artifacts.parent / f"{artifacts.name}.partial"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    save(unfinished)
    (unfinished / name).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(finished, ignore_errors=True)
    artifacts.mkdir(parents=True, exist_ok=True)
    shutil.move(unfinished, finished)
    return finished
