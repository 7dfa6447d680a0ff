"""The site is built strictly, with every page in its navigation, and its diagrams are true to the templates."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from site_building import mkdocs

from scripts.documentation_site.navigation import completed, named_in
from scripts.documentation_site.outside_links import links, outside_files, place_on_site, rewritten, target_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[gone](gone.md)", "gone.md"),
        ("[here](#nowhere)", "nowhere"),
        ("[there](second.md#nowhere)", "nowhere"),
        ("![picture](picture.png)", "picture.png"),
    ],
)
def test_a_link_that_leads_nowhere_fails_the_build(text: str, said: str, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text(f"# First\n\n{text}\n", encoding="utf-8")
    (docs / "second.md").write_text("# Second\n", encoding="utf-8")
    settings: dict[str, Any] = {
        "INHERIT": str(ROOT / "mkdocs.yml"),
        "docs_dir": str(docs),
        "site_dir": str(tmp_path / "site"),
        "hooks": [],
        "extra_css": [],
        "nav": ["index.md", "second.md"],
    }
    config = tmp_path / "mkdocs.yml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    done = mkdocs("--config-file", config)
    assert done.returncode != 0
    assert said in done.stderr + done.stdout


class _Settings(yaml.SafeLoader):
    """mkdocs.yml, whose tags for Python objects do not matter here."""


_Settings.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)


def test_every_page_is_in_the_navigation_once_it_is_completed() -> None:
    settings = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), _Settings)
    named = named_in(completed(settings["nav"]))
    docs = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert docs <= named
    assert "project/examples/typescript/README.md" in named


def test_a_page_that_nobody_named_stands_under_more() -> None:
    section = completed([{"Start": ["index.md"]}, {"Rules": []}])[-1]
    assert "sizing.md" in section["More"]
    assert "index.md" not in section["More"]
    assert "rules/SIL001.md" not in section["More"]


def test_every_public_package_has_a_page_of_its_api() -> None:
    told = "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "api").glob("*.md"))
    for package in sorted((ROOT / "constructs" / "lean_silicon").iterdir()):
        initial = package / "__init__.py"
        if initial.is_file() and "__all__" in initial.read_text(encoding="utf-8") and package.name not in INTERNAL:
            assert f"::: lean_silicon.{package.name}\n" in told, f"docs/api has no page of lean_silicon.{package.name}"


INTERNAL = ("cli", "deep_learning_containers", "live", "preview", "reports", "runtime")
"""Packages behind the commands and the constructs: told by what they do, not by their names."""


def test_links_out_of_the_documentation_become_pages() -> None:
    page = ROOT / "docs" / "constructs" / "training.md"
    text = "[a](../../stacks/training.py) [b](../rules/SIL001.md#bad) [c](https://example.org/x.py)\n\n```md\n[d](../../app.py)\n```\n"
    expected = "[a](../source/stacks/training.py.md) [b](../rules/SIL001.md#bad) [c](https://example.org/x.py)\n\n"
    assert rewritten(text, page, "constructs/training.md") == f"{expected}```md\n[d](../../app.py)\n```\n"


def test_links_of_pages_beside_the_documentation_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "examples").glob("*/README.md")]:
        targets = [target for target in links(page.read_text(encoding="utf-8")) if ":" not in target]
        assert [target for target in targets if target_of(page, target) is None] == [], page.name


def test_a_link_that_leads_nowhere_is_left_for_mkdocs_to_refuse() -> None:
    page = ROOT / "docs" / "ci.md"
    assert rewritten("[x](../stacks/gone.py)", page, "ci.md") == "[x](../stacks/gone.py)"


def test_what_is_linked_from_a_linked_page_comes_along() -> None:
    found = outside_files([ROOT / "docs" / "ci.md"])
    assert found["project/examples/typescript/README.md"] == ROOT / "examples" / "typescript" / "README.md"
    assert place_on_site(ROOT / "docs" / "declarations.md") == "declarations.md"


DIAGRAMS: dict[str, Any] = yaml.safe_load((ROOT / "scripts" / "diagrams.yaml").read_text(encoding="utf-8"))


@cache
def types_of(template: str) -> frozenset[str]:
    """The types of resources in a template."""
    resources = yaml.safe_load((ROOT / template).read_text(encoding="utf-8"))["Resources"]
    return frozenset(resource["Type"] for resource in resources.values())


@pytest.mark.parametrize("name", DIAGRAMS)
def test_every_box_of_a_diagram_is_in_the_template_that_it_shows(name: str) -> None:
    diagram = DIAGRAMS[name]
    drawn = {node["type"] for node in diagram["nodes"].values() if "type" in node}
    assert bool(drawn) == ("template" in diagram)
    if drawn:
        assert drawn - types_of(diagram["template"]) == set()
    places = [tuple(node["at"]) for node in diagram["nodes"].values()]
    assert len(set(places)) == len(places), f"{name}: two boxes in one place"
    assert {end for start, to, _ in diagram["arrows"] for end in (start, to)} <= diagram["nodes"].keys()


@pytest.mark.parametrize("name", DIAGRAMS)
def test_the_words_of_a_box_fit_into_it(name: str) -> None:
    """By the width of an average letter of the sans-serif fonts: 0.52 of its height."""
    for node in DIAGRAMS[name]["nodes"].values():
        assert len(node["text"]) * 17 * 0.52 < 200, node["text"]
        assert len(node["small"]) * 14 * 0.52 < 200, node["small"]
