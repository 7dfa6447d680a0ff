"""``lean-silicon completion``: the scripts, in the real shells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lean_silicon.cli.completion import SHELLS, script_of
from lean_silicon.cli.main import COMMANDS, main


def run(shell: str, script: str, folder: Path) -> list[str]:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed; bash always is")
    command = (
        [shell, "--no-config", "-c"]
        if shell == "fish"
        else [shell, "--norc", "-c"]
        if shell == "bash"
        else [shell, "-f", "-c"]
    )
    environment = {**os.environ, "HOME": str(folder), "SCRIPT": str(script_of(shell))}
    done = subprocess.run(
        [*command, script], capture_output=True, text=True, check=False, cwd=folder, env=environment, timeout=60
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def completed_by_bash(folder: Path, *words: str) -> list[str]:
    script = (
        f'source "$SCRIPT"; COMP_WORDS=({" ".join(words)}); [ "{words[-1]}" = "\'\'" ] && COMP_WORDS[{len(words) - 1}]="";'
        f' COMP_CWORD={len(words) - 1}; _shtab_lean_silicon; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    return run("bash", script, folder)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed_as_it_is_packaged(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert capsys.readouterr().out == script_of(shell).read_text(encoding="utf-8")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_knows_every_command(shell: str) -> None:
    text = script_of(shell).read_text(encoding="utf-8")
    assert [name for name in COMMANDS if name not in text] == []


def test_bash_completes_commands_options_and_values(tmp_path: Path) -> None:
    assert completed_by_bash(tmp_path, "lean-silicon", "che") == ["check"]
    assert completed_by_bash(tmp_path, "lean-silicon", "check", "--base") == ["--baseline"]
    assert completed_by_bash(tmp_path, "lean-silicon", "check", "--format", "sa") == ["sarif"]
    assert completed_by_bash(tmp_path, "lean-silicon", "catalog", "sh") == ["show"]


def test_bash_completes_files_where_files_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").touch()
    assert completed_by_bash(tmp_path, "lean-silicon", "check", "templ") == ["template.yaml"]


def test_fish_completes_commands_options_and_values(tmp_path: Path) -> None:
    script = 'source "$SCRIPT"; complete -C "lean-silicon che"; complete -C "lean-silicon check --format sa"'
    assert [line.split("\t")[0] for line in run("fish", script, tmp_path)] == ["check", "sarif"]


def test_zsh_loads_the_script_as_a_completion(tmp_path: Path) -> None:
    """What it offers can be seen in a terminal only; that zsh takes it for the command's completion can be asked."""
    functions = tmp_path / "functions"
    functions.mkdir()
    if shutil.which("zsh"):
        shutil.copy(script_of("zsh"), functions / "_lean-silicon")
    script = 'fpath=("$PWD/functions" $fpath); autoload -Uz compinit; compinit -D -u; autoload +X _lean-silicon; echo $_comps[lean-silicon]'
    assert run("zsh", script, tmp_path) == ["_lean-silicon"]


def test_the_checker_never_loads_what_wrote_the_scripts() -> None:
    command = "import lean_silicon.cli.main as main, sys; main.command_line(); print('shtab' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
