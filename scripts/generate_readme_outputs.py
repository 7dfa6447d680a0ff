"""Put real outputs of the commands into README.md, between markers. ``--check`` only says whether they are stale."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from pathlib import Path

from lean_silicon.cli.main import main as lean_silicon
from lean_silicon.rules import built_in_rules

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.generated_files import write_or_name

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
_MARKED = re.compile(r"(<!-- begin (?P<name>[\w-]+) -->\n).*?(<!-- end (?P=name) -->)", re.DOTALL)


def outputs() -> dict[str, str]:
    """Each marked part by its name."""
    gpu, lean = "docs/examples/gpu-endpoint.json", "docs/examples/inferentia-endpoint.json"
    advise = (
        "advise --task inference --model llama-3.1-8b --precision bf16 --context 4096 --concurrency 4 --region eu-west-1 "
        "--component sagemaker-hosting --limit 2"
    )
    return {
        "check": _console(f"check {gpu} --region us-east-1 --select SIL"),
        "advise": _console(advise),
        "diff": _console(f"diff {gpu} {lean} --region us-east-1"),
        "rules": "| rule | what is wrong | at worst |\n|---|---|---|\n"
        + "\n".join(
            f"| [{rule.id}](docs/rules/{rule.id}.md) | {rule.title} | {rule.severity} |" for rule in built_in_rules()
        ),
    }


def _console(words: str) -> str:
    """A command and what it prints, as on a terminal of 100 columns."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        lean_silicon(words.split())
    return f"```console\n$ lean-silicon {words}\n{printed.getvalue().rstrip()}\n```"


def main(arguments: list[str]) -> int:
    """Write the parts, or with ``--check`` return 1 where one is stale."""
    os.chdir(ROOT)
    os.environ["COLUMNS"] = "100"
    found = outputs()
    now = README.read_text(encoding="utf-8")
    wanted = _MARKED.sub(lambda part: f"{part[1]}{found.get(part['name'], '')}\n{part[3]}", now)
    return write_or_name({README: wanted}, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
