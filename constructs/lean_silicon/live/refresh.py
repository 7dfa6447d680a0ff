"""Asks the account for everything, one service and region after the other; what fails does not lose the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from lean_silicon.catalog.overlay import Contents, Section, empty_contents, source_of
from lean_silicon.catalog.overlay_text import names_text, priced_text, sagemaker_names_in, token_text
from lean_silicon.live.account import CallFailedError
from lean_silicon.live.described_types import contradictions, newly_described
from lean_silicon.live.instance_prices import ec2_prices, sagemaker_prices
from lean_silicon.live.sections import SECTIONS
from lean_silicon.live.token_prices import token_prices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lean_silicon.catalog import Catalog
    from lean_silicon.live.account import Account

    Told = Callable[[str, int, int], None]


class Problem(NamedTuple):
    """Something that was asked for and is not there."""

    section: str
    region: str
    message: str


@dataclass
class Answers:
    """What the account said.

    `contents` is ready to be written; `notes` are sentences on what was left out or contradicts the packaged data.
    """

    contents: Contents = field(default_factory=empty_contents)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    described: dict[str, dict[str, Any]] = field(default_factory=dict)


def ask(
    account: Account, catalog: Catalog, regions: Iterable[str], sections: Iterable[str], today: str, told: Told
) -> Answers:
    """Ask for the sections in the regions.

    Parameters
    ----------
    account
        Whose credentials are used.
    catalog
        The packaged catalogue: what it specifies is not described again.
    regions, sections
        Regions' codes; keys of `SECTIONS`.
    today
        The date that the figures will carry, ISO 8601.
    told
        Called before each step with what comes, how many steps are done, and how many there are.
    """
    answers = Answers()
    steps = [(section, region) for region in regions for section in sections]
    for done, (section, region) in enumerate(steps):
        told(f"{SECTIONS[section]} of {region}", done, len(steps))
        try:
            _ASK[section](account, region, today, answers)
        except CallFailedError as error:
            answers.problems.append(Problem(section, region, str(error)))
    told("done", len(steps), len(steps))
    answers.contents["sagemaker_names"] = sagemaker_names_in(
        part["text"] for part in answers.contents["sagemaker_prices"].values()
    )
    if answers.described:
        answers.contents["types"] = newly_described(answers.described, catalog, source_of(today), today)
        answers.notes.extend(contradictions(answers.described, catalog))
    return answers


def _types(account: Account, region: str, _today: str, answers: Answers) -> None:
    found = {
        each["InstanceType"]: each
        for page in account.pages("ec2", "describe_instance_types", region)
        for each in page["InstanceTypes"]
    }
    answers.described.update(found)
    if not found:
        _missing("types", region, "EC2 described no type", answers)


def _offers(account: Account, region: str, today: str, answers: Answers) -> None:
    pages = account.pages("ec2", "describe_instance_type_offerings", region, LocationType="region")
    names = {each["InstanceType"] for page in pages for each in page["InstanceTypeOfferings"]}
    # An empty answer would say that nothing is offered there, which is never so.
    if names:
        answers.contents["offers"][region] = _section(names_text(names), today)
    else:
        _missing("offers", region, "EC2 offered nothing", answers)


def _ec2_prices(account: Account, region: str, today: str, answers: Answers) -> None:
    prices, contradicted = ec2_prices(account, region)
    answers.notes.extend(f"{name} in {region}: EC2 lists several prices; none was taken" for name in contradicted)
    if prices:
        answers.contents["ec2_prices"][region] = _section(priced_text(prices), today)
    else:
        _missing("ec2-prices", region, "the price list has no USD price", answers)


def _sagemaker_prices(account: Account, region: str, today: str, answers: Answers) -> None:
    prices, contradicted = sagemaker_prices(account, region)
    answers.notes.extend(f"{name} in {region}: SageMaker lists several prices; none was taken" for name in contradicted)
    if prices:
        answers.contents["sagemaker_prices"][region] = _section(priced_text(prices), today)
    else:
        _missing("sagemaker-prices", region, "the price list has no USD price", answers)


def _bedrock_prices(account: Account, region: str, today: str, answers: Answers) -> None:
    prices, left = token_prices(account, region)
    answers.notes.extend(f"Bedrock in {region}: left out {each}" for each in left)
    if prices:
        answers.contents["bedrock_prices"][region] = _section(token_text(prices), today)
    else:
        answers.notes.append(f"Bedrock in {region}: no price by token could be attributed; the packaged ones stand")


def _section(text: str, today: str) -> Section:
    return {"as_of": today, "text": text}


def _missing(section: str, region: str, message: str, answers: Answers) -> None:
    answers.problems.append(Problem(section, region, f"{message} for {region}"))


_ASK = {
    "types": _types,
    "offers": _offers,
    "ec2-prices": _ec2_prices,
    "sagemaker-prices": _sagemaker_prices,
    "bedrock-prices": _bedrock_prices,
}
