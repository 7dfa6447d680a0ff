"""SIL009: facts about regions, and silence where none are known."""

from __future__ import annotations

from sample_templates import Judge, endpoint, instance, notebook, of_rule

from lean_silicon.rules import Severity


def test_a_type_missing_in_the_region_is_an_error_that_says_where_it_is(judged: Judge) -> None:
    [finding] = of_rule(judged(instance("p4de.24xlarge"), region="af-south-1"), "SIL009")
    assert finding.severity is Severity.ERROR
    assert finding.suggestion is not None
    assert "us-east-1" in finding.suggestion.text


def test_a_type_that_the_component_never_offers_is_an_error_without_a_region_too(judged: Judge) -> None:
    [finding] = of_rule(judged(notebook("ml.trn2.48xlarge"), region=None), "SIL009")
    assert "sagemaker-notebook" in finding.message


def test_a_type_offered_somewhere_passes_where_no_region_is_known(judged: Judge) -> None:
    assert of_rule(judged(instance("p4de.24xlarge"), region=None), "SIL009") == []


def test_a_region_of_which_nothing_is_known_is_said_to_be_unknown(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("ml.p4d.24xlarge"), region="us-iso-east-1"), "SIL009")
    assert finding.severity is Severity.WARNING
    assert "'us-iso-east-1' is not in the catalogue" in finding.message


def test_a_misspelt_region_is_told_with_the_nearest(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("ml.inf2.xlarge"), region="us-east-11"), "SIL009")
    assert finding.suggestion is not None
    assert finding.suggestion.text.startswith("Nearest known: us-east-1,")


def test_a_type_without_its_prefix_is_told_with_it(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("inf2.xlarge"), region="us-east-1"), "SIL009")
    assert finding.suggestion is not None
    assert finding.suggestion.text.startswith("Did you mean ml.inf2.xlarge?")


def test_a_type_that_is_offered_passes(judged: Judge) -> None:
    assert of_rule(judged(endpoint("ml.inf2.xlarge"), region="us-east-1"), "SIL009") == []
