"""Who offers what where: from lists where there are any, derived where the basis says so, else unknown."""

from __future__ import annotations

import pytest

from lean_silicon.catalog import Availability, Catalog, Component, load_catalog


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize(
    ("name", "component", "region", "availability"),
    [
        ("m8g.large", Component.EC2, "us-east-1", Availability.OFFERED),
        ("m8g.large", Component.EC2, "us-gov-west-1", Availability.OFFERED),
        ("p3.2xlarge", Component.EC2, "us-east-1", Availability.NOT_OFFERED),
        ("p3.2xlarge", Component.EC2, "cn-north-1", Availability.OFFERED),
        ("dl1.24xlarge", Component.EC2, "us-east-1", Availability.NOT_OFFERED),
        ("trn2.48xlarge", Component.EKS, "us-east-2", Availability.OFFERED),
        ("trn2.48xlarge", Component.BATCH, "eu-west-1", Availability.NOT_OFFERED),
        ("u7inh-32tb.480xlarge", Component.EC2, "us-east-1", Availability.UNKNOWN),
        ("m8g.large", Component.EC2, "eusc-de-east-1", Availability.UNKNOWN),
        ("m5.xlarge", Component.EMR, "us-east-1", Availability.OFFERED),
        ("c5.large", Component.EMR, "us-east-1", Availability.UNKNOWN),
        ("ml.inf2.xlarge", Component.SAGEMAKER_HOSTING, "us-east-1", Availability.OFFERED),
        ("ml.inf2.xlarge", Component.SAGEMAKER_HOSTING, "af-south-1", Availability.NOT_OFFERED),
        ("ml.inf2.xlarge", Component.SAGEMAKER_PROCESSING, "us-east-1", Availability.NOT_OFFERED),
        ("ml.g5.xlarge", Component.SAGEMAKER_HOSTING, "cn-north-1", Availability.OFFERED),
        ("ml.g5.xlarge", Component.SAGEMAKER_HYPERPOD, "cn-north-1", Availability.UNKNOWN),
        ("ml.trn1.32xlarge", Component.SAGEMAKER_TRAINING, "us-east-1", Availability.OFFERED),
        ("ml.trn1.32xlarge", Component.SAGEMAKER_TRAINING, "eu-west-3", Availability.UNKNOWN),
        ("ml.inf2.xlarge", Component.SAGEMAKER_TRAINING, "us-east-1", Availability.NOT_OFFERED),
        ("ml.t3.medium", Component.SAGEMAKER_NOTEBOOK, "eu-central-1", Availability.OFFERED),
        ("ml.p3.2xlarge", Component.SAGEMAKER_TRAINING, "us-east-1", Availability.UNKNOWN),
        ("db.r6g.large", Component.RDS, "us-east-1", Availability.OFFERED),
        ("db.r8g.large", Component.NEPTUNE, "me-south-1", Availability.NOT_OFFERED),
        ("cache.m7g.large", Component.ELASTICACHE, "eu-west-1", Availability.OFFERED),
        ("r6g.large.search", Component.OPENSEARCH, "eu-west-1", Availability.OFFERED),
        ("r5.large.elasticsearch", Component.OPENSEARCH, "eu-west-1", Availability.OFFERED),
        ("ra3.4xlarge", Component.REDSHIFT, "us-east-1", Availability.OFFERED),
        ("kafka.m7g.large", Component.MSK, None, Availability.OFFERED),
        ("kafka.m7g.large", Component.MSK, "us-east-1", Availability.UNKNOWN),
        ("db.t4g.small", Component.MEMORYDB, None, Availability.OFFERED),
        ("m5.large", Component.FARGATE, "us-east-1", Availability.UNKNOWN),
        ("ml.no.such", Component.SAGEMAKER_HOSTING, "us-east-1", Availability.UNKNOWN),
        ("ml.p9x.48xlarge", Component.SAGEMAKER_HOSTING, "us-east-1", Availability.UNKNOWN),
        ("ml.x1.32xlarge", Component.SAGEMAKER_TRAINING, "us-east-1", Availability.UNKNOWN),
        ("p9x.48xlarge", Component.EC2, "us-east-1", Availability.UNKNOWN),
    ],
)
def test_an_offer_is_what_the_sources_say(
    catalog: Catalog, name: str, component: Component, region: str | None, availability: Availability
) -> None:
    offer = catalog.offer(name, component, region)

    assert offer.availability is availability, offer.basis
    assert len(offer.basis) > 20


def test_without_a_region_an_offer_says_where(catalog: Catalog) -> None:
    offer = catalog.offer("trn1.2xlarge", Component.EC2)

    assert offer.is_offered
    assert offer.regions == ("us-east-1", "us-east-2", "us-west-2")


def test_the_regions_of_an_offer_do_not_depend_on_the_region_asked_for(catalog: Catalog) -> None:
    everywhere = catalog.offer("ml.g5.xlarge", Component.SAGEMAKER_HOSTING)

    for region in ("us-east-1", "af-south-1"):
        assert catalog.offer("ml.g5.xlarge", Component.SAGEMAKER_HOSTING, region).regions == everywhere.regions


@pytest.mark.parametrize(
    "component", [Component.SAGEMAKER_TRAINING, Component.SAGEMAKER_NOTEBOOK, Component.SAGEMAKER_STUDIO]
)
def test_an_offer_whose_regions_nobody_publishes_says_that_it_is_derived(
    catalog: Catalog, component: Component
) -> None:
    offer = catalog.offer("ml.m5.xlarge", component, "us-east-1")

    assert offer.is_offered
    assert offer.basis.startswith("derived: ")
    assert "EC2 offers m5.xlarge in us-east-1" in offer.basis
    assert "no source publishes its regions" in offer.basis


def test_a_derived_training_offer_notes_the_parts_of_sagemaker_that_list_the_type(catalog: Catalog) -> None:
    offer = catalog.offer("ml.m5.xlarge", Component.SAGEMAKER_TRAINING, "us-east-1")

    assert "also listed for SageMaker hosting, SageMaker processing" in offer.basis


def test_training_is_never_refused_for_its_region_alone(catalog: Catalog) -> None:
    for found in catalog.types(Component.SAGEMAKER_TRAINING):
        for region in ("us-east-1", "cn-north-1", "us-gov-east-1"):
            offer = catalog.offer(found.name, Component.SAGEMAKER_TRAINING, region)
            assert offer.availability is not Availability.NOT_OFFERED


def test_what_training_plans_sell_is_not_refused_because_a_price_list_lags(catalog: Catalog) -> None:
    offer = catalog.offer("ml.trn2.48xlarge", Component.SAGEMAKER_HYPERPOD, "us-east-1")

    assert offer.availability is Availability.UNKNOWN
    assert "training plans" in offer.basis
    assert offer.regions == ("us-east-2",)


def test_what_the_api_takes_but_no_list_has_is_unknown_not_refused(catalog: Catalog) -> None:
    offer = catalog.offer("ml.trn2.48xlarge", Component.SAGEMAKER_HOSTING, "us-east-2")

    assert offer.availability is Availability.UNKNOWN
    assert "API takes" in offer.basis


def test_what_a_list_has_but_the_api_does_not_take_is_unknown_not_offered(catalog: Catalog) -> None:
    offer = catalog.offer("ml.g6f.xlarge", Component.SAGEMAKER_TRANSFORM, "us-east-1")

    assert offer.availability is Availability.UNKNOWN
    assert "does not enumerate" in offer.basis


@pytest.mark.parametrize(
    ("name", "component"),
    [
        ("g5.xlarge", Component.SAGEMAKER_HOSTING),
        ("ml.g5.xlarge", Component.EC2),
        ("m5.large", Component.RDS),
        ("db.m5.large", Component.ELASTICACHE),
        ("r6g.large", Component.OPENSEARCH),
    ],
)
def test_a_name_in_another_services_spelling_is_not_offered(catalog: Catalog, name: str, component: Component) -> None:
    offer = catalog.offer(name, component, "us-east-1")

    assert offer.availability is Availability.NOT_OFFERED
    assert "spelled" in offer.basis


def test_an_unknown_region_leaves_every_offer_open(catalog: Catalog) -> None:
    for name, component in (
        ("m5.large", Component.EC2),
        ("ml.m5.large", Component.SAGEMAKER_HOSTING),
        ("db.m5.large", Component.RDS),
    ):
        assert catalog.offer(name, component, "eu-atlantis-1").availability is Availability.UNKNOWN


def test_a_retired_type_is_refused_everywhere_with_the_reason(catalog: Catalog) -> None:
    offer = catalog.offer("g4ad.xlarge", Component.EC2)

    assert offer.availability is Availability.NOT_OFFERED
    assert offer.regions == ()
    assert "no region" in offer.basis


def test_a_long_value_does_not_flood_the_basis(catalog: Catalog) -> None:
    assert len(catalog.offer("x" * 1_000_000, Component.EC2, "us-east-1").basis) < 150
