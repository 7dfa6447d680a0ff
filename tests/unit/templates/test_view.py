"""What is looked for once in a template lives as long as the view of it."""

from __future__ import annotations

import weakref

from lean_silicon.templates import TemplateView, once_a_view, read_template


class Found:
    """Something that can be referred to weakly."""


def test_it_is_looked_for_once_in_each_view_and_goes_with_it() -> None:
    looked: list[str] = []

    @once_a_view
    def find(view: TemplateView) -> Found:
        looked.append(view.template.path)
        return Found()

    views = [TemplateView(read_template({"Resources": {}}, path=path)) for path in ("a.json", "b.json")]
    first, second = (find(view) for view in views)
    assert [find(view) for view in views] == [first, second]
    assert looked == ["a.json", "b.json"]
    kept = weakref.ref(first)
    del first, views
    assert kept() is None


def test_two_searches_in_one_view_are_kept_apart() -> None:
    view = TemplateView(read_template({"Resources": {}}, path="a.json"))

    @once_a_view
    def path(view: TemplateView) -> str:
        return view.template.path

    @once_a_view
    def number(view: TemplateView) -> int:
        return len(view.template.resources)

    assert (path(view), number(view), path(view)) == ("a.json", 0, "a.json")
