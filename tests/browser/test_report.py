"""The report in a real browser: filters, keyboard, themes, a phone's width, print, many findings, and a stranger's texts."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from report_samples import HOSTILE

pytestmark = pytest.mark.slow

Open = Callable[..., "Opened"]  # type: ignore[name-defined]  # noqa: F821 - of conftest.py, which is no module to import
SHOWN = "[data-entry=finding]:not([hidden])"


def shown(page: Page, kind: str = "finding") -> int:
    return page.locator(f"[data-entry={kind}]:not([hidden])").count()


def chooser(page: Page, label: str) -> Locator:
    """A list of choices by its label, which names a tag in brackets for the team."""
    return page.get_by_role("combobox", name=re.compile(rf"^{label}\b"), include_hidden=True)


def search(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Search", include_hidden=True)


def values(page: Page, name: str, selector: str = SHOWN) -> list[str]:
    found: list[str] = page.eval_on_selector_all(selector, f"all => all.map(each => each.dataset.{name} || '')")
    return found


@pytest.mark.parametrize("name", ["ordinary", "hostile", "advice"])
def test_it_asks_no_network_and_complains_of_nothing(opened: Open, name: str) -> None:
    page, said, requests = opened(name)
    page.wait_for_timeout(50)
    assert said == []
    assert [request.partition(":")[0] for request in requests] == ["file"]


def test_each_filter_leaves_what_it_names_and_the_count_is_announced(opened: Open) -> None:
    page, said, _ = opened("ordinary")
    everything = shown(page)
    status = page.get_by_role("status")
    expect(status).to_have_text(f"{everything} findings, 1 accepted, 8 places with machines")
    for label, chosen, name in (("Stack", "Serving", "stack"), ("Rule", "SIL002", "rule"), ("Team", "search", "team")):
        chooser(page, label).select_option(label=chosen)
        assert set(values(page, name)) == {chosen}
        assert 0 < shown(page) < everything
        expect(status).to_contain_text(f"{shown(page)} of {everything} findings")
        page.get_by_role("button", name="Clear").click()
        expect(status).to_contain_text(f"{everything} findings")
    assert said == []


def test_filters_work_together_and_say_when_nothing_is_left(opened: Open) -> None:
    page = opened("ordinary").page
    chooser(page, "Team").select_option(label="search")
    chooser(page, "Rule").select_option(label="SIL002")
    page.get_by_label("errors").uncheck()
    assert set(values(page, "severity")) <= {"warning", "note"}
    search(page).fill("nothing has this name")
    expect(page.get_by_text("No finding matches the filters.")).to_be_visible()
    expect(page.get_by_text("No place matches the filters.")).to_be_visible()
    assert shown(page) == shown(page, "machines") == 0
    expect(page.get_by_role("status")).to_contain_text("0 of")


def test_entries_without_the_tag_can_be_looked_for(opened: Open) -> None:
    page = opened("ordinary").page
    chooser(page, "Team").select_option(label="without the tag")
    assert set(values(page, "team")) == {""}
    assert shown(page) > 0


def test_search_finds_all_words_in_any_case_in_findings_accepted_and_machines(opened: Open) -> None:
    page = opened("ordinary").page
    search(page).fill("INF2 summaries")
    expect(page.get_by_role("status")).to_contain_text(" of ")
    assert all("Summaries" in text for text in page.locator(SHOWN).all_inner_texts())
    assert shown(page) > 0
    assert shown(page, "machines") == 1
    assert shown(page, "accepted") == 0


def test_findings_can_be_ordered_by_severity_and_stack_and_back(opened: Open) -> None:
    page = opened("ordinary").page
    first = values(page, "at")
    ranks = {"error": 0, "warning": 1, "note": 2}
    chooser(page, "Order").select_option("severity")
    by_severity = [ranks[severity] for severity in values(page, "severity")]
    assert by_severity == sorted(by_severity)
    chooser(page, "Order").select_option("stack")
    assert values(page, "stack") == sorted(values(page, "stack"))
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(SHOWN).first).to_have_attribute("data-at", "1")
    assert values(page, "at") == first


def test_a_link_to_a_rule_opens_its_page_and_one_to_what_is_filtered_out_shows_it(opened: Open) -> None:
    page = opened("ordinary").page
    rule = page.locator("#rule-SIL002")
    expect(rule).not_to_have_attribute("open", "")
    page.locator("[data-rule=SIL002] h3 a").first.click()
    expect(rule).to_have_attribute("open", "")
    expect(rule.get_by_text("InstanceType: ml.p4d.24xlarge").first).to_be_in_viewport()
    chooser(page, "Stack").select_option(label="Training")
    expect(page.locator("#finding-1")).to_be_hidden()
    page.evaluate("location.hash = '#finding-1'")
    expect(page.locator("#finding-1")).to_be_in_viewport()


def test_everything_can_be_done_by_keyboard_and_the_focus_is_seen(opened: Open) -> None:
    page = opened("ordinary").page
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Summary")).to_be_focused()
    search(page).focus()
    page.keyboard.type("summaries")
    expect(page.get_by_role("status")).to_contain_text(" of ")
    for label in ("Stack", "Rule", "Team", "Order"):
        page.keyboard.press("Tab")
        expect(chooser(page, label)).to_be_focused()
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("errors")).not_to_be_checked()
    page.locator(f"{SHOWN} summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{SHOWN} details").first).to_have_attribute("open", "")
    table = page.get_by_role("region", name="Machines").last
    table.focus()
    expect(table).to_be_focused()


def luminance(page: Page) -> float:
    """Of the page's background, from 0 to 255."""
    found: float = page.evaluate(
        """() => {
          const canvas = document.createElement("canvas").getContext("2d");
          canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
          canvas.fillRect(0, 0, 1, 1);
          const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        }"""
    )
    return found


def test_it_follows_the_system_until_the_switch_says_otherwise_and_remembers(opened: Open) -> None:
    light, dark = opened("ordinary", color_scheme="light").page, opened("ordinary", color_scheme="dark").page
    assert luminance(light) > 200
    assert luminance(dark) < 60
    dark.get_by_label("System", exact=True).focus()
    dark.keyboard.press("ArrowRight")
    expect(dark.get_by_label("Light", exact=True)).to_be_checked()
    assert luminance(dark) > 200
    dark.reload()
    expect(dark.get_by_label("Light", exact=True)).to_be_checked()
    assert luminance(dark) > 200
    dark.get_by_label("System", exact=True).check(force=True)
    assert luminance(dark) < 60


@pytest.mark.parametrize(
    ("name", "width"), [("ordinary", 360), ("ordinary", 768), ("hostile", 360), ("advice", 360), ("advice", 1280)]
)
def test_no_width_scrolls_the_page_sideways(opened: Open, name: str, width: int) -> None:
    page = opened(name, viewport={"width": width, "height": 740}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for heading in page.locator("h2").all():
        box = heading.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width


def test_print_shows_the_content_and_not_the_controls(opened: Open) -> None:
    page = opened("ordinary", color_scheme="dark").page
    chooser(page, "Stack").select_option(label="Serving")
    left = shown(page)
    page.emulate_media(media="print")
    assert luminance(page) > 200
    expect(search(page)).to_be_hidden()
    expect(chooser(page, "Stack")).to_be_hidden()
    expect(page.locator("fieldset.theme")).to_be_hidden()
    expect(page.get_by_role("status")).to_be_visible()
    seen = "all => all.filter(each => each.checkVisibility({contentVisibilityAuto: true})).length"
    assert page.eval_on_selector_all("[data-entry=finding] dl", seen) == left
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("main details:not([open]):not(.rule)").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("main details[open]").count() == 0
    assert page.pdf(format="A4").startswith(b"%PDF-")


def drawn(page: Page) -> int:
    """How many findings the browser draws, once it has shown what is in view: the others wait until somebody looks."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    seen = "all => all.filter(each => each.checkVisibility({contentVisibilityAuto: true})).length"
    found: int = page.eval_on_selector_all("[data-entry=finding] dl", seen)
    return found


def scroll_to(one: Locator) -> None:
    """Until it is seen: what is drawn on the way takes another height than was guessed, and moves it away again."""
    for _ in range(20):
        one.scroll_into_view_if_needed()
        with contextlib.suppress(AssertionError):
            expect(one).to_be_in_viewport(timeout=500)
            return
    expect(one).to_be_in_viewport()


def test_thousands_of_findings_are_drawn_only_where_one_looks_and_filtered_all(opened: Open) -> None:
    page, said, _ = opened("large")
    everything = shown(page)
    assert everything > 5_000
    for at in (1, everything):
        scroll_to(page.locator(f"[data-at='{at}']"))
        assert 0 < drawn(page) < 200
    search(page).fill("service77e")
    expect(page.get_by_role("status")).to_contain_text("1 of 1,040 places")
    assert set(values(page, "stack")) == {"Stack17"}
    assert all("Service77Endpoint" in text for text in page.locator(SHOWN).all_inner_texts())
    search(page).fill("")
    chooser(page, "Team").select_option(label="team-3")
    expect(page.get_by_role("status")).to_contain_text("208 of 1,040 places")
    assert set(values(page, "team")) == {"team-3"}
    assert said == []


def test_what_a_stranger_wrote_is_text_and_runs_nothing(opened: Open) -> None:
    page, said, requests = opened("hostile")
    text = page.locator("body").inner_text()
    for hostile in HOSTILE[:3]:
        assert hostile in text
    assert page.evaluate("window.harmed") is None
    assert page.locator("img, iframe, body script, [autofocus]").count() == 0
    assert not any(mark in text for mark in "\u202e\u2066\x00\x1b")
    chooser(page, "Stack").select_option(label=HOSTILE[0])
    assert set(values(page, "stack")) == {HOSTILE[0]}
    assert said == []
    assert len(requests) == 1


def test_the_policy_of_the_page_stops_a_script_that_is_not_its_own(opened: Open) -> None:
    page = opened("ordinary").page
    refused = page.evaluate(
        """() => new Promise((done) => {
          addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
          try {
            const script = document.createElement("script");
            script.append("window.harmed = 1");
            document.body.append(script);
          } catch (error) { done(String(error)); }
        })"""
    )
    assert "script" in refused or "trusted" in refused.lower()
    assert page.evaluate("window.harmed") is None


def test_without_script_the_whole_content_is_there(opened: Open) -> None:
    page = opened("ordinary", java_script_enabled=False).page
    expect(page.get_by_role("heading", name="Findings")).to_be_visible()
    expect(search(page)).to_be_hidden()
    expect(page.locator("#finding-1")).to_be_visible()
