"""UTL005: notebooks and Studio apps are off when nobody works."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from sample_templates import Judge, notebook, of_rule
from sample_utilisation import WRONG, only

from lean_silicon.rules import Policy, Settings, Severity

DOMAIN = "AWS::SageMaker::Domain"
PROFILE = "AWS::SageMaker::UserProfile"
APPS = ("JupyterLabAppSettings", "CodeEditorAppSettings")
AUTOSTOP = (
    "#!/bin/bash\nwget https://example.com/autostop.py\necho '*/5 * * * * python autostop.py --time 3600' | crontab -\n"
)


def with_script(name: Any, content: Any = None, key: str = "OnStart") -> dict[str, Any]:
    made = notebook("ml.g5.xlarge")
    made["Notebook"]["Properties"]["LifecycleConfigName"] = name
    if content is not None:
        properties = {key: [{"Content": content}]}
        made["Script"] = {"Type": "AWS::SageMaker::NotebookInstanceLifecycleConfig", "Properties": properties}
    return made


def idle(minutes: Any = 60, management: Any = "ENABLED") -> dict[str, Any]:
    return {
        "AppLifecycleManagement": {"IdleSettings": {"LifecycleManagement": management, "IdleTimeoutInMinutes": minutes}}
    }


def domain(settings: Any, **more: Any) -> dict[str, Any]:
    return only(DOMAIN, {"DefaultUserSettings": {**{app: settings for app in APPS if settings is not None}, **more}})


@pytest.mark.parametrize("kind", ["ml.g5.xlarge", "ml.t3.medium"])
def test_a_notebook_without_lifecycle_configuration_is_an_error(judged: Judge, kind: str) -> None:
    [finding] = of_rule(judged(notebook(kind)), "UTL005")
    assert finding.severity is Severity.ERROR
    assert kind in finding.message
    assert "USD/h" in finding.message
    assert finding.property_path == "Properties.LifecycleConfigName"


@pytest.mark.parametrize(
    "made",
    [
        with_script("stop-when-idle"),
        with_script({"Ref": "Given"}),
        with_script({"Fn::ImportValue": "platform-autostop"}),
        with_script({"Fn::GetAtt": ["Script", "NotebookInstanceLifecycleConfigName"]}, {"Fn::Base64": AUTOSTOP}),
        with_script(
            {"Fn::GetAtt": ["Script", "NotebookInstanceLifecycleConfigName"]}, {"Fn::Base64": {"Fn::Sub": AUTOSTOP}}
        ),
        with_script(
            {"Fn::GetAtt": "Script.NotebookInstanceLifecycleConfigName"}, base64.b64encode(AUTOSTOP.encode()).decode()
        ),
        with_script({"Ref": "Script"}, {"Fn::Base64": "#!/bin/bash\ncurl -s https://example.com/setup.sh | bash\n"}),
    ],
)
def test_a_script_that_stops_it_or_cannot_be_seen_passes(judged: Judge, made: dict[str, Any]) -> None:
    assert of_rule(judged(made, Parameters={"Given": {"Type": "String"}}), "UTL005") == []


def test_a_script_in_plain_sight_that_stops_nothing_is_a_warning(judged: Judge) -> None:
    made = with_script({"Ref": "Script"}, {"Fn::Base64": "#!/bin/bash\necho welcome > /etc/motd\n"})
    [finding] = of_rule(judged(made), "UTL005")
    assert finding.severity is Severity.WARNING
    assert "nothing in its scripts speaks of stopping" in finding.message


def test_a_function_that_stops_notebooks_counts(judged: Judge) -> None:
    night = {
        "Night": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Code": {"ZipFile": "sm.stop_notebook_instance(**it)"}},
        }
    }
    assert of_rule(judged({**notebook("ml.g5.xlarge"), **night}), "UTL005") == []


def test_a_condition_that_takes_the_script_away_is_named(judged: Judge) -> None:
    made = with_script({"Fn::If": ["Prod", "stop-when-idle", {"Ref": "AWS::NoValue"}]})
    sections = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    }
    [finding] = of_rule(judged(made, **sections), "UTL005")
    assert "when Prod is false" in finding.message


@pytest.mark.parametrize(
    "made",
    [
        domain(None),
        domain({}),
        domain(idle(management="DISABLED")),
        domain({"DefaultResourceSpec": {"InstanceType": "ml.g5.xlarge"}}),
    ],
)
def test_a_domain_with_idle_shutdown_off_is_an_error_and_one_only(judged: Judge, made: dict[str, Any]) -> None:
    [finding] = of_rule(judged(made), "UTL005")
    assert finding.severity is Severity.ERROR
    assert "off for JupyterLab and CodeEditor" in finding.message


def test_a_domain_that_forgot_one_app_is_told_which(judged: Judge) -> None:
    [finding] = of_rule(judged(only(DOMAIN, {"DefaultUserSettings": {"JupyterLabAppSettings": idle()}})), "UTL005")
    assert "off for CodeEditor:" in finding.message
    assert finding.property_path.startswith("Properties.DefaultUserSettings.CodeEditorAppSettings")


@pytest.mark.parametrize(
    "made",
    [
        domain(idle()),
        domain(idle(management={"Ref": "Management"})),
        domain({"LifecycleConfigArns": ["arn:aws:sagemaker:us-east-1:111122223333:studio-lifecycle-config/auto-stop"]}),
        domain(None, StudioWebPortalSettings={"HiddenAppTypes": ["JupyterLab", "CodeEditor"]}),
        domain(None, StudioWebPortal="DISABLED"),
        only(PROFILE, {"UserSettings": {"ExecutionRole": "arn:aws:iam::111122223333:role/user"}}),
        only(PROFILE, {}),
    ],
)
def test_studio_that_shuts_down_or_hides_its_apps_or_cannot_be_known_passes(
    judged: Judge, made: dict[str, Any]
) -> None:
    assert of_rule(judged(made, Parameters={"Management": {"Type": "String"}}), "UTL005") == []


def test_a_profile_that_switches_idle_shutdown_off_is_an_error(judged: Judge) -> None:
    made = only(PROFILE, {"UserSettings": {"JupyterLabAppSettings": idle(management="DISABLED")}})
    [finding] = of_rule(judged(made), "UTL005")
    assert finding.severity is Severity.ERROR


def test_a_domain_that_waits_too_long_is_a_warning_by_the_setting(judged: Judge) -> None:
    [finding] = of_rule(judged(domain(idle(1440))), "UTL005")
    assert finding.severity is Severity.WARNING
    assert "1,440 idle minutes" in finding.message
    patient = Policy(settings=Settings(interactive_idle_minutes=1440))
    assert of_rule(judged(domain(idle(1440)), policy=patient), "UTL005") == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_an_exception(judged: Judge, wrong: Any) -> None:
    for made in (
        with_script(wrong),
        with_script({"Ref": "Script"}, wrong),
        only(DOMAIN, {"DefaultUserSettings": wrong}),
        domain(wrong, StudioWebPortalSettings=wrong, StudioWebPortal=wrong),
        domain(idle(wrong, wrong)),
        only(PROFILE, {"UserSettings": wrong}),
    ):
        assert judged(made).findings is not None
