"""Draw docs/images/diagrams/*.svg from scripts/diagrams.yaml. ``--check`` only says which are stale."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.generated_files import write_or_name

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "scripts" / "diagrams.yaml"
FOLDER = ROOT / "docs" / "images" / "diagrams"

_WIDTH, _HEIGHT = 200, 62
_COLUMN, _ROW = 276, 118
_MARGIN = 12

# Colours follow the reader's theme: the system's where the file stands alone, the site's where it is part of a page.
_STYLE = """
svg.diagram { --ink: #1f2933; --faint: #52606d; --line: #7b8794; --fill: #f0f5f2; --edge: #22543d; }
@media (prefers-color-scheme: dark) {
  svg.diagram { --ink: #e4e7eb; --faint: #aab4be; --line: #8a96a3; --fill: #1d2b25; --edge: #68b08c; }
}
.diagram rect { fill: var(--fill); stroke: var(--edge); stroke-width: 1.5; }
.diagram rect.outside { stroke-dasharray: 5 4; }
.diagram path { fill: none; stroke: var(--line); stroke-width: 1.6; }
.diagram marker path { fill: var(--line); stroke: none; }
.diagram text { fill: var(--ink); font-family: system-ui, sans-serif; font-size: 17px; text-anchor: middle; }
.diagram text.small { fill: var(--faint); font-size: 14px; }
"""


def drawing(name: str, diagram: dict[str, Any]) -> str:
    """One diagram as SVG, with its title for those who hear it."""
    nodes = diagram["nodes"]
    columns = 1 + max(node["at"][0] for node in nodes.values())
    rows = 1 + max(node["at"][1] for node in nodes.values())
    width = (columns - 1) * _COLUMN + _WIDTH + 2 * _MARGIN
    height = (rows - 1) * _ROW + _HEIGHT + 2 * _MARGIN
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    head = (
        f'<marker id="{name}-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram" {box} role="img" aria-labelledby="{name}-title">',
        f'<title id="{name}-title">{escape(diagram["title"])}</title>',
        f"<style>{_STYLE}</style>",
        f'<defs>{head}<path d="M0 0 8 4 0 8z"/></marker></defs>',
    ]
    parts += [_arrow(name, nodes, *arrow) for arrow in diagram["arrows"]]
    parts += [_node(node, outside="template" in diagram and "type" not in node) for node in nodes.values()]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _corner(node: dict[str, Any]) -> tuple[int, int]:
    column, row = node["at"]
    return _MARGIN + column * _COLUMN, _MARGIN + row * _ROW


def _node(node: dict[str, Any], *, outside: bool) -> str:
    """A box; dashed where it is no resource of the template."""
    left, top = _corner(node)
    middle = left + _WIDTH // 2
    kind = ' class="outside"' if outside else ""
    hint = f"<title>{escape(node['type'])}</title>" if "type" in node else ""
    return (
        f'<g>{hint}<rect{kind} x="{left}" y="{top}" width="{_WIDTH}" height="{_HEIGHT}" rx="8"/>'
        f'<text x="{middle}" y="{top + 27}">{escape(node["text"])}</text>'
        f'<text class="small" x="{middle}" y="{top + 47}">{escape(node["small"])}</text></g>'
    )


def _arrow(name: str, nodes: dict[str, Any], start: str, end: str, what: str) -> str:
    """Straight within a row or a column, else with one bend half way between the columns."""
    left, top = _corner(nodes[start])
    to_left, to_top = _corner(nodes[end])
    middle, to_middle = top + _HEIGHT // 2, to_top + _HEIGHT // 2
    if left == to_left:
        x, down = left + _WIDTH // 2, to_top > top
        y, to_y = (top + _HEIGHT, to_top) if down else (top, to_top + _HEIGHT)
        path, label = f"M{x} {y}V{to_y}", (x + 8, (y + to_y) // 2 + 4, "start")
    else:
        forward = to_left > left
        x, to_x = (left + _WIDTH, to_left) if forward else (left, to_left + _WIDTH)
        bend = to_x - (_COLUMN - _WIDTH) // 2 if forward else to_x + (_COLUMN - _WIDTH) // 2
        if middle == to_middle:
            path, label = f"M{x} {middle}H{to_x}", ((x + to_x) // 2, middle - 8, "middle")
        else:
            path, label = f"M{x} {middle}H{bend}V{to_middle}H{to_x}", (bend + 6, (middle + to_middle) // 2 + 4, "start")
    text = (
        f'<text class="small" x="{label[0]}" y="{label[1]}" style="text-anchor: {label[2]}">{escape(what)}</text>'
        if what
        else ""
    )
    return f'<path d={quoteattr(path)} marker-end="url(#{name}-head)"/>{text}'


def main(arguments: list[str]) -> int:
    """Write the drawings, or with ``--check`` name the stale ones and return 1."""
    diagrams = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    wanted = {FOLDER / f"{name}.svg": drawing(name, diagram) for name, diagram in diagrams.items()}
    return write_or_name(wanted, arguments, present=FOLDER.glob("*.svg"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
