"""What each rule costs: alone, on the templates of all rule pages, many times over."""

from __future__ import annotations

import time

from benchmarks.measure import Row
from lean_silicon.rules import Context, Rule, built_in_rules, judge
from lean_silicon.templates import App, Template, read_template
from lean_silicon.templates.parsing import parse

COPIES = 40
SHOWN = 8


def rows() -> list[Row]:
    """The dearest rules, microseconds a resource, and the sum of all."""
    app = App(templates=[_template()])
    resources = sum(len(template.resources) for template in app.templates)
    context = Context()
    judge(app, context)
    costs = sorted(((_seconds(app, context, rule) / resources, rule.id) for rule in built_in_rules()), reverse=True)
    reading = _seconds(app, context, None) / resources
    found = [
        Row(f"{rule_id}, a resource", f"{(cost - reading) * 1e6:.1f} µs", "", None) for cost, rule_id in costs[:SHOWN]
    ]
    total = sum(max(cost - reading, 0) for cost, _ in costs)
    found.append(Row(f"all {len(costs)} rules, a resource", f"{total * 1e6:.0f} µs", "", None))
    return found


def _template() -> Template:
    """One template with every rule page's resources, many times over."""
    resources = {}
    for rule in built_in_rules():
        for heading in ("Bad", "Good"):
            page = parse((rule.template(heading) or "").encode()).value
            for logical_id, resource in page["Resources"].items():
                for copy in range(COPIES):
                    resources[f"{rule.id}{heading}{logical_id}{copy}"] = resource
    return read_template({"Resources": resources}, path="template.json", region="us-east-1")


def _seconds(app: App, context: Context, rule: Rule | None) -> float:
    start = time.perf_counter()
    judge(app, context, [rule] if rule else [])
    return time.perf_counter() - start
