"""The page of a report: what it says, in which order, and that nothing of a template becomes markup."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise

import pytest
from report_samples import HOSTILE, HUGE, Page, hostile_app, judged, ordinary_app, page_of, prefixed, template
from sample_templates import endpoint

from lean_silicon.estimates import Estimate, Settings, estimate
from lean_silicon.reports.html import Basis, report_page
from lean_silicon.reports.html.savings import savings_of
from lean_silicon.rules import Verdict
from lean_silicon.templates import App


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(page_of(ordinary_app()))


@pytest.fixture(scope="module")
def hostile() -> Page:
    return Page(page_of(hostile_app(), paths=HOSTILE, team_tag='team"><b>'))


def test_it_states_what_it_rests_on(page: Page) -> None:
    for part in ("2026-11-23", "Prices and catalogue of 2026-11", "1.2.3", "Policy recommended", "cdk.out"):
        assert part.replace(" ", "") in page.text.replace(" ", "")


def test_the_summary_counts_what_stands_open_and_what_is_missing(page: Page) -> None:
    verdict = judged(ordinary_app())
    open_ones = [finding for finding in verdict.findings if finding.acknowledged is None]
    assert len([1 for _, its in page.elements if its.get("data-entry") == "finding"]) == len(open_ones)
    assert "1 input could not be read: what is in there is not judged." in page.text
    assert "cdk.out/Broken.template.json: line 3, column 5: a colon is missing" in page.text
    assert "Resources.Odd: the type is missing" in page.text
    assert "cdk.out/notes.json: it has no Resources" in page.text


def test_accepted_findings_stand_apart_with_reason_and_expiry(page: Page) -> None:
    accepted = [its for _, its in page.elements if its.get("data-entry") == "accepted"]
    assert [its["data-rule"] for its in accepted] == ["SIL002"]
    assert "CUDA kernels until the port 2027-03-31 the template's metadata".replace(" ", "") in page.text.replace(
        " ", ""
    )


def test_every_finding_links_to_the_page_of_its_rule_and_no_link_leads_nowhere(page: Page) -> None:
    ids = [its["id"] for _, its in page.elements if its.get("id")]
    assert len(ids) == len(set(ids))
    targets = [its["href"] or "" for its in page.all("a")]
    inside = [target.removeprefix("#") for target in targets if target.startswith("#")]
    assert set(inside) <= set(ids)
    rules = {its["data-rule"] for _, its in page.elements if its.get("data-rule")}
    assert {f"rule-{rule}" for rule in rules} <= set(inside)
    assert all(target.startswith("https://") for target in targets if not target.startswith("#"))


def test_nothing_is_fetched_and_only_its_own_style_and_script_may_run(page: Page) -> None:
    assert not any({"src", "srcset", "style", "data", "action"} & set(its) for _, its in page.elements)
    assert not any(name.startswith("on") for _, its in page.elements for name in its)
    assert not page.all("link")
    [policy] = [its["content"] or "" for its in page.all("meta") if its.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.raw[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not re.search(r"url\(|@import|https?:", page.raw["style"] + page.raw["script"])


def test_a_screen_reader_finds_its_way(page: Page) -> None:
    assert page.all("html") == [{"lang": "en"}]
    assert [len(page.all(tag)) for tag in ("header", "main", "h1", "search")] == [1, 1, 1, 1]
    assert page.all("a")[0]["href"] == "#summary"
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(its.get("scope") in ("col", "row") for its in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    assert [its for its in page.all("p") if its.get("role") == "status"]
    assert all(its.get("aria-hidden") == "true" for its in page.all("svg"))


def order_of(app: App) -> list[tuple[int, float | None]]:
    verdict = judged(app)
    return [
        (saving.order[0], saving.cost.likely if saving.cost else None)
        for saving in savings_of(verdict.findings, estimate(app, Settings()))
    ]


def test_findings_are_ordered_by_saving_and_the_unknown_is_last_and_never_zero(page: Page) -> None:
    order = order_of(ordinary_app())
    assert [group for group, _ in order] == sorted(group for group, _ in order)
    assert {group for group, _ in order} == {0, 1, 2, 3}
    for group in (0, 1, 2):
        costs = [cost for each, cost in order if each == group and cost is not None]
        assert costs == sorted(costs, reverse=True)
        assert all((cost > 0) is (group < 2) for cost in costs)
    assert {cost for group, cost in order if group == 3} == {None}
    assert "Saving unknown" in page.text
    assert "0 USD" not in re.sub(r"[\d,.]+0 USD", "", page.text)


def test_a_month_counts_all_machines_and_hours() -> None:
    body = endpoint("ml.p4d.24xlarge")
    body["Endpoint"]["Properties"]["ProductionVariants"][0]["InitialInstanceCount"] = 3
    app = App(templates=[template(body, "Serving")])
    [saving] = [
        each for each in savings_of(judged(app).findings, estimate(app, Settings())) if each.finding.rule == "SIL002"
    ]
    assert saving.monthly is not None
    assert saving.monthly.cost is not None
    assert saving.hourly is not None
    assert saving.hourly.cost is not None
    assert saving.monthly.cost.likely == pytest.approx(3 * 730 * saving.hourly.cost.likely)
    [fewer] = [
        each
        for each in savings_of(judged(app).findings, estimate(app, Settings(hours=100)))
        if each.finding.rule == "SIL002"
    ]
    assert fewer.monthly is not None
    assert fewer.monthly.cost is not None
    assert fewer.monthly.cost.likely == pytest.approx(saving.monthly.cost.likely / 7.3)


def test_a_job_and_spot_capacity_save_by_the_hour_only() -> None:
    launch = {
        "Template": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {
                "LaunchTemplateData": {"InstanceType": "m5.4xlarge", "InstanceMarketOptions": {"MarketType": "spot"}}
            },
        },
        "Group": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "Properties": {
                "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"},
                "MinSize": "1",
                "MaxSize": "1",
            },
        },
    }
    app = App(templates=[*ordinary_app().templates, template(launch, "Spot")])
    savings = savings_of(judged(app).findings, estimate(app, Settings()))
    jobs = [each for each in savings if each.finding.resource.logical_id == "BaseTrain" and each.hourly]
    assert jobs
    assert all(each.monthly is None and each.why_no_month == "how long it runs is unknown" for each in jobs)
    groups = [each for each in savings if each.finding.resource.template.stack == "Spot" and each.hourly]
    assert groups
    assert all(each.monthly is None for each in groups)


def test_a_fix_that_costs_more_is_said_to(page: Page) -> None:
    assert re.search(
        r"Costs more in a month ?[\d,.]+ USD (\([^)]*\) )?more ?[\d,.]+ kWh \([^)]*\) (more|less)", page.text
    )
    assert re.search(r"Saves in a month ?[\d,.]+ USD ?(\([^)]*\) ?)?[\d,.]+ kWh", page.text)


def test_now_and_leanest_are_the_sums_of_the_estimate(page: Page) -> None:
    result = estimate(ordinary_app(), Settings())
    for total in (result.total(), result.leanest()):
        cost = total.known.cost
        assert cost is not None
        assert f"{cost.likely:,.0f}" in page.text
    assert "plus 3 places of 8 unknown" in page.text
    assert "the value is imported from another stack" in page.text
    assert "for the run" in page.text


def test_the_first_steps_are_the_largest_savings_one_for_each_place(page: Page) -> None:
    steps = page.text[page.text.index("Do first") : page.text.index("Severity")]
    assert steps.count("USD a month") == 3
    assert steps.index("SummariesEndpoint") < steps.index("ChatEndpoint") < steps.index("BuildMachine")


def test_filters_offer_every_stack_rule_severity_and_team(page: Page) -> None:
    options = {its["value"] for its in page.all("option")}
    assert {"=Serving", "=Training", "=Hosts", "=search", "=research", "=platform", "-", "=SIL002"} <= options
    assert [its["value"] for its in page.all("input") if its["name"] == "severity"] == ["error", "warning", "note"]


@pytest.mark.parametrize("text", HOSTILE[:3])
def test_what_looks_like_markup_is_text(hostile: Page, text: str) -> None:
    assert hostile.text.count(" ".join(text.split())) >= 5


def test_nothing_hostile_becomes_an_element_an_attribute_or_a_control_character(hostile: Page) -> None:
    ours = Page(page_of(ordinary_app()))
    assert {tag for tag, _ in hostile.elements} <= {tag for tag, _ in ours.elements}
    assert {name for _, its in hostile.elements for name in its} <= {name for _, its in ours.elements for name in its}
    assert len(hostile.all("script")) == len(hostile.all("style")) == len(hostile.all("title")) == 1
    everything = hostile.text + "".join(value or "" for _, its in hostile.elements for value in its.values())
    assert everything.isprintable()
    assert r"\u202edrawkcab\u2066 \x00 \x1b[31m \ud800" in hostile.text


def test_a_huge_text_is_cut_and_says_so(hostile: Page) -> None:
    assert HUGE[:1900] in hostile.text
    assert HUGE[:2100] not in hostile.text
    assert "(cut: 1,000,000 characters)" in hostile.text


def test_the_page_can_be_written_as_utf_8() -> None:
    assert page_of(hostile_app()).encode("utf-8")


def test_an_app_with_nothing_in_it_makes_a_calm_page() -> None:
    basis = Basis((), "2026-11-23", "1", "2026-11", "recommended")
    page = Page(report_page(Verdict(templates=1, resources=2), Estimate((), 0), basis))
    assert "Nothing stands open in 1 template, 2 resources and 0 uses of silicon." in page.text
    assert not page.all("search")
    assert "incomplete" not in page.text


def test_a_rule_that_is_not_installed_still_has_its_place() -> None:
    app = App(templates=[template(prefixed("Chat", endpoint("ml.p4d.24xlarge")), "Serving")])
    verdict = judged(app)
    verdict.findings = [verdict.findings[0]._replace(rule="XYZ001")]
    page = Page(report_page(verdict, estimate(app), Basis(("a",), "2026-11-23", "1", "2026-11", "strict")))
    assert "XYZ001" in page.text
    assert "This rule is not installed here." in page.text


def test_what_the_account_said_is_dated_beside_the_catalogue() -> None:
    page = Page(page_of(ordinary_app(), account_as_of=("your account's prices of 2026-11-20",)))
    assert "2026-11; your account's prices of 2026-11-20" in page.text


def test_the_text_of_a_rule_page_keeps_its_templates_and_headings(page: Page) -> None:
    assert "- {VariantName: main, ModelName: chat, InstanceType: ml.p4d.24xlarge" in page.text
    pages = page.text[page.text.index("What each rule that found something means") :]
    assert "`" not in pages
    assert "----" not in pages
