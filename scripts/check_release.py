"""Before a release: the tag, the package's version and the changelog agree.

::

    python scripts/check_release.py v0.1.0

The version stands in ``constructs/lean_silicon/_version.py`` rather than being read from git, so that an archive, a shallow checkout
(such as a GitHub action's) and an editable install know it too.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def disagreements(tag: str, root: Path) -> list[str]:
    """What must be mended before this tag is released."""
    version = _version(root)
    found = []
    if tag != f"v{version}":
        found.append(
            f"the tag is {tag}, but constructs/lean_silicon/_version.py says {version}: tag v{version}, or change the version and commit"
        )
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    if not re.search(rf"^## \[?{re.escape(version)}\]?.*\d{{4}}-\d{{2}}-\d{{2}}", changelog, re.MULTILINE):
        found.append(
            f"CHANGELOG.md has no heading such as '## {version} - 2026-12-31': give what is under 'Unreleased' its version and date"
        )
    return found


def _version(root: Path) -> str:
    text = (root / "constructs" / "lean_silicon" / "_version.py").read_text(encoding="utf-8")
    [version] = re.findall(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    return str(version)


def main(arguments: list[str]) -> int:
    """0: they agree, 1: they do not, 2: no tag given."""
    if len(arguments) != 1:
        print("usage: python scripts/check_release.py TAG", file=sys.stderr)
        return 2
    found = disagreements(arguments[0], ROOT)
    for each in found:
        print(f"check_release: {each}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
