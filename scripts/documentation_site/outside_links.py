"""Links of the documentation to files outside ``docs/``: each such file becomes a page of the site, so that no link leaves it.

In the repository those links work as they stand (``../../stacks/training.py``); the site has to bring their targets along.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^(?P<fence> *(?:```+|~~~+))[^\n]*\n.*?^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<=\]\()(?P<target>[^()\s#]+)(?P<anchor>#[^()\s]*)?(?=\))")
_FOREIGN = re.compile(r"[a-z][a-z0-9+.-]*:|/")
_LANGUAGES = {
    ".py": "python",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".toml": "toml",
    ".ts": "typescript",
    ".sh": "bash",
}


def links(text: str) -> Iterator[str]:
    """The targets of a page's links, without those in code blocks."""
    yield from (found["target"] for found in _LINK.finditer(_FENCE.sub("", text)))


def target_of(page: Path, target: str) -> Path | None:
    """The file or folder that a relative link of a page leads to; `None` where it is an address or leads nowhere."""
    if _FOREIGN.match(target):
        return None
    found = Path(os.path.normpath(page.parent / target))
    return found if found.exists() and found.is_relative_to(ROOT) else None


def place_on_site(file: Path) -> str:
    """Where the site has a file: pages of ``docs/`` in their place, other Markdown under ``project/``, the rest under ``source/``."""
    if file.is_relative_to(DOCS):
        return file.relative_to(DOCS).as_posix()
    name = file.relative_to(ROOT).as_posix()
    if file.is_dir() and (file / "README.md").is_file():
        name += "/README.md"
    return f"project/{name}" if name.endswith(".md") else f"source/{name}.md"


def source_page(file: Path) -> str:
    """A page that shows a file, or the names in a folder."""
    name = file.relative_to(ROOT).as_posix()
    head = f"---\nsearch:\n  exclude: true\n---\n\n# {file.name}\n\n`{name}`\n\n"
    if file.is_dir():
        return head + "\n".join(f"- `{each.name}`" for each in sorted(file.iterdir()) if each.name != "__pycache__")
    return f"{head}````{_LANGUAGES.get(file.suffix, 'text')}\n{file.read_text(encoding='utf-8')}\n````\n"


def outside_files(pages: list[Path]) -> dict[str, Path]:
    """All files outside ``docs/`` that pages link to, and those that the linked pages link to, by their place on the site."""
    found: dict[str, Path] = {}
    waiting = list(pages)
    while waiting:
        page = waiting.pop()
        for target in links(page.read_text(encoding="utf-8")):
            file = target_of(page, target)
            if file is None or file.is_relative_to(DOCS) or place_on_site(file) in found:
                continue
            found[place_on_site(file)] = file
            if place_on_site(file).startswith("project/"):
                waiting.append(file if file.is_file() else file / "README.md")
    return found


def rewritten(text: str, page: Path, place: str) -> str:
    """A page's text with its links as they are on the site. Links that lead nowhere stay, for MkDocs to refuse."""

    def on_site(link: re.Match[str]) -> str:
        file = target_of(page, link["target"])
        if file is None:
            return link[0]
        there = os.path.relpath(place_on_site(file), Path(place).parent)
        return there + (link["anchor"] or "")

    return _outside_code(text, lambda part: _LINK.sub(on_site, part))


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    parts: list[str] = []
    end = 0
    for block in _FENCE.finditer(text):
        parts += [change(text[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*parts, change(text[end:])])
