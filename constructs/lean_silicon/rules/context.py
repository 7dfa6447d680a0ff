"""What a rule may ask: the catalogue, the policy, the day."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from datetime import date
from typing import Any, TypeVar

from lean_silicon.catalog import Catalog, Component, InstanceType, Offer, Price, load_catalog
from lean_silicon.footprint import Footprint, hourly_footprint
from lean_silicon.rules.policy import Policy
from lean_silicon.rules.settings import Settings
from lean_silicon.templates import Acknowledgment, App, SiliconUse, Template, TemplateView

_Answer = TypeVar("_Answer")
_SERVICE = r"(?:(?:ml|db|cache|kafka)\.)?"
"""What may stand before a type's EC2 name."""


class Context:
    """The world that rules judge in. Look-ups are remembered, since templates repeat themselves.

    Parameters
    ----------
    policy
        How strict to be. Default: ``recommended``.
    catalog
        The facts. Default: the packaged catalogue.
    today
        The day by which acknowledgments expire. Default: today.
    """

    def __init__(self, policy: Policy | None = None, catalog: Catalog | None = None, today: date | None = None) -> None:
        self.policy = policy or Policy()
        """How strict to be for the template that is judged."""
        self._whole_policy = self.policy
        self.catalog = catalog or load_catalog()
        self.today = today or date.today()
        self.accepted: set[Acknowledgment] = set()
        """The acknowledgments that have met a finding so far."""
        self._view: TemplateView | None = None
        self._types: dict[str, InstanceType | None] = {}
        self._takes: dict[tuple[Component, str], tuple[InstanceType, ...]] = {}
        self._answers: dict[Hashable, Any] = {}
        self.app = App()
        """What is judged."""
        self._of_app: dict[str, Any] = {}
        self._uses: dict[int, tuple[SiliconUse, ...]] = {}
        self._policies: dict[int, Policy] = {}

    def begin(self, app: App) -> None:
        """Turn to another app."""
        self.app = app
        self.accepted = set()
        self._of_app = {}
        self._uses = {}
        self._policies = {}
        self._view = None

    def of_app(self, name: str, find: Callable[[App], _Answer]) -> _Answer:
        """What `find` finds in the app as a whole, looked for once and kept under its name.

        For rules that judge a resource by what other stacks of its app hold. `find` must not ask for a `view`: only the last is kept.
        """
        if name not in self._of_app:
            self._of_app[name] = find(self.app)
        found: _Answer = self._of_app[name]
        return found

    @property
    def settings(self) -> Settings:
        """The policy's thresholds."""
        return self.policy.settings

    def view(self, template: Template) -> TemplateView:
        """Look-ups over a template.

        Only the last one is remembered, so that memory stays bounded over many templates; of the
        others their uses are, for rules that judge the app as a whole.
        """
        if self._view is None or self._view.template is not template:
            self._view = TemplateView(template, self._uses.get(id(template)))
        return self._view

    def policy_of(self, template: Template) -> Policy:
        """How strict to be for a template: the policy, with what is different for it."""
        if not self._whole_policy.overrides:
            return self._whole_policy
        key = id(template)
        if key not in self._policies:
            self._policies[key] = self._whole_policy.at(template.path, template.stack, template.construct_path)
        return self._policies[key]

    def turn_to(self, template: Template | None) -> None:
        """Judge that template by its own policy from now on, or the app as a whole."""
        self.policy = self._whole_policy if template is None else self.policy_of(template)

    def remember_uses(self, template: Template) -> None:
        """Keep the uses of a template that belongs to the app."""
        self._uses[id(template)] = self.view(template).uses

    def type_of(self, use: SiliconUse) -> InstanceType | None:
        """The catalogue's entry for the type asked for; `None` where the use names none or the catalogue does not know it."""
        return None if use.instance_type is None else self.find(use.instance_type)

    def find(self, name: str) -> InstanceType | None:
        """The catalogue's entry of that name."""
        if name not in self._types:
            self._types[name] = self.catalog.find(name)
        return self._types[name]

    def types(self, component: Component, named: str = "") -> tuple[InstanceType, ...]:
        r"""The types that a component takes, or those whose EC2 name matches a pattern from its start on.

        A pattern (``r"trn\d"``) saves building the hundreds of types that are not meant.
        """
        key = (component, named)
        if key not in self._takes:
            # Searched as one text, a name a line: asking the pattern about each name takes several times as long.
            names = self.remembered(("names", component), lambda: "\n".join(self.catalog.names(component)))
            lines = re.finditer(f"^{_SERVICE}(?:{named}).*$", names, re.MULTILINE)
            found = (self.find(line[0]) for line in lines)
            self._takes[key] = tuple(each for each in found if each is not None)
        return self._takes[key]

    def remembered(self, key: Hashable, answer: Callable[[], _Answer]) -> _Answer:
        """The answer to a question that many uses ask alike, worked out once. The key must hold all that the answer depends on."""
        if key not in self._answers:
            self._answers[key] = answer()
        remembered: _Answer = self._answers[key]
        return remembered

    def offer(self, name: str, use: SiliconUse) -> Offer:
        """Whether the use's component offers that type in the use's region."""
        key = ("offer", name, use.component, self.region_of(use))
        return self.remembered(key, lambda: self.catalog.offer(name, use.component, self.region_of(use)))

    def price(self, name: str, use: SiliconUse) -> Price | None:
        """The on-demand price of that type where the use is."""
        return self.catalog.price(name, use.component, self.region_of(use))

    def footprint(self, name: str, use: SiliconUse, *, count: float = 1) -> Footprint:
        """Money, power and carbon of so many machines of that type, an hour, where the use is."""
        region = self.region_of(use)
        key = ("footprint", name, use.component, region, count)
        return self.remembered(
            key, lambda: hourly_footprint(name, use.component, region, count=count, catalog=self.catalog)
        )

    def region_of(self, use: SiliconUse) -> str | None:
        """The template's region, else the policy's, else `None`."""
        return use.region or self.policy.region
