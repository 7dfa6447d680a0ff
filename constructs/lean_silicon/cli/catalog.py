"""``lean-silicon catalog show TYPE...``, ``catalog list``, ``catalog sources`` and ``catalog refresh``."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lean_silicon.catalog import Catalog, Component, InstanceType, Lifecycle, load_catalog
from lean_silicon.cli.catalog_arguments import add_catalog_arguments
from lean_silicon.cli.catalog_description import band, described
from lean_silicon.cli.catalog_text import accelerators_text, band_text, number_text, type_text
from lean_silicon.cli.nearest import not_known, require_region
from lean_silicon.cli.output import complain
from lean_silicon.cli.verbosity import detail
from lean_silicon.exceptions import CatalogError, ConfigurationError
from lean_silicon.reports.table import hanging, table
from lean_silicon.reports.terminal import display_of

_VERSION = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    add_catalog_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer from the catalogue, or renew it. 0: done, 1: renewed in part or refused, 2: bad usage or nothing to be had."""
    actions: dict[str, Callable[[Catalog, argparse.Namespace], int]] = {
        "show": _show,
        "list": _list,
        "sources": _sources,
    }
    try:
        if arguments.action == "refresh":
            # By name: nothing that calls AWS is loaded by the commands that do not.
            return int(importlib.import_module("lean_silicon.cli.catalog_refresh").run(arguments))
        catalog = load_catalog()
        detail(f"catalogue of {catalog.as_of}, {'with' if catalog.overlay else 'without'} what your account said")
        return actions[arguments.action](catalog, arguments)
    except (ConfigurationError, CatalogError) as error:
        complain(str(error))
        return 2


def _show(catalog: Catalog, arguments: argparse.Namespace) -> int:
    region = _region(catalog, arguments.region)
    found: list[dict[str, Any]] = []
    unknown: list[dict[str, Any]] = []
    for name in arguments.types:
        known = catalog.find(name)
        if known is None:
            nearest = catalog.nearest_names(name)
            unknown.append({"name": name, "nearest": list(nearest)})
            complain(f"{name!r} is not in the catalogue{_meant(name, nearest, catalog)}")
        else:
            found.append(described(known, catalog, region))
    if arguments.format == "json":
        _print_json(catalog, types=found, unknown=unknown)
    elif found:
        display = display_of(sys.stdout)
        print("\n\n".join(type_text(each, region, display) for each in found))
    return 2 if unknown else 0


def _meant(name: str, nearest: Sequence[str], catalog: Catalog) -> str:
    """What was probably meant by a name that is no type's."""
    if nearest:
        return f"; nearest: {', '.join(nearest)}"
    family = name.lower().removeprefix("ml.").removesuffix(".")
    if any(each.family == family for each in catalog.types(Component.EC2)):
        return f"; it is a family: 'lean-silicon catalog list --family {family}' shows its types"
    return "; 'lean-silicon catalog list' shows all types"


def _list(catalog: Catalog, arguments: argparse.Namespace) -> int:
    region = _region(catalog, arguments.region)
    component = _component(arguments.component)
    chosen = list(_chosen(catalog, component, region, arguments))
    if arguments.format == "json":
        _print_json(catalog, types=[described(each, catalog, region) for each in chosen])
    elif chosen:
        price = f"USD/h in {region or 'us-east-1'}"
        headings = (
            "type",
            "architecture",
            "vCPUs",
            "GiB",
            "accelerators",
            "their GiB",
            "full power",
            price,
            "life cycle",
        )
        rows = (_row(each, catalog, component, region) for each in chosen)
        display = display_of(sys.stdout)
        print("\n".join(table(headings, rows, width=display.table_width, palette=display.palette)))
    else:
        complain("no type fits")
    return 0


def _chosen(
    catalog: Catalog, component: Component, region: str | None, arguments: argparse.Namespace
) -> Iterator[InstanceType]:
    """The types that pass every filter; with a region, those known to be offered there."""
    accelerator = _accelerator(catalog, arguments.accelerator)
    for each in catalog.types(component):
        if (
            (arguments.family is None or each.family == arguments.family)
            and (arguments.architecture is None or each.architecture == arguments.architecture)
            and (accelerator is None or accelerator in _accelerator_words(each))
            and _has_memory(each, arguments.min_accelerator_memory)
            and not (arguments.current and each.lifecycle is not Lifecycle.CURRENT)
            and (region is None or catalog.offer(each.name, component, region).is_offered)
        ):
            yield each


def _has_memory(each: InstanceType, least: float | None) -> bool:
    if least is None:
        return True
    memory = each.accelerators.memory_gib if each.accelerators else None
    return memory is not None and memory >= least


def _accelerator_words(each: InstanceType) -> tuple[str, ...]:
    if each.accelerators is None:
        return ()
    return each.accelerators.kind, each.accelerators.accelerator.key.lower()


def _row(each: InstanceType, catalog: Catalog, component: Component, region: str | None) -> tuple[str, ...]:
    told = described(each, catalog, None)
    accelerators = told["accelerators"]
    price = catalog.price(each.name, component, region)
    return (
        each.name,
        each.architecture or "unknown",
        number_text(each.vcpus),
        number_text(each.memory_gib),
        accelerators_text(accelerators, specified=each.specified),
        number_text(accelerators["memory_gib"]) if accelerators else "-",
        band_text(told["power"]["full"]),
        band_text(band(price.usd_per_hour) if price else None).replace(" USD/h", ""),
        told["lifecycle"] or "unknown",
    )


def _sources(catalog: Catalog, arguments: argparse.Namespace) -> int:
    sources = catalog.sources()
    if arguments.format == "json":
        rows = [
            {
                "id": each.id,
                "gives": each.gives,
                "where": each.where,
                "licence": each.licence,
                "date": each.date,
                "evidence": each.evidence.value,
            }
            for each in sources
        ]
        _print_json(catalog, sources=rows)
        return 0
    display = display_of(sys.stdout)
    for each in sources:
        print(f"{display.palette.paint(each.id, 'bold')} ({each.evidence}, {each.date}, {each.licence})")
        print("\n".join([*hanging(f"  {each.gives}", display.table_width), f"  {each.where}", ""]))
    return 0


def _region(catalog: Catalog, code: str | None) -> str | None:
    require_region(code, catalog, "--region")
    return code


def _component(value: str | None) -> Component:
    try:
        return Component(value or Component.EC2.value)
    except ValueError:
        known = [each.value for each in Component]
        raise ConfigurationError(not_known("--component", str(value), known)) from None


def _accelerator(catalog: Catalog, word: str | None) -> str | None:
    """A kind or an accelerator's key, as filters compare it."""
    if word is None:
        return None
    keys = [each.key for each in catalog.accelerators()]
    kinds = sorted({each.kind for each in catalog.accelerators()})
    if word.lower() not in {*kinds, *(key.lower() for key in keys)}:
        raise ConfigurationError(not_known("--accelerator", word, [*kinds, *keys]))
    return word.lower()


def _print_json(catalog: Catalog, **contents: Any) -> None:
    print(json.dumps({"version": _VERSION, "as_of": catalog.as_of, **contents}, indent=2, ensure_ascii=False))
