"""Apps whose reports are looked at: an ordinary one, one of a stranger who means harm, and a very large one."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from typing import Any

from sample_templates import endpoint, instance, training

from lean_silicon.estimates import Settings, estimate
from lean_silicon.reports.html import Basis, report_page
from lean_silicon.rules import Context, Verdict, judge
from lean_silicon.templates import App, Skipped, Template, Unreadable, read_template

TODAY = date(2026, 11, 23)
CHAT = {"Task": "inference", "Model": "llama-3.1-8b", "Precision": "bf16", "ContextTokens": 8192, "Concurrency": 16}
RUN = {"Task": "fine-tuning", "Model": "llama-3.1-8b", "ContextTokens": 4096, "TrainingTokens": 10**8}
HOSTILE = (
    "<script>window.harmed = 1</script>",
    "</script></style></title><img src=x onerror='window.harmed = 1'>",
    '" autofocus onfocus="window.harmed = 1',
    "\u202edrawkcab\u2066 \x00 \x1b[31m \ud800",
)
HUGE = "q" * 1_000_000


def prefixed(name: str, resources: dict[str, Any], team: str | None = None) -> dict[str, Any]:
    """The same resources under other logical ids, perhaps with a team's tag."""
    for resource in resources.values():
        if team is not None:
            resource["Properties"]["Tags"] = [{"Key": "Team", "Value": team}]
    return {f"{name}{key}": resource for key, resource in resources.items()}


def template(resources: dict[str, Any], stack: str, region: str | None = "us-east-1", path: str = "") -> Template:
    """A template of a stack."""
    where = path or f"cdk.out/{stack}.template.json"
    return read_template({"Resources": resources}, path=where, region=region, stack=stack)


def ordinary_app() -> App:
    """Three stacks of three teams, with something of every sort that a report tells."""
    reason = {"Id": "SIL002", "Reason": "CUDA kernels until the port", "Expires": "2027-03-31"}
    serving = {
        **prefixed("Chat", endpoint("ml.p4d.24xlarge"), "search"),
        **prefixed("Summaries", endpoint("ml.g6e.48xlarge", CHAT), "search"),
        **prefixed("Small", endpoint("ml.g4dn.xlarge")),
        **prefixed("Rank", endpoint("ml.g5.xlarge", CHAT, Acknowledge=[reason])),
    }
    runs = {
        **prefixed("Base", training("ml.p4d.24xlarge"), "research"),
        **prefixed("Tune", training("ml.p4d.24xlarge", RUN), "research"),
    }
    hosts = {
        **prefixed("Build", instance("m5.4xlarge"), "platform"),
        "Imported": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": {"Fn::ImportValue": "type"}}},
    }
    broken = template(hosts, "Hosts", None)
    broken.problems = ("Resources.Odd: the type is missing",)
    return App(
        templates=[template(serving, "Serving"), template(runs, "Training", "eu-west-1"), broken],
        unreadable=[Unreadable("cdk.out/Broken.template.json", "line 3, column 5: a colon is missing")],
        skipped=[Skipped("cdk.out/notes.json", "it has no Resources")],
    )


def hostile_app() -> App:
    """One whose every text tries to become markup, or to hide or turn what is around it."""
    templates = []
    for text in (*HOSTILE, HUGE):
        reason = [{"Id": "SIL002", "Reason": text, "Expires": "2027-03-31"}]
        resources = {
            **prefixed(text, endpoint("ml.p4d.24xlarge"), text),
            **prefixed(f"Accepted{text}", endpoint("ml.p4d.24xlarge", Acknowledge=reason), text),
            f"Type{text}": instance(text)["Machine"],
        }
        read = template(resources, text, path=f"cdk.out/{text}.json")
        for resource in read.resources.values():
            resource.construct_path = f"App/{text}/{resource.logical_id}"
        read.problems = (f"Resources.{text}: not understood",)
        templates.append(read)
    bad = [Unreadable(f"cdk.out/{text}", f"unreadable: {text}") for text in HOSTILE]
    return App(templates=templates, unreadable=bad, skipped=[Skipped(text, text) for text in HOSTILE])


def large_app(endpoints: int = 1_040) -> App:
    """One with more than 5,000 findings, in 20 stacks of 5 teams."""
    stacks: dict[str, dict[str, Any]] = {f"Stack{number:02}": {} for number in range(20)}
    types = ("ml.p4d.24xlarge", "ml.g5.12xlarge", "ml.g6e.48xlarge", "ml.g4dn.xlarge")
    for number in range(endpoints):
        made = endpoint(types[number % 4], CHAT if number % 3 else None)
        stacks[f"Stack{number % 20:02}"].update(prefixed(f"Service{number}", made, f"team-{number % 5}"))
    return App(templates=[template(resources, stack) for stack, resources in stacks.items()])


def judged(app: App) -> Verdict:
    """Under the recommended policy, on a fixed day."""
    return judge(app, Context(today=TODAY))


def page_of(app: App, **basis: Any) -> str:
    """The report of an app."""
    known = {"paths": ("cdk.out",), "made": TODAY.isoformat(), "version": "1.2.3", "catalog_as_of": "2026-11"}
    return report_page(judged(app), estimate(app, Settings()), Basis(**{**known, "policy": "recommended", **basis}))


class Page(HTMLParser):
    """What a browser would see in a page: elements with their attributes, and text. Fails where elements do not nest."""

    _VOID = frozenset({"meta", "input", "br", "img", "link", "hr"})
    _LEAF = frozenset({"path", "rect", "circle"})  # in SVG, where they may close themselves

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.raw: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self._VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self._LEAF
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in ("style", "script"):
            self.raw[self._open[-1]] = self.raw.get(self._open[-1], "") + data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        """All its text, on one line."""
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of the elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]
