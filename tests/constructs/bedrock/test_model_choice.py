"""A chosen model: why it was chosen is recorded, what may be invoked is exactly it, what it costs is told apart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Annotations, Match
from evaluation_templates import ACCOUNT, US_EAST_1, allowed, deployed, new_stack, template_of, the_resource

from lean_silicon.bedrock import BedrockModel, DailyBudget, EvaluationVerdict, ModelChoice
from lean_silicon.bedrock.choice_evidence import TOP_TIER_USD
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.rules.settings import Settings

MICRO, LITE = "amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0"
HAIKU, OPUS = "anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-opus-5"
PROFILE = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:application-inference-profile/a1b2c3d4e5f6"
INVOKE = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]


def verdict(day: date = date(2026, 10, 1), chosen: str | None = LITE) -> EvaluationVerdict:
    return EvaluationVerdict.from_mapping(
        {
            "version": 1,
            "evaluation": "s3://results/verdicts/first.json",
            "date": day.isoformat(),
            "target": 0.8,
            "chosen": chosen,
            "candidates": [
                {"candidate": MICRO, "model": MICRO, "score": 0.71},
                {"candidate": LITE, "model": LITE, "score": 0.86 if chosen else 0.75},
            ],
        }
    )


def granted(model: str, stack: Stack | None = None) -> tuple[dict[str, Any], list[tuple[str, str, dict[str, Any]]]]:
    """The template of a choice and of a role that may invoke it, and what that role is allowed."""
    scope = stack or new_stack()
    role = iam.Role(scope, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    choice = ModelChoice(scope, "Choice", model=model, reason="the smallest there is")
    choice.grant_invoke(role).assert_success()
    template = template_of(choice)
    return template, allowed(template, "Caller")


def test_the_profile_copies_the_model_of_the_region_where_that_serves_it() -> None:
    template, _ = granted(MICRO)
    source = the_resource(template, "AWS::Bedrock::ApplicationInferenceProfile")["Properties"]["ModelSource"]
    assert deployed(source["CopyFrom"], template) == f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}"


def test_the_profile_copies_the_cross_region_profile_where_the_model_needs_one() -> None:
    template, _ = granted(HAIKU)
    source = the_resource(template, "AWS::Bedrock::ApplicationInferenceProfile")["Properties"]["ModelSource"]
    assert deployed(source["CopyFrom"], template) == f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/us.{HAIKU}"


def test_exactly_the_model_may_be_invoked_and_through_the_profile_only() -> None:
    _, permissions = granted(HAIKU)
    system = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/us.{HAIKU}"
    through = {(action, resource) for action, resource, condition in permissions if not condition}
    assert through == {
        (action, profile) for action in (*INVOKE, "bedrock:GetInferenceProfile") for profile in (PROFILE, system)
    }
    behind = [each for each in permissions if each[2]]
    assert {(action, resource) for action, resource, _ in behind} == {
        (action, f"arn:aws:bedrock:{region}::foundation-model/{HAIKU}")
        for action in INVOKE
        for region in ("us-east-1", "us-east-2", "us-west-2")
    }
    for _, _, condition in behind:
        [arns] = [tests["bedrock:InferenceProfileArn"] for tests in condition.values()]
        assert len(arns) == 2


def test_a_global_profile_is_allowed_in_the_callers_region_and_without_one() -> None:
    _, permissions = granted(f"global.{HAIKU}")
    assert {resource for _, resource, condition in permissions if condition} == {
        f"arn:aws:bedrock:us-east-1::foundation-model/{HAIKU}",
        f"arn:aws:bedrock:::foundation-model/{HAIKU}",
    }


def test_invocation_arns_are_what_a_grant_is_made_of() -> None:
    choice = ModelChoice(new_stack(), "Choice", model=MICRO, reason="the smallest there is")
    template = template_of(choice)
    resolved = [deployed(choice.stack.resolve(arn), template) for arn in choice.invocation_arns]
    assert resolved == [PROFILE, f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}"]


def test_the_evidence_stands_in_the_template_and_in_the_construct() -> None:
    choice = ModelChoice(new_stack(), "Choice", model=LITE, verdict=verdict())
    metadata = the_resource(template_of(choice), "AWS::Bedrock::ApplicationInferenceProfile")["Metadata"]
    assert [(entry["Model"], entry["Score"]) for entry in metadata["LeanSilicon"]["Evidence"]] == [
        (MICRO, 0.71),
        (LITE, 0.86),
    ]
    assert [record.model for record in choice.evidence] == [MICRO, LITE]
    assert (choice.model, choice.model_id, choice.reason) == (BedrockModel(LITE), LITE, None)


def test_a_reason_stands_in_the_template() -> None:
    choice = ModelChoice(new_stack(), "Choice", model=MICRO, reason="the smallest there is")
    metadata = the_resource(template_of(choice), "AWS::Bedrock::ApplicationInferenceProfile")["Metadata"]
    assert metadata["ModelChoice"] == {"Reason": "the smallest there is"}


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_fails_without_verdict_or_reason(reason: str | None) -> None:
    with pytest.raises(InvalidValueError, match=r"say in a sentence|nothing says why"):
        ModelChoice(new_stack(), "Choice", model=MICRO, reason=reason)


def test_fails_for_a_verdict_about_other_models() -> None:
    with pytest.raises(InvalidValueError, match="is for other models"):
        ModelChoice(new_stack(), "Choice", model=OPUS, verdict=verdict())


def test_fails_for_a_verdict_from_the_future() -> None:
    tomorrow = date.today() + timedelta(days=2)
    with pytest.raises(InvalidValueError, match="which is after today"):
        ModelChoice(new_stack(), "Choice", model=LITE, verdict=verdict(tomorrow))


def test_fails_for_a_model_that_missed_the_target() -> None:
    with pytest.raises(InvalidValueError, match=rf"has the score 0\.71; choose {LITE}, or give a reason"):
        ModelChoice(new_stack(), "Choice", model=MICRO, verdict=verdict())
    with pytest.raises(InvalidValueError, match="evaluate larger models"):
        ModelChoice(new_stack(), "Choice", model=LITE, verdict=verdict(chosen=None))


def both_met(day: date = date(2026, 10, 1)) -> EvaluationVerdict:
    return EvaluationVerdict.from_mapping(
        {
            "version": 1,
            "evaluation": "s3://results/verdicts/both.json",
            "date": day.isoformat(),
            "target": 0.7,
            "chosen": MICRO,
            "candidates": [
                {"candidate": MICRO, "model": MICRO, "score": 0.71},
                {"candidate": LITE, "model": LITE, "score": 0.86},
            ],
        }
    )


def test_fails_for_a_larger_model_than_the_verdict_chose() -> None:
    with pytest.raises(InvalidValueError, match=rf"but so did {MICRO}, .*choose {MICRO}, or give a reason too"):
        ModelChoice(new_stack(), "Choice", model=LITE, verdict=both_met())


def test_a_larger_model_than_the_verdict_chose_may_be_chosen_for_a_reason() -> None:
    choice = ModelChoice(new_stack(), "Choice", model=LITE, verdict=both_met(), reason="Micro is not allowed here")
    assert [record.fell_short for record in choice.evidence] == [False, False]


def test_a_cheaper_candidate_without_a_score_is_warned_of() -> None:
    stack = Stack(App(analytics_reporting=False), "Stack", env=US_EAST_1)
    ModelChoice(stack, "Choice", model=LITE, verdict=EvaluationVerdict.from_mapping(UNSCORED))
    Annotations.from_stack(stack).has_warning(
        "*", Match.string_like_regexp(f"{MICRO} is cheaper than {LITE} and has no score .*: the quota was full")
    )


UNSCORED = {
    "version": 1,
    "evaluation": "s3://results/verdicts/unscored.json",
    "date": "2026-10-01",
    "target": 0.8,
    "chosen": LITE,
    "candidates": [
        {"candidate": MICRO, "model": MICRO, "score": None, "note": "the quota was full"},
        {"candidate": LITE, "model": LITE, "score": 0.86},
    ],
}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"model": LITE, "verdict": "verdict.json"}, r"verdict=EvaluationVerdict\.from_file\('verdict\.json'\)"),
        ({"model": 3, "reason": "x"}, "give Bedrock's id of it as text"),
    ],
)
def test_fails_for_what_is_neither_a_verdict_nor_a_model(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        ModelChoice(new_stack(), "Choice", **given)


def test_a_model_that_missed_the_target_may_be_chosen_for_a_reason() -> None:
    choice = ModelChoice(
        new_stack(), "Choice", model=MICRO, verdict=verdict(), reason="drafts only, a person reads them"
    )
    assert [record.fell_short for record in choice.evidence] == [True]


def test_fails_for_a_model_not_offered_in_the_region() -> None:
    stack = new_stack(Environment(account=ACCOUNT, region="sa-east-1"))
    with pytest.raises(InvalidValueError, match="is not offered in sa-east-1"):
        ModelChoice(stack, "Choice", model=MICRO, reason="the smallest there is")


def test_an_offer_that_nobody_knows_of_is_a_warning() -> None:
    stack = Stack(App(analytics_reporting=False), "Stack", env=US_EAST_1)
    ModelChoice(stack, "Choice", model="amazon.nova-premier-v1:0", reason="kept alive for us by an arrangement")
    Annotations.from_stack(stack).has_warning("*", Match.string_like_regexp("not known to this release"))


def test_fails_where_neither_region_nor_profile_say_the_way() -> None:
    with pytest.raises(InvalidValueError, match=rf"such as 'us\.{MICRO}'"):
        ModelChoice(new_stack(None), "Choice", model=MICRO, reason="the smallest there is")


def test_a_profile_is_way_enough_without_a_region() -> None:
    template, permissions = granted(f"us.{MICRO}", new_stack(None))
    assert {resource for _, resource, condition in permissions if condition} == {
        f"arn:aws:bedrock:{region}::foundation-model/{MICRO}" for region in ("us-east-1", "us-east-2", "us-west-2")
    }
    source = the_resource(template, "AWS::Bedrock::ApplicationInferenceProfile")["Properties"]["ModelSource"]
    assert deployed(source["CopyFrom"], template).endswith(f":inference-profile/us.{MICRO}")


def test_a_model_without_profiles_is_in_whichever_region_the_stack_is() -> None:
    template, _ = granted("amazon.titan-embed-text-v2:0", new_stack(None))
    source = the_resource(template, "AWS::Bedrock::ApplicationInferenceProfile")["Properties"]["ModelSource"]
    assert (
        deployed(source["CopyFrom"], template)
        == "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
    )


def test_another_model_is_another_name_so_that_both_can_be_while_one_replaces_the_other() -> None:
    names = {
        the_resource(granted(model)[0], "AWS::Bedrock::ApplicationInferenceProfile")["Properties"][
            "InferenceProfileName"
        ]
        for model in (MICRO, LITE, f"us.{LITE}")
    }
    assert len(names) == 3
    assert all(len(name) <= 64 for name in names)


def test_tags_tell_costs_apart() -> None:
    choice = ModelChoice(new_stack(), "Choice", model=MICRO, reason="the smallest there is", tags={"team": "claims"})
    properties = the_resource(template_of(choice), "AWS::Bedrock::ApplicationInferenceProfile")["Properties"]
    assert properties["Tags"] == [{"Key": "team", "Value": "claims"}]


@pytest.mark.parametrize(
    "tags", [{"": "x"}, {"team": "a\N{EURO SIGN}"}, {"t" * 129: "x"}, {f"t{n}": "" for n in range(201)}]
)
def test_fails_for_tags_that_bedrock_refuses(tags: dict[str, str]) -> None:
    with pytest.raises(InvalidValueError, match="Bedrock"):
        ModelChoice(new_stack(), "Choice", model=MICRO, reason="the smallest there is", tags=tags)


def test_metrics_are_those_of_the_profile() -> None:
    choice = ModelChoice(new_stack(), "Choice", model=MICRO, reason="the smallest there is")
    metrics = {
        "Invocations": choice.metric_invocations(),
        "InvocationLatency": choice.metric_latency(),
        "InputTokenCount": choice.metric_input_tokens(),
        "OutputTokenCount": choice.metric_output_tokens(),
        "InvocationThrottles": choice.metric_throttles(),
        "InvocationClientErrors": choice.metric_client_errors(),
        "InvocationServerErrors": choice.metric_server_errors(),
    }
    for name, metric in metrics.items():
        assert (metric.namespace, metric.metric_name) == ("AWS/Bedrock", name)
        assert metric.dimensions == {"ModelId": choice.inference_profile_id}


def test_the_footprint_has_the_price_of_the_stacks_region_and_a_band_of_energy() -> None:
    used = ModelChoice(new_stack(), "Choice", model=MICRO, reason="the smallest there is").footprint(1e6, 1e6)
    assert used.cost is not None
    assert used.cost.likely == pytest.approx(0.175)
    assert used.energy is not None
    assert used.energy.low < used.energy.likely < used.energy.high


def test_without_a_region_the_price_is_that_of_the_profile_and_carbon_unknown() -> None:
    used = ModelChoice(new_stack(None), "Choice", model=f"us.{MICRO}", reason="the smallest there is").footprint(
        1e6, 1e6
    )
    assert used.cost is not None
    assert used.cost.likely == pytest.approx(0.175)
    assert used.carbon is None
    assert used.energy is not None


def test_without_region_and_profile_the_price_is_unknown() -> None:
    stack = new_stack(None)
    embedding = ModelChoice(stack, "Choice", model="amazon.titan-embed-text-v2:0", reason="the only one")
    used = embedding.footprint(1e6, 0)
    assert used.cost is None
    assert used.energy is not None


def test_a_budget_watches_the_days_tokens_at_list_price() -> None:
    stack = new_stack()
    choice = ModelChoice(
        stack,
        "Choice",
        model=MICRO,
        reason="the smallest there is",
        budget=DailyBudget(5, [sns.Topic(stack, "Topic")]),
    )
    alarm = the_resource(template_of(choice), "AWS::CloudWatch::Alarm")["Properties"]
    [expression] = [each["Expression"] for each in alarm["Metrics"] if "Expression" in each]
    assert expression == "(FILL(read, 0) * 0.035 + FILL(written, 0) * 0.14) / 1000000"
    assert {each["MetricStat"]["Period"] for each in alarm["Metrics"] if "MetricStat" in each} == {86400}
    assert (alarm["Threshold"], len(alarm["AlarmActions"])) == (5, 1)
    assert choice.budget_alarm is not None


@pytest.mark.parametrize("usd", [0, -1, float("nan")])
def test_fails_for_a_budget_of_nothing(usd: float) -> None:
    with pytest.raises(InvalidValueError, match="must be above 0"):
        DailyBudget(usd)


def test_a_budget_needs_no_region_where_the_profile_has_the_price() -> None:
    choice = ModelChoice(new_stack(None), "Choice", model=f"us.{MICRO}", reason="x", budget=DailyBudget(5))
    assert choice.budget_alarm is not None


def test_fails_for_a_budget_whose_price_differs_by_a_region_that_is_not_known() -> None:
    with pytest.raises(InvalidValueError, match=r"not known at synth; give the stack env=Environment"):
        ModelChoice(new_stack(None), "Choice", model="amazon.titan-embed-text-v2:0", reason="x", budget=DailyBudget(5))


def test_fails_for_a_budget_without_a_price() -> None:
    stack = new_stack(Environment(account=ACCOUNT, region="eu-west-1"))
    with pytest.raises(InvalidValueError, match="lean-silicon catalog refresh"):
        ModelChoice(stack, "Choice", model="amazon.titan-embed-text-v2:0", reason="x", budget=DailyBudget(5))


def test_a_choice_of_another_stack_is_granted_and_watched_the_same_way() -> None:
    stack = new_stack()
    role = iam.Role(stack, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    imported = ModelChoice.from_inference_profile_arn(stack, "Imported", PROFILE, model=MICRO)
    imported.grant_invoke(role)
    template = template_of(imported)
    assert {resource for _, resource, _ in allowed(template, "Caller")} == {
        PROFILE,
        f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}",
    }
    assert imported.metric_invocations().dimensions == {"ModelId": "a1b2c3d4e5f6"}
    assert imported.model_id == MICRO
    assert imported.footprint(1e6, 1e6) == imported.model.footprint("us-east-1", 1e6, 1e6)


def test_fails_for_a_choice_of_another_region() -> None:
    stack = new_stack(Environment(account=ACCOUNT, region="eu-west-1"))
    with pytest.raises(InvalidValueError, match="is in us-east-1, the stack in eu-west-1"):
        ModelChoice.from_inference_profile_arn(stack, "Imported", PROFILE, model=MICRO)


def test_the_threshold_of_dear_models_is_the_rules_own() -> None:
    assert Settings().top_tier_usd_per_million_tokens == TOP_TIER_USD
