"""python python_function.py <folder> <module.function>: the event on stdin, the result on the last line of stdout.

Programs under ``/opt`` are found in the unpacked layers; ``cluster_tools.py`` stands in for those that need a cluster.
"""

import importlib
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path


class Context:
    """What a handler may ask about its invocation."""

    function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    aws_request_id = log_stream_name = "emulator"
    invoked_function_arn = "arn:aws:lambda:emulator"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


STAND_INS = Path(__file__).with_name("cluster_tools.py")
STOOD_IN = {("kubectl",), ("helm",), ("aws", "ecr-public")}
"""What needs a cluster or a registry on the internet, of which there is none here."""


def located(command: list[str]) -> list[str]:
    """`command` as this machine runs it: programs under ``/opt`` are in the unpacked layers."""
    program = Path(command[0]).name
    if (program,) in STOOD_IN or (program, *command[1:2]) in STOOD_IN:
        return [sys.executable, str(STAND_INS), program, *command[1:]]
    if program == "aws" or command[0].startswith("/opt/"):
        inside = command[0].removeprefix("/opt/") if command[0].startswith("/opt/") else "awscli/aws"
        return [sys.executable, str(Path(os.environ["EMULATOR_OPT"]) / inside), *command[1:]]
    return command


class Process(subprocess.Popen):  # type: ignore[type-arg]
    """A process whose program is located first."""

    def __init__(self, args, *rest, **settings):  # type: ignore[no-untyped-def]
        if isinstance(args, (list, tuple)) and args:
            args = located([str(each) for each in args])
        super().__init__(args, *rest, **settings)


def main() -> int:
    folder, handler = sys.argv[1:3]
    module, function = handler.rsplit(".", 1)
    subprocess.Popen = Process  # type: ignore[misc]
    sys.path.insert(0, folder)
    os.chdir(folder)
    try:
        result = getattr(importlib.import_module(module.replace("/", ".")), function)(json.load(sys.stdin), Context())
    except Exception as fault:
        traceback.print_exc()
        print("\n" + json.dumps({"errorMessage": str(fault), "errorType": type(fault).__name__}))
        return 1
    print("\n" + json.dumps(result, default=str))
    return 0


if __name__ == "__main__":
    sys.exit(main())
