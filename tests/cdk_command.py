"""The real CDK command line, as a user of this project runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def cdk_synth(root: Path, app: Path, output: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """``cdk synth`` in the folder `app`, with the Node and the CDK of the project in `root`, and without AWS credentials."""
    tools = [str(Path(sys.executable).parent), str(root / "node_modules" / ".bin")]
    # Switches of the unit tests must not reach the command: it validates as it does for users.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    return subprocess.run(
        ["cdk", "synth", "--quiet", "--output", str(output), *options],
        cwd=app,
        capture_output=True,
        text=True,
        check=False,
        env={
            **environment,
            "PATH": os.pathsep.join([*tools, environment["PATH"]]),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        },
    )
