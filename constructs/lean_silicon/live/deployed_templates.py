"""The templates that are live in an account, with the values that their parameters really have."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.live.account import CallFailedError
from lean_silicon.templates import App, Skipped, Template, Unreadable
from lean_silicon.templates.building import fill
from lean_silicon.templates.declarations import declare
from lean_silicon.templates.parsing import parse, too_deep

if TYPE_CHECKING:
    from lean_silicon.live.account import Account

    Told = Callable[[str, int, int], None]

ACTIONS = ("cloudformation:DescribeStacks", "cloudformation:GetTemplate")
"""What the credentials must allow. Nothing is changed."""

_NOTHING_LIVE = {
    "REVIEW_IN_PROGRESS": "nothing of it is deployed yet",
    "ROLLBACK_COMPLETE": "its creation failed, and nothing of it is left",
    "DELETE_IN_PROGRESS": "it is being deleted",
    "DELETE_COMPLETE": "it is deleted",
}
_HIDDEN = "****"
"""What CloudFormation says of a parameter with NoEcho."""


class _Stack(NamedTuple):
    region: str
    answer: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.answer["StackName"])

    @property
    def place(self) -> str:
        return f"{self.region}/{self.name}"


def deployed_app(account: Account, regions: Iterable[str], names: Collection[str], told: Told) -> App:
    """Read the processed templates of stacks, in their nested stacks too. What cannot be read is in `App.unreadable`.

    Parameters
    ----------
    account
        Whose credentials are used.
    regions
        Where to look.
    names
        Names of stacks; of nested stacks, those of the stacks that hold them. Empty: all.
    told
        Called before each template with what comes, how many are done, and how many there are.
    """
    app = App()
    stacks = [stack for region in regions for stack in _wanted(_listed(account, region, app), names)]
    found = {stack.name for stack in stacks}
    if not app.unreadable:
        missing = [name for name in names if name not in found]
        app.unreadable += [Unreadable(name, "there is no stack of that name in the regions asked") for name in missing]
    for done, stack in enumerate(stacks):
        told(stack.place, done, len(stacks))
        _read(account, stack, app)
    told("done", len(stacks), len(stacks))
    return app


def _listed(account: Account, region: str, app: App) -> list[_Stack]:
    """The stacks of a region; none where it does not answer, which the app then says."""
    try:
        pages = account.pages("cloudformation", "describe_stacks", region)
        return [_Stack(region, answer) for page in pages for answer in page["Stacks"]]
    except CallFailedError as error:
        app.unreadable.append(Unreadable(region, str(error)))
        return []


def _wanted(stacks: list[_Stack], names: Collection[str]) -> list[_Stack]:
    """The stacks of those names, and the stacks nested in them."""
    if not names:
        return stacks
    roots = {stack.answer.get("StackId") for stack in stacks if stack.name in names}
    return [stack for stack in stacks if stack.name in names or stack.answer.get("RootId") in roots]


def _read(account: Account, stack: _Stack, app: App) -> None:
    status = str(stack.answer.get("StackStatus"))
    if status in _NOTHING_LIVE:
        app.skipped.append(Skipped(stack.place, f"{_NOTHING_LIVE[status]} ({status})"))
        return
    try:
        [answer] = account.pages(
            "cloudformation", "get_template", stack.region, StackName=_identity(stack), TemplateStage="Processed"
        )
        app.templates.append(_template(stack, answer["TemplateBody"]))
    except (CallFailedError, UnreadableInputError) as error:
        app.unreadable.append(Unreadable(stack.place, str(error)))


def _identity(stack: _Stack) -> str:
    return str(stack.answer.get("StackId") or stack.name)


def _template(stack: _Stack, body: Any) -> Template:
    """A template as it is deployed. Its parameters have their values from an outermost stack that passes them."""
    deployment = Template("the deployment", {}, stack="the deployment", region=stack.region)
    template = Template(
        stack.place,
        {},
        stack=stack.name,
        region=stack.region,
        account=_account(_identity(stack)),
        parent=deployment,
        arguments=_arguments(stack.answer.get("Parameters") or ()),
    )
    fill(template, parse(_text(body).encode(), prefer_yaml=True))
    declare(template, {})
    return template


def _text(body: Any) -> str:
    """The text of a template: boto3 gives one in JSON as what it holds, in mappings of a class of its own, and one in YAML as it is."""
    try:
        return json.dumps(body) if isinstance(body, dict) else str(body)
    except RecursionError:
        raise UnreadableInputError(too_deep()) from None


def _arguments(parameters: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Name to value; of one that names an entry of Systems Manager, the entry's value."""
    values = {each["ParameterKey"]: each.get("ResolvedValue", each.get("ParameterValue")) for each in parameters}
    return {name: value for name, value in values.items() if value is not None and value != _HIDDEN}


def _account(stack_id: str) -> str | None:
    parts = stack_id.split(":")
    return parts[4] if len(parts) > 4 else None
