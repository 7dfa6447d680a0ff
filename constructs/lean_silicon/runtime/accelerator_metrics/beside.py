"""Starting the program beside training code, in the same container."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .destinations import say

SETTING = "LEAN_SILICON_ACCELERATOR_METRICS"
"""The environment variable with the program's arguments, a JSON list; without it nothing is started."""


def start(settings: Mapping[str, str] | None = None) -> subprocess.Popen[bytes] | None:
    """Start measuring, once on each instance, until this process ends; `None` where nothing is to be started.

    Training code calls it first thing, in every process: only the first of an instance (``LOCAL_RANK`` 0, or unset) starts the program. It
    writes to this process's standard output, which SageMaker carries to CloudWatch Logs, so that it needs neither network nor credentials.

    Parameters
    ----------
    settings
        Default: the environment, as ``TrainiumTrainingJob`` sets it.

    Examples
    --------
    .. code-block:: python

        import lean_silicon_accelerator_metrics

        lean_silicon_accelerator_metrics.start()
    """
    given = os.environ if settings is None else settings
    if SETTING not in given or given.get("LOCAL_RANK", "0") != "0":
        return None
    told = {"TrainingJobName": given.get("TRAINING_JOB_NAME"), "Host": given.get("SM_CURRENT_HOST")}
    properties = [f"--property={name}={value}" for name, value in told.items() if value]
    command = [sys.executable, str(Path(__file__).resolve().parent), *json.loads(given[SETTING]), *properties]
    try:
        return subprocess.Popen([*command, f"--with-parent={os.getpid()}"], stdin=subprocess.DEVNULL)  # noqa: S603 - no shell; the job's own settings
    except OSError as error:
        say(f"accelerators are not measured: {error}")
        return None
