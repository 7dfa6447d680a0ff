"""Put what the commands of docs/start/checks-in-ci.md print on the page's template below them. ``--check`` only compares."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import tempfile
from pathlib import Path

from lean_silicon.cli.main import main as lean_silicon

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.generated_files import write_or_name

PAGE = Path(__file__).resolve().parent.parent / "docs" / "start" / "checks-in-ci.md"
_TEMPLATE = re.compile(r'```yaml title="template\.yaml"\n(.*?)```', re.DOTALL)
_COMMAND = re.compile(
    r"```console\n\$ lean-silicon (?P<words>[^\n]*template\.yaml[^\n]*)\n(?P<printed>.*?)```", re.DOTALL
)
_COLUMNS = "80"


def fresh(page: str) -> str:
    """The page with what its commands print today.

    Raises
    ------
    ValueError
        If the page has no template, or no command on it.
    """
    template = _TEMPLATE.search(page)
    if template is None or _COMMAND.search(page) is None:
        raise ValueError(f"{PAGE.name} must show template.yaml and a command of lean-silicon on it")
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "template.yaml").write_text(template[1], encoding="utf-8")
        os.chdir(folder)
        try:
            return _COMMAND.sub(
                lambda found: f"```console\n$ lean-silicon {found['words']}\n{_printed(found)}```", page
            )
        finally:
            os.chdir(here)


def _printed(command: re.Match[str]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        lean_silicon(command["words"].split())
    return f"{printed.getvalue().rstrip()}\n"


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` return 1 where it is stale."""
    os.environ["COLUMNS"] = _COLUMNS
    return write_or_name({PAGE: fresh(PAGE.read_text(encoding="utf-8"))}, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
