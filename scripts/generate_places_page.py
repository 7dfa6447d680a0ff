"""Write docs/places.md: where the checks look for silicon, from the table they use. ``--check`` only says whether it is stale."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from lean_silicon.templates.documents.pipelines import STEP_ACTIONS
from lean_silicon.templates.places import FAMILIES, OMISSIONS, SAME_AS_RESOURCE, DocumentPlace, Entry, Place
from lean_silicon.templates.places.place import (
    Accelerators,
    AnyOf,
    Architecture,
    Ask,
    Attributes,
    DefaultArchitecture,
    DefaultType,
    Families,
    Figure,
    Reference,
    Serverless,
    Spot,
    Type,
    Unsaid,
    When,
)

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.generated_files import write_or_name

PAGE = Path(__file__).resolve().parent.parent / "docs" / "places.md"
_INTRODUCTION = Path(__file__).resolve().parent / "places_page" / "introduction.md"
_HEAD = "<!-- Generated from the table in lean_silicon/templates/places by scripts/generate_places_page.py: edit that. -->\n\n"


def page() -> str:
    """The whole page."""
    parts = [_HEAD + _INTRODUCTION.read_text(encoding="utf-8").rstrip()]
    for heading, entries in FAMILIES.items():
        parts.append(f"## {heading}\n\n{_table(entries)}")
    parts += [_requests(), _steps(), _omissions()]
    return "\n\n".join(parts) + "\n"


def _table(entries: tuple[Entry, ...]) -> str:
    if all(isinstance(entry, DocumentPlace) for entry in entries):
        rows = [_document_row(entry) for entry in entries if isinstance(entry, DocumentPlace)]
        return _markdown(("resource", "property", "document", "documentation", "note"), rows)
    rows = [_row(entry) if isinstance(entry, Place) else _document_row_in_full(entry) for entry in entries]
    heads = (
        "resource",
        "where",
        "what stands there",
        "component",
        "purpose",
        "machines",
        "Spot",
        "documentation",
        "note",
    )
    return _markdown(heads, rows)


def _markdown(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _row(place: Place) -> tuple[str, ...]:
    conditions = "; ".join(_when(when) for when in place.when)
    return (
        f"`{place.of}`",
        _code(place.item) + (f" where {conditions}" if conditions else ""),
        "; else ".join(_ask(ask) for ask in place.asks),
        str(place.component),
        str(place.purpose or ""),
        _machines(place),
        _spot(place.spot),
        place.documentation,
        place.note,
    )


def _document_row(place: DocumentPlace) -> tuple[str, ...]:
    paths = ", ".join(_code(path) for path in place.paths)
    elsewhere = ", ".join(_code(path) for path in place.elsewhere)
    note = "; ".join(
        part
        for part in (f"{elsewhere}: outside of the template, hence unknown" if elsewhere else "", place.note)
        if part
    )
    return (f"`{place.of}`", paths, place.format.value, place.documentation, note)


def _document_row_in_full(place: DocumentPlace) -> tuple[str, ...]:
    resource, paths, form, documentation, note = _document_row(place)
    return (resource, paths, form, str(place.component), "", "", "", documentation, note)


def _code(path: str) -> str:
    return f"`{path}`" if path else ""


def _ask(ask: Ask) -> str:
    if isinstance(ask, (Type, Families)):
        what = "a type" if isinstance(ask, Type) else "a type, family or bundle"
        return f"{what} at `{ask.path}`" if ask.path else what
    if isinstance(ask, AnyOf):
        return f"any of `{ask.path}[]`: " + ", or ".join(_ask(inner) for inner in ask.asks)
    if isinstance(ask, Attributes):
        return f"attributes at `{ask.path}`"
    if isinstance(ask, Reference):
        return f"what the `{ask.to}` says that `{ask.path}` refers to"
    if isinstance(ask, Architecture):
        common = f", else at `{ask.template_path}` of the template" if ask.template_path else ""
        return f"an architecture at `{ask.path}`{common}"
    if isinstance(ask, Accelerators):
        return f"a number of accelerators at `{ask.path}`"
    if isinstance(ask, Serverless):
        return f"serverless capacity at `{ask.path}`"
    return _default(ask)


def _default(ask: DefaultType | DefaultArchitecture | Unsaid) -> str:
    if isinstance(ask, Unsaid):
        return "unknown"
    return f"{ask.instance_type if isinstance(ask, DefaultType) else ask.architecture} ({ask.origin})"


def _machines(place: Place) -> str:
    parts = [_figures(figures) for figures in place.counts]
    if not any(parts):
        return ""
    if len(set(parts)) == 1:
        return parts[0]
    shown = [f"{name} {part}" for name, part in zip(("at least", "asked for", "at most"), parts, strict=True) if part]
    counted = f" (only where {_when(place.counted)})" if place.counted is not None else ""
    return ", ".join(shown) + counted


def _figures(figures: object) -> str:
    if figures is None:
        return ""
    if isinstance(figures, Figure):
        words = ", ".join(f"{word} is {number}" for word, number in figures.words)
        details = [words] if words else []
        details += [f"else {_figures(figures.absent)}"] if figures.absent is not None else []
        details += ["if 0"] if figures.only_zero else []
        plus = f" + {figures.plus}" if figures.plus else ""
        return _code(figures.path) + plus + (f" ({', '.join(details)})" if details else "")
    if isinstance(figures, tuple):
        return " × ".join(_figures(figure) for figure in figures)
    return _code(figures) if isinstance(figures, str) else str(figures)


def _spot(spot: Spot | bool | None) -> str:
    if spot is None:
        return "unknown"
    if isinstance(spot, bool):
        return "always" if spot else "never"
    if spot.values:
        return f"`{spot.path}` is {' or '.join(spot.values)}"
    if spot.below is not None:
        return f"`{spot.path}` is below {spot.below}"
    return f"`{spot.path}` is above {spot.above}" if spot.above is not None else f"`{spot.path}` is there"


def _when(when: When) -> str:
    test = f"is like `{when.like}`" if when.unlike is None else f"is not like `{when.unlike}`"
    return f"`{when.path}` {'is absent or ' if when.absent else ''}{test}"


def _requests() -> str:
    rows = [(f"`{action}`", f"`{resource}`") for action, resource in SAME_AS_RESOURCE.items()]
    introduction = "Requests in state machines, pipelines and SDK calls that are read like a resource:"
    return f"## API actions read like a resource\n\n{introduction}\n\n{_markdown(('action', 'read like'), rows)}"


def _steps() -> str:
    rows = [(f"`{step}`", f"`sagemaker:{action}`") for step, action in STEP_ACTIONS.items()]
    rows.append(("`EMR`", "`emr:runJobFlow`"))
    return f"## Steps of SageMaker pipelines\n\n{_markdown(('type of step', 'read as the request'), rows)}"


def _omissions() -> str:
    introduction = (
        "Resource types that have a property with the name of a machine, and why they are no part of the table:"
    )
    rows = [(f"`{resource}`", reason) for resource, reason in OMISSIONS.items()]
    return f"## Left out\n\n{introduction}\n\n{_markdown(('resource', 'why'), rows)}"


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` return 1 where it is stale."""
    return write_or_name({PAGE: page()}, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
