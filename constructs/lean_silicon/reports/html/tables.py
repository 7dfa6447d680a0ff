"""Tables that a narrow screen scrolls by themselves, and a keyboard too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(kind: str, label: str, caption: str, columns: Sequence[str], rows: Iterable[str]) -> str:
    """A table.

    Parameters
    ----------
    kind
        Its class, for the widths of its columns; what scrolls it has the same after ``of-``.
    label
        What the region that scrolls is called.
    caption, columns, rows
        Markup.
    """
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    return (
        f'<div class="wide of-{kind}" role="region" aria-label="{label}" tabindex="0"><table class="{kind}"><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
