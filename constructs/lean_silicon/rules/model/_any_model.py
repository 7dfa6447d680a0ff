"""Whether a statement of a policy lets any model of Amazon Bedrock be invoked."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.rules.model._policies import Listed, Statement, matches
from lean_silicon.rules.model._texts import UNKNOWN, texts_at
from lean_silicon.templates import TemplateView

INVOKING = (
    "bedrock:invokemodel",
    "bedrock:invokemodelwithresponsestream",
    "bedrock:invokemodelwithbidirectionalstream",
)
"""Actions that invoke a model, in small letters: IAM does not tell them apart. The Converse operations need the first two."""

_ANY_MODEL = "foundation-model/provider.model-v0:0"
_ANY_PROFILE = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.provider.model-v0:0"
_RESTRICTING = ("bedrock:inferenceprofilearn", "bedrock:promptrouterarn", "bedrock:modelid", "aws:resourcetag/")


def any_model(view: TemplateView, statement: Statement) -> str | None:
    """The resource by which a statement allows the invocation of any model; `None` where it does not, or nobody can know."""
    if not statement.allows or statement.resources is None or not _invokes(statement):
        return None
    wide = next((text for text in statement.resources.texts if covers_any_model(text)), None)
    if wide is None or not _names_bedrock(statement) or _restricts(view, statement) is not False:
        return None
    return wide


def denies_some_models(view: TemplateView, statement: Statement) -> bool:
    """Whether a statement may take the invocation of some models away and leave others."""
    if not statement.denies or not _may_invoke(statement):
        return False
    if statement.resources is None or not statement.resources.complete or _restricts(view, statement) is not False:
        return True
    return not any(covers_any_model(text) for text in statement.resources.texts)


def covers_any_model(resource: str) -> bool:
    """Whether the ARN pattern admits every model, whatever the partition and region.

    Examples
    --------
    >>> covers_any_model("arn:aws:bedrock:*::foundation-model/*")
    True
    >>> covers_any_model("arn:aws:bedrock:us-east-1::foundation-model/amazon.*")
    False
    """
    if resource == "*":
        return True
    parts = resource.split(":", 5)
    if parts[0] != "arn":
        return False
    # IAM takes the parts that an ARN lacks for "*".
    _, _, service, _, account, name = parts + ["*"] * (6 - len(parts))
    return (
        UNKNOWN not in service + account + name
        and matches(service, "bedrock")
        and matches(account, "")
        and matches(name, _ANY_MODEL)
    )


def _invokes(statement: Statement) -> bool:
    """Whether the statement is known to be about invoking."""
    if statement.actions is not None:
        return any(_is_invoking(text) for text in statement.actions.texts)
    return (
        statement.not_actions is not None
        and statement.not_actions.complete
        and not _lists_invoking(statement.not_actions)
    )


def _may_invoke(statement: Statement) -> bool:
    """Whether the statement may be about invoking."""
    if statement.actions is not None:
        return not statement.actions.complete or any(
            UNKNOWN in text or _is_invoking(text) for text in statement.actions.texts
        )
    return statement.not_actions is None or not _lists_invoking(statement.not_actions)


def _lists_invoking(listed: Listed) -> bool:
    return any(_is_invoking(text) for text in listed.texts)


def _is_invoking(action: str) -> bool:
    return UNKNOWN not in action and any(matches(action.lower(), each) for each in INVOKING)


def _names_bedrock(statement: Statement) -> bool:
    """Whether an action or a resource speaks of Bedrock, not merely of everything."""
    actions = statement.actions.texts if statement.actions is not None else ()
    resources = statement.resources.texts if statement.resources is not None else ()
    services = [action.lower().partition(":")[0] for action in actions if _is_invoking(action)]
    services += [resource.split(":")[2] for resource in resources if resource.count(":") >= 2]
    return any(service.strip("*") and matches(service, "bedrock") for service in services)


def _restricts(view: TemplateView, statement: Statement) -> bool | None:
    """Whether a condition narrows which models are meant; `None` where that cannot be known."""
    at = statement.conditions
    if at.absent:
        return False
    answers = []
    for found in view.walk_from(at, ""):
        if found.absent:
            answers.append(False)
        elif found.unknown is not None or not isinstance(found.value, dict):
            return None
        else:
            answers += [
                _narrows(view, statement, operator, key, values) for operator, key, values in _tests(found.value)
            ]
    return any(answers)


def _tests(condition: dict[object, object]) -> Iterator[tuple[str, str, object]]:
    """Operator, key and values of each test of a condition."""
    for operator, tests in condition.items():
        if not isinstance(tests, dict):
            continue
        for key, values in tests.items():
            yield str(operator).lower(), str(key).lower(), values


def _narrows(view: TemplateView, statement: Statement, operator: str, key: str, values: object) -> bool:
    """Whether one test of a condition narrows which models are meant."""
    if not key.startswith(_RESTRICTING):
        return False
    if key != "bedrock:inferenceprofilearn":
        return True
    if operator.endswith("ifexists"):
        return False
    # A profile must be allowed besides, so that one of any name is no limit only where this very statement allows them all.
    resources = statement.resources.texts if statement.resources is not None else ()
    if not any(matches(text.replace(UNKNOWN, "*"), _ANY_PROFILE) for text in resources):
        return True
    items = values if isinstance(values, list) else [values]
    texts = [text.value for item in items for text in texts_at(view, statement.at._replace(value=item))]
    return not any(matches(text.replace(UNKNOWN, "*"), _ANY_PROFILE) for text in texts)
