"""Python and its packages: what the checker, the constructs and the commands that ask an account need."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lean_silicon._version import __version__
from lean_silicon.cli.diagnosis.diagnosis import Diagnosis, State
from lean_silicon.cli.diagnosis.versions import bounds, installed, within

if TYPE_CHECKING:
    from lean_silicon.cli.starting.project import Project

LEAST_PYTHON = (3, 10)
# Package, extra that brings it, what needs it.
_OPTIONAL = (
    ("aws-cdk-lib", "cdk", "the constructs and the checks inside 'cdk synth' of a Python app"),
    ("constructs", "cdk", "the constructs and the checks inside 'cdk synth' of a Python app"),
    ("cdk-nag", "nag", "LeanSiliconNagPack"),
    ("aws-cdk.lambda-layer-kubectl-v35", "eks", "charts and manifests on EKS clusters"),
    ("boto3", "live", "'catalog refresh', 'rightsize' and 'check --deployed'"),
)


def python_packages(project: Project) -> Iterator[Diagnosis]:
    """What of Python is there."""
    yield Diagnosis("lean-silicon", State.GOOD, f"{__version__} in {sys.prefix}")
    yield _python()
    yield _package("PyYAML", "reading templates", missing=State.MEND, wrong=State.MEND)
    for package, extra, purpose in _OPTIONAL:
        # What nobody asked for is no news; whoever writes constructs, or asks an account, is told how to.
        if installed(package) or extra == "live" or (extra == "cdk" and project.language == "python"):
            in_use = extra != "live" and project.language == "python"
            yield _package(package, purpose, missing=State.NOTE, wrong=State.MEND if in_use else State.NOTE)
    if project.language == "python":
        yield from _shadowed(project)


def _python() -> Diagnosis:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= LEAST_PYTHON:
        return Diagnosis("Python", State.GOOD, found)
    return Diagnosis(
        "Python", State.MEND, found, "install Python 3.10 or later and make a new virtual environment with it"
    )


def _package(package: str, purpose: str, *, missing: State, wrong: State) -> Diagnosis:
    found = installed(package)
    least, beyond = bounds(package)
    wanted = package + ",".join((*([f">={least}"] if least else []), *([f"<{beyond}"] if beyond else [])))
    # The package itself, not an extra of ours, which an index may not have in the version that runs here.
    remedy = f"pip install '{wanted}'"
    if found is None:
        return Diagnosis(package, missing, "not installed in this environment", f"for {purpose}: {remedy}")
    if not within(found, least, beyond):
        return Diagnosis(package, wrong, f"{found}; {wanted} is needed for {purpose}", remedy)
    return Diagnosis(package, State.GOOD, found)


def _shadowed(project: Project) -> Iterator[Diagnosis]:
    """A package of the app's own called ``constructs`` hides the CDK's, and every import of that fails."""
    for name in ("constructs", "aws_cdk"):
        for path in (project.folder / name / "__init__.py", project.folder / f"{name}.py"):
            if path.is_file():
                yield Diagnosis(
                    f"package {name}",
                    State.MEND,
                    f"{path} hides the CDK's package {name}",
                    f"rename it, or remove the __init__.py: 'import {name}' must find the CDK's",
                )
