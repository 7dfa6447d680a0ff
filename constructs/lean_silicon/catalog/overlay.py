"""What the user's own AWS account said, laid over the packaged facts: newer types, offers and prices, each with its date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from lean_silicon.catalog.overlay_text import TokenUsd, read_names, read_prices, read_token_prices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lean_silicon.catalog.components import Component


class Section(TypedDict):
    """One service's answer for one region. `text` is parsed when first asked for: most regions never are."""

    as_of: str
    text: str


class DescribedTypes(TypedDict):
    """Types that the packaged data does not specify: cells by column, with the processors and accelerators they name."""

    as_of: str
    types: dict[str, dict[str, Any]]
    processors: dict[str, list[str | None]]
    accelerators: list[list[Any]]


class Contents(TypedDict):
    """An overlay as it stands in its file. Types are by name, SageMaker's names by component, everything else by region.

    `sagemaker_names` are those of all regions' prices together, so that looking for a name need not parse them all.
    """

    types: DescribedTypes
    sagemaker_names: dict[str, str]
    offers: dict[str, Section]
    ec2_prices: dict[str, Section]
    sagemaker_prices: dict[str, Section]
    bedrock_prices: dict[str, Section]


BY_REGION = ("offers", "ec2_prices", "sagemaker_prices", "bedrock_prices")
"""The sections that have a part for each region."""


class Listed(NamedTuple):
    """A price that the account's price list has. `usd` is per hour; `as_of` the day it was read, ISO 8601."""

    usd: float
    as_of: str


def empty_contents() -> Contents:
    """Contents that say nothing."""
    return {
        "types": {"as_of": "", "types": {}, "processors": {}, "accelerators": []},
        "sagemaker_names": {},
        "offers": {},
        "ec2_prices": {},
        "sagemaker_prices": {},
        "bedrock_prices": {},
    }


def source_of(as_of: str) -> str:
    """How a figure's source is named."""
    return f"your account, {as_of}"


class Overlay:
    """Look-ups over an overlay's contents. Nothing raises: a part that cannot be read is as if it were not there.

    Parameters
    ----------
    contents
        As read from the file, already checked for their outer shape.
    reported
        Called with a sentence when a part cannot be read.
    """

    def __init__(self, contents: Contents | None = None, reported: Callable[[str], None] | None = None) -> None:
        self.contents = empty_contents() if contents is None else contents
        self._reported = reported
        self._parsed: dict[tuple[str, str], Any] = {}

    def __bool__(self) -> bool:
        return any(True for _ in self.dates())

    @property
    def types(self) -> DescribedTypes:
        """Types that the packaged data does not specify."""
        return self.contents["types"]

    def offers(self, region: str) -> frozenset[str] | None:
        """The types that EC2 offers in a region, or `None` if the account was not asked."""
        names: frozenset[str] | None = self._part("offers", region, read_names)
        return names

    def offers_as_of(self, region: str | None) -> str | None:
        """When EC2 was asked what it offers in a region."""
        return self._date("offers", region)

    def ec2_price(self, name: str, region: str) -> Listed | None:
        """EC2's price, Linux on demand."""
        prices = self._part("ec2_prices", region, read_prices)
        return self._listed("ec2_prices", region, prices, name)

    def sagemaker_price(self, name: str, component: Component, region: str) -> Listed | None:
        """SageMaker's price of a type in one of its parts."""
        prices = self._part("sagemaker_prices", region, read_prices)
        return self._listed("sagemaker_prices", region, prices, f"{component.value}/{name}")

    def sagemaker_names(self) -> dict[str, set[str]]:
        """The names on SageMaker's price list by component's value, of all regions."""
        return {component: set(names.split()) for component, names in self.contents["sagemaker_names"].items()}

    def prices(self, section: str, region: str) -> Mapping[str, float]:
        """All of a region's prices: EC2's by name, SageMaker's by ``component/name``."""
        found: Mapping[str, float] = self._part(section, region, read_prices) or {}
        return found

    def token_prices(self, region: str) -> Mapping[str, TokenUsd]:
        """Bedrock's prices by model id."""
        found: Mapping[str, TokenUsd] = self._part("bedrock_prices", region, read_token_prices) or {}
        return found

    def regions(self, section: str | None = None) -> tuple[str, ...]:
        """The regions that a section, or any, has a part for."""
        sections = BY_REGION if section is None else (section,)
        by_region: Mapping[str, Any] = self.contents
        return tuple(sorted({region for each in sections for region in by_region[each]}))

    def dates(self) -> Iterator[tuple[str, str, str]]:
        """Section, region (``""`` for the types) and date of every part."""
        if self.types["as_of"]:
            yield "types", "", self.types["as_of"]
        by_region: Mapping[str, Any] = self.contents
        for section in BY_REGION:
            for region, part in sorted(by_region[section].items()):
                yield section, region, part["as_of"]

    def since(self, as_of: str) -> tuple[Overlay, tuple[str, ...]]:
        """What is not older than packaged data of that date, and the names of what is: a newer release knows better."""
        kept, dropped = empty_contents(), []
        every: Mapping[str, Any] = self.contents
        keeping: dict[str, Any] = dict(kept)
        for section, region, date in self.dates():
            if date[: len(as_of)] < as_of:
                dropped.append(f"{section.replace('_', ' ')}{' of ' + region if region else ''} ({date})")
            elif region:
                keeping[section][region] = every[section][region]
            else:
                kept["types"] = self.types
        kept["sagemaker_names"] = self.contents["sagemaker_names"] if kept["sagemaker_prices"] else {}
        return Overlay(kept, self._reported) if dropped else self, tuple(dropped)

    def _date(self, section: str, region: str | None) -> str | None:
        by_region: Mapping[str, Any] = self.contents
        part = by_region[section].get(region)
        return None if part is None else str(part["as_of"])

    def _listed(self, section: str, region: str, prices: Mapping[str, float] | None, name: str) -> Listed | None:
        usd, as_of = (prices or {}).get(name), self._date(section, region)
        return None if usd is None or as_of is None else Listed(usd, as_of)

    def _part(self, section: str, region: str, parse: Callable[[str], Any]) -> Any:
        """A region's part, parsed once; `None` if there is none or it cannot be read."""
        by_region: Mapping[str, Any] = self.contents
        part = by_region[section].get(region)
        if part is None:
            return None
        if (section, region) not in self._parsed:
            try:
                self._parsed[section, region] = parse(part["text"])
            except (ValueError, IndexError) as error:
                self._parsed[section, region] = None
                if self._reported is not None:
                    self._reported(f"its {section.replace('_', ' ')} of {region} cannot be read ({error})")
        return self._parsed[section, region]
