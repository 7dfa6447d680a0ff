"""What is known of a model: its names, where it is served and by which way, what it costs."""

from __future__ import annotations

import pytest

from lean_silicon.bedrock import BedrockModel
from lean_silicon.bedrock.region_table import asked_regions, known_models, served
from lean_silicon.exceptions import InvalidValueError

HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"
MICRO = "amazon.nova-micro-v1:0"


@pytest.mark.parametrize(
    ("name", "model_id", "profile"),
    [
        (MICRO, MICRO, None),
        (f"us.{HAIKU}", HAIKU, "us"),
        (f"global.{HAIKU}", HAIKU, "global"),
        (f"us-gov.{HAIKU}", HAIKU, "us-gov"),
        (f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}", MICRO, None),
        (f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/eu.{MICRO}", MICRO, "eu"),
    ],
)
def test_a_model_is_known_by_its_id_its_profiles_and_their_arns(name: str, model_id: str, profile: str | None) -> None:
    assert BedrockModel.of(name) == BedrockModel(model_id, profile)


@pytest.mark.parametrize("name", ["amazon.nova-mikro-v1:0", "nova-micro", "", "us.", "gpt-4", "x" * 5000])
def test_fails_for_an_unknown_model(name: str) -> None:
    with pytest.raises(InvalidValueError, match="is not known as a model of Amazon Bedrock"):
        BedrockModel.of(name)


def test_an_unknown_model_is_told_its_nearest_names() -> None:
    with pytest.raises(InvalidValueError, match=r"the nearest are amazon\.nova-micro-v1:0"):
        BedrockModel.of("amazon.nova-mikro-v1:0")


def test_the_region_itself_is_the_way_where_it_serves_the_model_else_its_geography_else_the_world() -> None:
    assert BedrockModel.of(MICRO).profile_for("us-east-1") is None
    assert BedrockModel.of(MICRO).profile_for("us-west-2") == f"us.{MICRO}"
    assert BedrockModel.of(HAIKU).profile_for("eu-west-1") == f"eu.{HAIKU}"
    assert BedrockModel.of(HAIKU).profile_for("sa-east-1") == f"global.{HAIKU}"
    assert BedrockModel.of(HAIKU).profile_for("ap-northeast-1") == f"jp.{HAIKU}"


def test_a_profile_routes_where_it_routes_from_that_region() -> None:
    routes = {region: BedrockModel.of(HAIKU).route(region) for region in ("us-east-1", "us-west-1", "sa-east-1")}
    assert {region: route.destinations for region, route in routes.items() if route is not None} == {
        "us-east-1": ("us-east-1", "us-east-2", "us-west-2"),
        "us-west-1": ("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
        "sa-east-1": None,
    }


def test_a_model_is_served_not_served_or_nobody_knows() -> None:
    assert BedrockModel.of(MICRO).is_served_in("eu-west-1") is True
    assert BedrockModel.of(MICRO).is_served_in("sa-east-1") is False
    assert BedrockModel.of(f"us.{HAIKU}").is_served_in("eu-west-1") is False
    assert BedrockModel.of("amazon.nova-premier-v1:0").is_served_in("us-east-1") is None
    assert BedrockModel.of(MICRO).is_served_in("cn-north-1") is None


def test_govcloud_is_known_by_its_prices() -> None:
    route = BedrockModel.of(MICRO).route("us-gov-west-1")
    assert route is not None
    assert (route.profile, route.destinations) == (None, ("us-gov-west-1",))


def test_fails_where_the_model_is_not_offered_and_says_where_it_is() -> None:
    with pytest.raises(InvalidValueError, match=r"is not offered in sa-east-1; use one of ap-east-2.*us-west-2"):
        BedrockModel.of(MICRO).profile_for("sa-east-1")


def test_fails_for_the_profile_of_another_geography_and_names_the_right_one() -> None:
    with pytest.raises(InvalidValueError, match=rf"write 'eu\.{HAIKU}'"):
        BedrockModel.of(f"us.{HAIKU}").profile_for("eu-west-1")


def test_the_price_is_that_of_the_way_that_requests_take() -> None:
    read = {
        (name, region): price.read.likely
        for name, region in ((HAIKU, "us-east-1"), (f"global.{HAIKU}", "us-east-1"), (MICRO, "eu-west-1"))
        if (price := BedrockModel.of(name).price(region)) is not None
    }
    assert read == {
        (HAIKU, "us-east-1"): 1.1,
        (f"global.{HAIKU}", "us-east-1"): 1.0,
        (MICRO, "eu-west-1"): 0.046,
    }


def test_a_price_that_is_not_known_is_unknown_and_energy_is_not() -> None:
    model = BedrockModel.of("amazon.titan-embed-text-v2:0")
    assert model.price("eu-west-1") is None
    used = model.footprint("eu-west-1", 1e6, 0)
    assert used.cost is None
    assert used.energy is not None


def test_tokens_have_a_price_and_a_wide_band_of_energy() -> None:
    used = BedrockModel.of(MICRO).footprint("us-east-1", 1e6, 1e6)
    assert used.cost is not None
    assert used.cost.likely == pytest.approx(0.175)
    assert used.energy is not None
    assert used.energy.high > 50 * used.energy.low


def test_smaller_siblings_are_cheaper_of_the_family_and_served_there() -> None:
    siblings = BedrockModel.of("anthropic.claude-opus-5").smaller_siblings("us-east-1")
    assert {each.family for each in siblings} == {"anthropic.claude"}
    assert siblings[0].model_id == "anthropic.claude-haiku-5-5"
    assert all(each.is_served_in("us-east-1") for each in siblings)
    assert "anthropic.claude-v2:1" not in {each.model_id for each in siblings}
    assert BedrockModel.of(MICRO).smaller_siblings("us-east-1") == ()


def test_parameters_are_known_of_open_models_only() -> None:
    assert BedrockModel.of("meta.llama3-3-70b-instruct-v1:0").parameters == 70_000_000_000
    assert BedrockModel.of(HAIKU).parameters is None


def test_every_profile_of_the_table_routes_from_regions_that_were_asked_to_regions() -> None:
    for model_id in known_models():
        table = served(model_id)
        assert table is not None
        assert table.regions, model_id
        assert table.direct <= asked_regions()
        for name, routes in table.profiles.items():
            assert set(routes) <= asked_regions(), model_id
            assert all((target is None) == (name == "global") for target in routes.values()), (model_id, name)
            assert all(target is None or len(target) > 0 for target in routes.values())
