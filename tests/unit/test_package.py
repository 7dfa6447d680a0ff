"""What holds for the package as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import lean_silicon

HEAVY = ("aws_cdk", "jsii", "boto3", "botocore", "constructs")


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after a statement."""
    command = f"{statement}\nimport sys; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import lean_silicon",
        "from lean_silicon import Workload, Policy, load_catalog; load_catalog()",
        "import lean_silicon.cli.check, lean_silicon.cli.rules",
        "import lean_silicon.cli.catalog, lean_silicon.cli.catalog_refresh",
    ],
)
def test_the_checker_loads_nothing_heavy(statement: str) -> None:
    assert loaded_by(statement).isdisjoint(HEAVY)


def test_importing_the_package_loads_nothing_of_it() -> None:
    ours = {name for name in loaded_by("import lean_silicon") if name.startswith("lean_silicon")}
    assert ours == {"lean_silicon", "lean_silicon._version"}


@pytest.mark.parametrize("name", lean_silicon.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(lean_silicon, name)
    assert name == "__version__" or value.__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = lean_silicon.Nothing


def failure_of(statement: str, without: str = "", path: str | None = None) -> str:
    """The last line that a fresh interpreter says when it cannot import a module, or finds nothing on its path."""
    blocked = f"import sys; sys.modules[{without!r}] = None\n" if without else ""
    environment = {**os.environ, **({} if path is None else {"PATH": path})}
    done = subprocess.run(
        [sys.executable, "-c", blocked + statement], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 1
    [raised] = [line for line in done.stderr.splitlines() if "ImportError: " in line or "ModuleNotFoundError: " in line]
    return raised


@pytest.mark.parametrize(
    "statement",
    [
        "from lean_silicon import LeanSiliconChecks",
        "from lean_silicon.nag import LeanSiliconNagPack",
        *(
            f"import lean_silicon.{package}"
            for package in ("agents", "bedrock", "eks", "hyperpod", "inference", "monitoring", "training")
        ),
    ],
)
@pytest.mark.parametrize("without", ["aws_cdk", "jsii"])
def test_without_the_cdk_the_error_says_how_to_get_it(statement: str, without: str) -> None:
    assert "pip install 'lean-silicon[cdk]'" in failure_of(statement, without)


def test_without_cdk_nag_the_error_says_how_to_get_it() -> None:
    assert "pip install 'lean-silicon[nag]'" in failure_of("import lean_silicon.nag", "cdk_nag")


def test_without_node_the_error_says_what_the_cdk_runs_on(tmp_path: Path) -> None:
    said = failure_of("from lean_silicon import LeanSiliconChecks", path=str(tmp_path))
    assert "cannot start 'node'" in said
    assert "install Node 22 or 24" in said


def test_the_source_root_is_no_package(root: Path) -> None:
    assert not (root / "constructs" / "__init__.py").exists(), "it would shadow the CDK's package of that name"


def test_the_command_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lean_silicon", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"lean-silicon {lean_silicon.__version__}"
