"""SIL005: x86 in a managed service that offers Graviton."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lean_silicon.catalog import Availability, Component, Evidence, InstanceType
from lean_silicon.footprint import saving
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.gpu import accepted_by_requirement
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.silicon._comparable import category, is_plain_x86, replaces
from lean_silicon.rules.silicon._engine_versions import EMR_SOURCE, SEARCH_SOURCE, SOFTWARE, Version
from lean_silicon.rules.silicon._engines import emr_release, emr_takes, runs_on_graviton
from lean_silicon.rules.silicon._functions import arm64_environment, bound_to_x86
from lean_silicon.rules.silicon._list_prices import LIST_PRICES
from lean_silicon.sizing import Requirement
from lean_silicon.templates import SiliconUse

_OF_TYPES = frozenset(
    {
        Component.RDS,
        Component.ELASTICACHE,
        Component.MEMORYDB,
        Component.OPENSEARCH,
        Component.MSK,
        Component.NEPTUNE,
        Component.DOCUMENTDB,
        Component.EMR,
    }
)
_AURORA_SOURCE = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html "
    "(its text of 2023-06-05)"
)

_TO_ARM64: dict[Component, str] = {
    Component.LAMBDA: "Set Architectures to [arm64] and build native dependencies, layers and container images for it",
    Component.FARGATE: (
        "Set RuntimePlatform.CpuArchitecture to ARM64 and build the image for it (or for both architectures)"
    ),
    Component.CODEBUILD: "Set the environment's type to {environment} with an aarch64 image, if what is built may be arm64",
    Component.EMR: "Set Architecture to ARM64; Spark and Hive jobs need no change unless they bring native libraries",
}
"""What to do where only the architecture is chosen."""


class X86ManagedService(SiliconRule):
    """A managed service runs on x86 although it offers Graviton, where moving is mostly a change of one word.

    For services that take instance types (RDS, Aurora, ElastiCache, MemoryDB, OpenSearch, MSK, Neptune, DocumentDB,
    EMR) the rule looks for a Graviton type of the same category and size that the service offers in the region, with
    at least the vCPUs, memory, network, local storage and measured CoreMark. Their prices are not in the catalogue, so
    nothing is said of money. For Lambda, Fargate, CodeBuild and EMR Serverless the architecture is judged, which
    is x86_64 where the template names none; a finding quotes two list prices, with their region and date.
    MemoryDB has no types but Graviton.

    From which version on an engine runs on Graviton: MySQL 8.0.25, PostgreSQL 12.7, MariaDB 10.4, Aurora MySQL 8.0,
    Aurora PostgreSQL 12.8, Redis OSS 5.0.6, Valkey, Memcached 1.5.16, OpenSearch, Elasticsearch 7.9, Kafka 3.3.2,
    Neptune 1.1, DocumentDB 4.0; EMR by family, ``m6g`` from 5.30 and 6.1 on. Where the version is not stated, the service
    takes a newer one; a restored, copied or replicated database takes over that of its source, which is not known.

    It is a **warning**: what runs there (extensions, images, layers, native code) cannot be seen from here. Silent where
    the software does not run on Graviton, or where its engine or version is not known: Oracle, SQL Server, Db2, RDS
    Custom, old versions of engines, Lambda runtimes without arm64, Lambda@Edge, GPU and Windows builds, builds with Docker
    (whose images must match where they run), the two largest sizes of builds (fewer vCPUs on arm64), functions on Greengrass
    devices, and those that only answer custom resources or macros, which run for seconds while a stack is deployed.

    Software that cannot leave x86 says so: ``Requires: [x86]`` with a ``Reason`` in its declared workload.

    Bad
    ---
    ```yaml
    Resources:
      Database:
        Type: AWS::RDS::DBInstance
        Properties: {DBInstanceClass: db.m5.large, Engine: postgres, EngineVersion: "16.4", AllocatedStorage: "100"}
    ```

    Good
    ----
    ```yaml
    Resources:
      Database:
        Type: AWS::RDS::DBInstance
        Properties: {DBInstanceClass: db.m6g.large, Engine: postgres, EngineVersion: "16.4", AllocatedStorage: "100"}
      Function:
        Type: AWS::Lambda::Function
        Properties:
          Architectures: [arm64]
          Runtime: python3.13
          Handler: index.handler
          Code: {ZipFile: "def handler(event, context): return event"}
          Role: arn:aws:iam::111122223333:role/function
    ```
    """

    id = "SIL005"
    title = "x86 in a managed service that offers Graviton"
    severity = Severity.WARNING
    evidence = Evidence.MEASURED
    advice = "Choose the right silicon: Graviton for the rest"
    sources = (
        *dict.fromkeys(each.source for each in SOFTWARE.values()),
        _AURORA_SOURCE,
        SEARCH_SOURCE,
        EMR_SOURCE,
        "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html (read 2026-11)",
        "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html (read 2026-11)",
        *(each.source for each in LIST_PRICES.values()),
        "AWS Well-Architected Framework, SUS05-BP02",
    )

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """An x86 type or architecture, where the service offers Graviton and the software runs on it."""
        finding = self._of_architecture(use, context) if use.architecture else self._of_type(use, context)
        if finding is not None:
            yield accepted_by_requirement(finding, use, Requirement.X86)

    def _of_type(self, use: SiliconUse, context: Context) -> Finding | None:
        present = context.type_of(use)
        if use.component not in _OF_TYPES or present is None or not is_plain_x86(present):
            return None
        view = context.view(use.resource.template)
        if not runs_on_graviton(use, view):
            return None
        release = emr_release(use, view)
        key = (self.id, present.name, use.component, context.region_of(use), release)
        found = context.remembered(key, lambda: _graviton_instead(use, context, present, release))
        if not found:
            return None
        best, names = found[0], " or ".join(each.name for each in found)
        newer = "" if release else "; newer generations of Graviton may need newer versions of the engine"
        region = context.region_of(use)
        where = f" in {region}" if region else ""
        if not context.offer(best.name, use).is_offered:
            where = " (no source says in which regions)"
        return self.found(
            use,
            f"{machine(present)} is x86, and {use.component} offers {machine(best)}{where}, which scores "
            f"{best.coremark:,} in CoreMark against {present.coremark:,}.",
            suggestion=Suggestion(
                f"Use {names}{newer}.",
                instance_type=best.name,
                saves=saving(context.footprint(present.name, use), context.footprint(best.name, use)),
            ),
            sources=(context.offer(best.name, use).basis,),
        )

    def _of_architecture(self, use: SiliconUse, context: Context) -> Finding | None:
        prices = LIST_PRICES.get(use.component)
        if use.architecture != "x86_64" or prices is None or bound_to_x86(use, context):
            return None
        view = context.view(use.resource.template)
        environment = arm64_environment(use, view)
        quoted = environment in (None, "ARM_CONTAINER")  # The other environments of CodeBuild are sold by other units.
        return self.found(
            use,
            "x86_64 is asked for; the service offers arm64 too, in most regions if not in all."
            f"{f' {prices.sentence}' if quoted else ''}",
            evidence=Evidence.FACT,
            suggestion=Suggestion(
                f"{_TO_ARM64[use.component].format(environment=environment)}; if the software cannot leave x86, declare the "
                "workload with Requires: [x86] and a Reason."
            ),
            sources=(prices.source,) if quoted else (),
        )


def _graviton_instead(
    use: SiliconUse, context: Context, present: InstanceType, release: Version | None
) -> tuple[InstanceType, ...]:
    """Graviton types of the same category and size that do as much and are offered, the newest generation first.

    For an EMR cluster those that its `release` takes.
    """
    named = rf"{re.escape(category(present.family))}\d+[a-z]*g[a-z]*\.{re.escape(present.size)}(?:\.search)?$"
    found = [
        candidate
        for candidate in context.types(use.component, named=named)
        if candidate.is_graviton
        and (release is None or emr_takes(release, candidate.family))
        and replaces(candidate, present)
        and _is_offered(candidate, present, use, context)
    ]
    # Of a generation the plainest: a disk or a faster network that nobody asked for costs more.
    found.sort(key=lambda each: (-(each.generation or 0), len(each.family), each.name))
    plain: dict[int | None, InstanceType] = {}
    for candidate in found:
        plain.setdefault(candidate.generation, candidate)
    return tuple(plain.values())


def _is_offered(candidate: InstanceType, present: InstanceType, use: SiliconUse, context: Context) -> bool:
    """Whether the service offers it there; where no source tells regions (MSK), whether it is as well known as the present type."""
    offer = context.offer(candidate.name, use)
    if offer.is_offered or offer.availability is Availability.NOT_OFFERED:
        return offer.is_offered
    return (
        context.offer(present.name, use).availability is Availability.UNKNOWN
        and context.catalog.offer(candidate.name, use.component).is_offered
    )
