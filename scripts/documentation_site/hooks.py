"""The hooks that mkdocs.yml names."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scripts.documentation_site.navigation import completed, example_pages, project_pages
from scripts.documentation_site.outside_links import outside_files, place_on_site, rewritten, source_page

_DIAGRAM = re.compile(r'<p><img alt="(?P<alt>[^"]*)" src="[^"]*diagrams/(?P<name>[\w-]+)\.svg" ?/?></p>')


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Complete the navigation."""
    config.nav = completed(config.nav or [])
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add what the documentation links to outside of docs/."""
    project = [*project_pages(), *example_pages()]
    found = {place_on_site(page): page for page in project}
    inside = [Path(file.abs_src_path) for file in files.documentation_pages() if file.abs_src_path]
    found |= outside_files([*inside, *project])
    for place, file in found.items():
        if place.startswith("project/"):
            page = file / "README.md" if file.is_dir() else file
            files.append(File.generated(config, place, abs_src_path=str(page)))
        else:
            files.append(File.generated(config, place, content=source_page(file)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Lead links to where the site has their targets."""
    path = page.file.abs_src_path
    return markdown if path is None else rewritten(markdown, Path(path), page.file.src_uri)


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Put diagrams into the page itself, so that they take its colours."""

    def inline(image: re.Match[str]) -> str:
        drawing = (Path(config.docs_dir) / "images" / "diagrams" / f"{image['name']}.svg").read_text(encoding="utf-8")
        return f'<figure class="diagram" tabindex="0">{drawing}</figure>'

    return _DIAGRAM.sub(inline, html)


def on_page_context(context: dict[str, Any], *, page: Page, config: MkDocsConfig, nav: Any) -> dict[str, Any]:  # noqa: ARG001
    """Keep pages that only show a file out of search engines' snippets: their title is the file's path."""
    if page.file.src_uri.startswith("source/"):
        page.title = page.file.src_uri.removeprefix("source/").removesuffix(".md")
    return context


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG001
    """Give the theme's search dialog the name that screen readers announce."""
    return output.replace(
        'data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"'
    )
