"""Deploy the whole app to an account that exists only here: emulated on loopback, gone at the end. No AWS account is asked."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from emulator.command_line import Emulator, running_emulator  # noqa: E402

PARAMETERS = ("--parameters", "LeanSiliconInference:ModelsBucket=models-of-the-team", "--concurrency", "3")


def main() -> int:
    """Synthesize, bootstrap, deploy, and tell what came of it; 1 if a step fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", type=Path, help="a synthesized app (cdk.out) to deploy instead of a new synth")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_emulator(folder / "emulator.log") as emulator:
            print(f"An emulated account listens on {emulator.address}.", flush=True)
            return _deploy(emulator, given.app.resolve() if given.app else folder / "cdk.out", folder)


def _deploy(emulator: Emulator, assembly: Path, folder: Path) -> int:
    if not assembly.exists():
        print("Synthesizing app.py ...", flush=True)
        synthesized = emulator.cdk("synth", "--quiet", "--output", str(assembly), folder=ROOT)
        if synthesized.returncode:
            return _failed("cdk synth", synthesized.stderr)
    print("Bootstrapping ...", flush=True)
    bootstrapped = emulator.bootstrap(folder)
    if bootstrapped.returncode:
        return _failed("cdk bootstrap", bootstrapped.stderr)
    print("Deploying every stack ...", flush=True)
    deployed = emulator.deploy(assembly, options=PARAMETERS)
    if deployed.returncode:
        return _failed("cdk deploy", deployed.stdout + deployed.stderr)
    _tell(emulator)
    return 0


def _tell(emulator: Emulator) -> None:
    """Every stack's outputs, and how far the emulator went with its resources."""
    cloudformation = emulator.client("cloudformation")
    for stack in sorted(cloudformation.describe_stacks()["Stacks"], key=lambda each: str(each["StackName"])):
        summaries = cloudformation.list_stack_resources(StackName=stack["StackName"])["StackResourceSummaries"]
        recorded = sum("recorded" in each["ResourceStatusReason"] for each in summaries)
        print(
            f"\n{stack['StackName']}: {stack['StackStatus']}, {len(summaries)} resources ({recorded} validated and recorded only)"
        )
        for output in stack.get("Outputs", []):
            print(f"  {output['OutputKey']} = {output['OutputValue']}")


def _failed(command: str, text: str) -> int:
    print(f"{command} failed:\n{text[-8000:]}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
