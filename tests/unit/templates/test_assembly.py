"""CDK assemblies: stages, nested stacks, regions, construct paths, acknowledgments, and manifests that lie.

The files have the shape that aws-cdk-lib 2.275 writes; ``tests/constructs/test_reading_assemblies.py`` reads real ones.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lean_silicon.templates import App, Resolver, Template, limits, read_app

NOTEBOOK = {"Type": "AWS::SageMaker::NotebookInstance", "Properties": {"InstanceType": "ml.t3.medium"}}
ASSET = "0f" * 32


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def stack(
    template_file: object = "Main.template.json", environment: str = "aws://unknown-account/unknown-region", **more: Any
) -> dict[str, Any]:
    properties = {"templateFile": template_file, **more.pop("properties", {})}
    return {"type": "aws:cloudformation:stack", "environment": environment, "properties": properties, **more}


def assembly(folder: Path, artifacts: Any, files: dict[str, Any] | None = None) -> Path:
    write(folder / "manifest.json", {"version": "55.0.0", "artifacts": artifacts})
    write(folder / "cdk.out", {"version": "55.0.0"})
    for name, content in (files or {}).items():
        write(folder / name, content)
    return folder


def one_stack(folder: Path, resources: dict[str, Any], metadata: dict[str, Any] | None = None, **more: Any) -> Path:
    artifact = stack(additionalMetadataFile="Main.metadata.json", displayName="Main", **more)
    return assembly(
        folder,
        {"Main": artifact},
        {"Main.template.json": {"Resources": resources}, "Main.metadata.json": metadata or {}},
    )


def logical_id(name: str) -> dict[str, str]:
    return {"type": "aws:cdk:logicalId", "data": name}


def acknowledged(**rules: Any) -> dict[str, Any]:
    return {
        "type": "aws:cdk:acknowledged-rules",
        "data": {f"LeanSilicon::{rule}": reason for rule, reason in rules.items()},
    }


def only(app: App) -> Template:
    assert app.unreadable == []
    (template,) = app.templates
    return template


# Stacks


@pytest.mark.parametrize(
    ("environment", "account", "region"),
    [
        ("aws://123456789012/eu-west-1", "123456789012", "eu-west-1"),
        ("aws://unknown-account/eu-west-1", None, "eu-west-1"),
        ("aws://unknown-account/unknown-region", None, "us-east-1"),
        ("nonsense", None, "us-east-1"),
    ],
)
def test_the_manifest_names_the_region_and_wins(
    tmp_path: Path, environment: str, account: str | None, region: str
) -> None:
    template = only(read_app([one_stack(tmp_path, {"R": NOTEBOOK}, environment=environment)], region="us-east-1"))
    assert (template.account, template.region) == (account, region)


def test_without_a_region_anywhere_it_is_unknown(tmp_path: Path) -> None:
    assert only(read_app([one_stack(tmp_path, {})])).region is None


def test_the_name_and_the_construct_path_of_a_stack_come_from_the_manifest(tmp_path: Path) -> None:
    artifact = stack(properties={"stackName": "prod-training"}, displayName="Prod/Training")
    app = read_app([assembly(tmp_path, {"ProdTraining1234": artifact}, {"Main.template.json": {"Resources": {}}})])
    template = only(app)
    assert (template.stack, template.construct_path) == ("prod-training", "Prod/Training")
    assert template.path == str(tmp_path / "Main.template.json")


def test_the_tags_of_a_stack_come_from_the_manifest(tmp_path: Path) -> None:
    artifact = stack(properties={"tags": {"team": "search", "odd": 3}})
    app = read_app([assembly(tmp_path, {"Main": artifact}, {"Main.template.json": {"Resources": {}}})])
    assert only(app).tags == {"team": "search"}


def test_a_stack_without_resources_is_an_empty_template(tmp_path: Path) -> None:
    files = {"Main.template.json": {"Parameters": {"BootstrapVersion": {}}, "Rules": {"CheckBootstrapVersion": {}}}}
    assert only(read_app([assembly(tmp_path, {"Main": stack()}, files)])).resources == {}


def test_the_manifest_itself_may_be_given(tmp_path: Path) -> None:
    folder = one_stack(tmp_path, {"R": NOTEBOOK}, environment="aws://1/eu-west-1")
    assert only(read_app([folder / "manifest.json"])).region == "eu-west-1"


def test_an_assembly_and_its_template_given_together_are_read_once_with_what_the_manifest_says(tmp_path: Path) -> None:
    folder = one_stack(tmp_path, {"R": NOTEBOOK}, environment="aws://1/eu-west-1")
    assert only(read_app([folder / "Main.template.json", folder])).region == "eu-west-1"


def test_an_assembly_inside_a_searched_folder_is_read_as_one(tmp_path: Path) -> None:
    one_stack(tmp_path / "app" / "cdk.out", {"R": NOTEBOOK}, environment="aws://1/eu-west-1")
    write(tmp_path / "plain.json", {"Resources": {"R": NOTEBOOK}})
    app = read_app([tmp_path])
    assert {Path(template.path).name: template.region for template in app.templates} == {
        "plain.json": None, "Main.template.json": "eu-west-1",
    }  # fmt: skip


# Construct paths and acknowledgments


def test_construct_paths_come_from_the_resource_else_from_the_metadata_file(tmp_path: Path) -> None:
    resources = {"A": NOTEBOOK, "B": {**NOTEBOOK, "Metadata": {"aws:cdk:path": "Main/Own/Resource"}}, "C": NOTEBOOK}
    metadata = {"/Main/First/Resource": [logical_id("A")], "/Main/Second/Resource": [logical_id("B")]}
    template = only(read_app([one_stack(tmp_path, resources, metadata)]))
    assert {name: resource.construct_path for name, resource in template.resources.items()} == {
        "A": "Main/First/Resource", "B": "Main/Own/Resource", "C": None,
    }  # fmt: skip


def test_older_assemblies_keep_the_metadata_in_the_manifest(tmp_path: Path) -> None:
    artifact = stack(
        metadata={"/Main/First/Resource": [logical_id("A")], "/Main": [acknowledged(SIL001="old")]}, displayName="Main"
    )
    template = only(
        read_app([assembly(tmp_path, {"Main": artifact}, {"Main.template.json": {"Resources": {"A": NOTEBOOK}}})])
    )
    assert template.resources["A"].construct_path == "Main/First/Resource"
    assert template.resources["A"].declaration.acknowledgments[0].reason == "old"


def test_an_acknowledgment_holds_for_the_construct_and_all_below_it(tmp_path: Path) -> None:
    metadata = {
        "/Main": [acknowledged(SIZ003="on the stack")],
        "/Main/Cluster": [acknowledged(SIL001="on the construct", SIL004="too")],
        "/Main/Cluster/Node/Resource": [logical_id("Node"), acknowledged(SIL009="on the resource")],
        "/Main/ClusterTwo/Resource": [logical_id("Other")],
    }
    template = only(
        read_app([one_stack(tmp_path, {"Node": NOTEBOOK, "Other": NOTEBOOK, "Unlisted": NOTEBOOK}, metadata)])
    )
    found = {
        name: [(entry.rule_id, entry.reason, entry.origin) for entry in resource.declaration.acknowledgments]
        for name, resource in template.resources.items()
    }
    assert found == {
        "Node": [
            ("SIL009", "on the resource", "cdk"),
            ("SIL001", "on the construct", "cdk"),
            ("SIL004", "too", "cdk"),
            ("SIZ003", "on the stack", "cdk"),
        ],
        "Other": [("SIZ003", "on the stack", "cdk")],
        "Unlisted": [("SIZ003", "on the stack", "cdk")],
    }


def test_acknowledgments_of_other_plugins_are_theirs(tmp_path: Path) -> None:
    data = {
        "AwsSolutions::S1": "theirs",
        "SIL001": "bare",
        "LeanSilicon": "no rule",
        "LeanSilicon::": "no rule",
        "lean_silicon::SIL001": "x",
    }
    metadata = {"/Main": [{"type": "aws:cdk:acknowledged-rules", "data": data}]}
    assert (
        only(read_app([one_stack(tmp_path, {"R": NOTEBOOK}, metadata)])).resources["R"].declaration.acknowledgments
        == ()
    )


@pytest.mark.parametrize("reason", ["", "  ", None, 3, ["r"]])
def test_an_acknowledgment_without_reason_accepts_nothing_and_is_a_problem(tmp_path: Path, reason: object) -> None:
    template = only(read_app([one_stack(tmp_path, {"R": NOTEBOOK}, {"/Main": [acknowledged(SIL001=reason)]})]))
    assert template.resources["R"].declaration.acknowledgments == ()
    [problem] = template.problems
    assert problem.startswith("'Main' acknowledges 'SIL001' without a reason; it accepts nothing")


@pytest.mark.parametrize(
    "metadata",
    [{"/Main": None}, {"/Main": 3}, {"/Main": [3, None, [], {}]}, {"/Main": [{"type": 3, "data": {}}]}, {"": [logical_id("R")]},
     {"/Main": [{"type": "aws:cdk:acknowledged-rules", "data": [1]}]}, {"/Main/R": [{"type": "aws:cdk:logicalId", "data": {}}]},
     {"/" * 5000: [logical_id("R"), acknowledged(SIL001="x")]}],
)  # fmt: skip
def test_metadata_of_the_wrong_type_is_passed_over(tmp_path: Path, metadata: dict[str, Any]) -> None:
    assert list(only(read_app([one_stack(tmp_path, {"R": NOTEBOOK}, metadata)])).resources) == ["R"]


@pytest.mark.parametrize("content", ["{", "[]", "", "3"])
def test_a_damaged_metadata_file_is_unreadable_and_the_stack_is_read(tmp_path: Path, content: str) -> None:
    folder = one_stack(tmp_path, {"R": NOTEBOOK})
    write(folder / "Main.metadata.json", content)
    app = read_app([folder])
    assert len(app.templates) == 1
    assert [entry.path for entry in app.unreadable] == [str(folder / "Main.metadata.json")]


# Nested stacks


def nested_stack(**metadata: Any) -> dict[str, Any]:
    properties = {
        "Parameters": {"Type": "ml.g5.xlarge", "Region": {"Ref": "AWS::Region"}},
        "TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, f"/assets/{ASSET}.json"]]},
    }
    return {"Type": "AWS::CloudFormation::Stack", "Properties": properties, "Metadata": metadata}


INNER = {
    "Parameters": {"Type": {"Type": "String"}, "Region": {"Type": "String"}},
    "Resources": {
        "Notebook": {
            "Type": NOTEBOOK["Type"],
            "Properties": {"InstanceType": {"Ref": "Type"}, "Where": {"Ref": "Region"}},
        }
    },
}
INNER_METADATA = {
    "/Main/Inner.NestedStack/Inner.NestedStackResource": [logical_id("InnerResource")],
    "/Main/Inner": [acknowledged(SIL001="on the nested stack")],
    "/Main/Inner/Notebook": [logical_id("Notebook")],
    "/Main/Notebook": [logical_id("Notebook")],
}


def with_nested(
    folder: Path, resource: dict[str, Any], metadata: dict[str, Any], artifacts: dict[str, Any] | None = None
) -> App:
    main = stack(environment="aws://1/eu-west-1", additionalMetadataFile="Main.metadata.json", displayName="Main")
    files = {
        "Main.template.json": {"Resources": {"InnerResource": resource, "Notebook": NOTEBOOK}},
        "Main.metadata.json": metadata,
        "MainInner.nested.template.json": INNER,
    }
    return read_app([assembly(folder, {"Main": main, **(artifacts or {})}, files)])


def by_asset_metadata(folder: Path) -> App:
    asset = {"aws:asset:path": "MainInner.nested.template.json", "aws:asset:property": "TemplateURL"}
    return with_nested(folder, nested_stack(**asset), INNER_METADATA)


def by_construct_metadata(folder: Path) -> App:
    named = {"type": "aws:cdk:templateFile", "data": "MainInner.nested.template.json"}
    return with_nested(
        folder, nested_stack(), {**INNER_METADATA, "/Main/Inner": [*INNER_METADATA["/Main/Inner"], named]}
    )


def by_asset_hash(folder: Path) -> App:
    write(
        folder / "Main.assets.json", {"files": {ASSET: {"source": {"path": "MainInner.nested.template.json"}}, "x": 3}}
    )
    artifacts = {"Main.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Main.assets.json"}}}
    return with_nested(folder, nested_stack(), INNER_METADATA, artifacts)


@pytest.mark.parametrize("read", [by_asset_metadata, by_construct_metadata, by_asset_hash])
def test_a_nested_stack_is_read_with_its_region_path_acknowledgments_and_parameters(tmp_path: Path, read: Any) -> None:
    app = read(tmp_path)
    assert (app.unreadable, app.skipped) == ([], [])
    outer, inner = app.templates
    notebook = inner.resources["Notebook"]
    assert Path(inner.path).name == "MainInner.nested.template.json"
    assert (inner.region, inner.account, inner.construct_path) == ("eu-west-1", "1", "Main/Inner")
    assert inner.parent is outer
    assert notebook.construct_path == "Main/Inner/Notebook"
    assert outer.resources["Notebook"].construct_path == "Main/Notebook"
    assert [entry.rule_id for entry in notebook.declaration.acknowledgments] == ["SIL001"]
    assert outer.resources["Notebook"].declaration.acknowledgments == ()
    assert Resolver(inner).plain(notebook.properties) == {"InstanceType": "ml.g5.xlarge", "Where": "eu-west-1"}


def test_a_nested_stack_outside_of_the_assembly_is_listed(tmp_path: Path) -> None:
    app = with_nested(tmp_path, nested_stack(), INNER_METADATA)
    assert len(app.templates) == 1
    assert [(Path(entry.path.split(": ")[0]).name, entry.reason.split(",")[0]) for entry in app.skipped] == [
        ("Main.template.json", "its template is at a URL"),
        (
            "MainInner.nested.template.json",
            "no stack in manifest.json refers to it; it may be left over from an earlier synthesis",
        ),
    ]


def test_a_nested_stack_that_contains_itself_is_read_once(tmp_path: Path) -> None:
    itself = nested_stack(**{"aws:asset:path": "Main.template.json"})
    app = read_app([one_stack(tmp_path, {"Again": itself, "R": NOTEBOOK})])
    assert len(app.templates) == 1
    assert "was read already" in app.skipped[0].reason


def test_nested_stacks_nest_only_so_deep(tmp_path: Path) -> None:
    folder = one_stack(tmp_path, {"Inner": nested_stack(**{"aws:asset:path": "n0.json"})})
    for level in range(40):
        write(
            folder / f"n{level}.json",
            {"Resources": {"Inner": nested_stack(**{"aws:asset:path": f"n{level + 1}.json"})}},
        )
    app = read_app([folder])
    assert len(app.templates) == limits.MAX_ASSEMBLY_DEPTH + 1
    assert [entry.error for entry in app.unreadable] == ["more than 16 nested stacks lie inside one another"]


@pytest.mark.parametrize(
    "name", ["none.json", 3, [], "", "../outside.json", "/etc/hostname", "sub/../../outside.json", "a\0b", "link.json"]
)
def test_a_nested_template_that_is_missing_or_outside_is_unreadable(tmp_path: Path, name: object) -> None:
    write(tmp_path / "outside.json", {"Resources": {"Secret": NOTEBOOK}})
    folder = one_stack(tmp_path / "cdk.out", {"Inner": nested_stack(**{"aws:asset:path": name}), "R": NOTEBOOK})
    (folder / "link.json").symlink_to(tmp_path / "outside.json")
    app = read_app([folder])
    assert [list(template.resources) for template in app.templates] == [["Inner", "R"]]
    assert len(app.unreadable) == 1


def test_a_nested_stack_whose_condition_never_holds_is_listed(tmp_path: Path) -> None:
    resource = {**nested_stack(**{"aws:asset:path": "Inner.nested.template.json"}), "Condition": "Elsewhere"}
    elsewhere = {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}
    files = {
        "Main.template.json": {"Resources": {"Inner": resource}, "Conditions": {"Elsewhere": elsewhere}},
        "Inner.nested.template.json": INNER,
    }
    for region, templates in (("eu-west-1", 1), ("us-east-1", 2)):
        app = read_app([assembly(tmp_path, {"Main": stack(environment=f"aws://1/{region}")}, files)])
        assert (len(app.templates), len(app.skipped)) == (templates, 2 - templates)


@pytest.mark.parametrize("parameters", [None, 3, "text", [], {"Type": {"Ref": "Nothing"}}])
def test_parameters_of_a_nested_stack_of_the_wrong_type_are_unknown(tmp_path: Path, parameters: object) -> None:
    resource = nested_stack(**{"aws:asset:path": "MainInner.nested.template.json"})
    resource["Properties"]["Parameters"] = parameters
    _, inner = with_nested(tmp_path, resource, INNER_METADATA).templates
    (found,) = Resolver(inner).possibilities({"Ref": "Type"})
    assert found.unknown is not None


# Stages


def stage(directory: object) -> dict[str, Any]:
    return {"type": "cdk:cloud-assembly", "properties": {"directoryName": directory, "displayName": "Prod"}}


def test_stages_are_read_with_their_own_manifests(tmp_path: Path) -> None:
    folder = assembly(tmp_path, {"assembly-Prod": stage("assembly-Prod")})
    one_stack(folder / "assembly-Prod", {"R": NOTEBOOK}, environment="aws://1/eu-west-1")
    template = only(read_app([folder]))
    assert (template.path, template.region) == (str(folder / "assembly-Prod" / "Main.template.json"), "eu-west-1")


@pytest.mark.parametrize("directory", ["none", 3, None, "", "..", "/tmp", "../other", "a\0b"])
def test_a_stage_that_is_missing_or_outside_is_unreadable_and_the_rest_is_read(
    tmp_path: Path, directory: object
) -> None:
    one_stack(tmp_path / "other", {"Secret": NOTEBOOK})
    main = {"Main.template.json": {"Resources": {"R": NOTEBOOK}}}
    folder = assembly(tmp_path / "cdk.out", {"s": stage(directory), "Main": stack()}, main)
    app = read_app([folder])
    assert [list(template.resources) for template in app.templates] == [["R"]]
    assert len(app.unreadable) == 1


def test_an_assembly_that_contains_itself_is_read_once(tmp_path: Path) -> None:
    folder = assembly(
        tmp_path, {"s": stage("."), "t": stage("inner/.."), "Main": stack()}, {"Main.template.json": {"Resources": {}}}
    )
    (folder / "inner").mkdir()
    assert len(read_app([folder]).templates) == 1


def test_assemblies_nest_only_so_deep(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(30):
        assembly(folder, {"s": stage("s"), "Main": stack()}, {"Main.template.json": {"Resources": {}}})
        folder = folder / "s"
    assembly(folder, {})
    app = read_app([tmp_path])
    assert len(app.templates) == limits.MAX_ASSEMBLY_DEPTH + 1
    assert "16 assemblies lie inside one another" in app.unreadable[0].error


# Manifests that are wrong


@pytest.mark.parametrize("manifest", ["{", "", "[]", '{"artifacts": 3}', '{"artifacts": []}', "null"])
def test_a_damaged_manifest_is_unreadable_and_its_templates_are_judged(tmp_path: Path, manifest: str) -> None:
    folder = one_stack(tmp_path, {"R": NOTEBOOK})
    write(folder / "manifest.json", manifest)
    app = read_app([folder])
    assert [Path(template.path).name for template in app.templates] == ["Main.template.json"]
    assert [entry.path for entry in app.unreadable] == [str(folder / "manifest.json")]


@pytest.mark.parametrize("name", ["manifest.json", "Main.metadata.json", "validation-report.json"])
def test_a_link_out_of_the_assembly_is_not_followed(tmp_path: Path, name: str) -> None:
    folder = one_stack(tmp_path / "cdk.out", {"R": NOTEBOOK})
    report = {"pluginReports": [{"pluginName": "LeanSilicon", "suppressedViolations": [
        {"acknowledgedAt": "", "ruleName": "SIL001", "reason": "from elsewhere"}]}]}  # fmt: skip
    outside = write(tmp_path / "outside.json", report if name.startswith("validation") else {"artifacts": {}})
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(outside)
    (template,) = read_app([folder]).templates
    assert template.resources["R"].declaration.acknowledgments == ()


def test_a_damaged_manifest_of_a_stage_is_unreadable_and_its_templates_are_judged(tmp_path: Path) -> None:
    folder = assembly(tmp_path, {"s": stage("s")})
    one_stack(folder / "s", {"R": NOTEBOOK})
    write(folder / "s" / "manifest.json", "{")
    app = read_app([folder])
    assert [Path(template.path).name for template in app.templates] == ["Main.template.json"]
    assert [entry.path for entry in app.unreadable] == [str(folder / "s" / "manifest.json")]


@pytest.mark.parametrize(
    "name", ["none.json", 3, None, [], "", "../outside.json", "/etc/hostname", "link.json", "loop", "x" * 5000, "a\0b"]
)
def test_a_template_file_that_is_missing_or_outside_is_unreadable(tmp_path: Path, name: object) -> None:
    write(tmp_path / "outside.json", {"Resources": {"Secret": NOTEBOOK}})
    files = {"Main.template.json": {"Resources": {"R": NOTEBOOK}}}
    folder = assembly(tmp_path / "cdk.out", {"Bad": stack(name), "Main": stack()}, files)
    (folder / "link.json").symlink_to(tmp_path / "outside.json")
    (folder / "loop").symlink_to(folder / "loop")
    app = read_app([folder])
    assert [list(template.resources) for template in app.templates] == [["R"]]
    assert len(app.unreadable) == 1


def test_what_a_manifest_points_to_outside_says_so(tmp_path: Path) -> None:
    app = read_app([assembly(tmp_path, {"Bad": stack("../x.json")})])
    assert [entry.error for entry in app.unreadable] == [
        "the assembly names the file '../x.json', which lies outside of its folder; it is not read"
    ]


@pytest.mark.parametrize(
    "artifact",
    [
        None,
        3,
        [],
        "text",
        {},
        {"type": 3},
        {"type": "aws:cloudformation:stack"},
        {"type": "cdk:cloud-assembly", "properties": 3},
    ],
)
def test_artifacts_of_the_wrong_type_do_not_stop_the_others(tmp_path: Path, artifact: object) -> None:
    app = read_app([assembly(tmp_path, {"Bad": artifact, "Main": stack()}, {"Main.template.json": {"Resources": {}}})])
    assert len(app.templates) == 1


def test_a_template_that_is_broken_is_unreadable_and_the_other_stacks_are_read(tmp_path: Path) -> None:
    files = {"Main.template.json": {"Resources": {}}, "Bad.template.json": "{"}
    app = read_app([assembly(tmp_path, {"Bad": stack("Bad.template.json"), "Main": stack()}, files)])
    assert len(app.templates) == 1
    assert [entry.path for entry in app.unreadable] == [str(tmp_path / "Bad.template.json")]


def test_templates_left_over_from_an_earlier_synthesis_are_listed_not_judged(tmp_path: Path) -> None:
    folder = one_stack(tmp_path, {"R": NOTEBOOK})
    write(folder / "Old.template.json", {"Resources": {"Old": NOTEBOOK}})
    app = read_app([folder])
    assert [list(template.resources) for template in app.templates] == [["R"]]
    assert [Path(entry.path).name for entry in app.skipped] == ["Old.template.json"]


def test_the_users_line_that_made_a_construct_is_known_where_traces_were_kept(tmp_path: Path) -> None:
    metadata = {
        "/Serving/Config": [
            {"type": "aws:cdk:logicalId", "data": "Config"},
            {
                "type": "aws:cdk:creationStack",
                "data": [
                    "...aws-cdk-lib...",
                    "new ServingStack (lib/serving.ts:12:5)",
                    "Object.<anonymous> (bin/app.ts:7:1)",
                ],
            },
        ],
        "/Serving/Other": [
            {"type": "aws:cdk:logicalId", "data": "Other"},
            {"type": "aws:cdk:creationStack", "data": ["(no user code in 10 frames)", 7, None]},
        ],
    }
    (tmp_path / "Serving.template.json").write_text(
        json.dumps({"Resources": {name: {"Type": "AWS::S3::Bucket"} for name in ("Config", "Other")}}), encoding="utf-8"
    )
    (tmp_path / "Serving.metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    stack = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "Serving.template.json"},
        "additionalMetadataFile": "Serving.metadata.json",
    }
    (tmp_path / "manifest.json").write_text(
        json.dumps({"version": "50.0.0", "artifacts": {"Serving": stack}}), encoding="utf-8"
    )
    [template] = read_app([tmp_path]).templates
    assert template.resources["Config"].created_at == "lib/serving.ts:12:5"
    assert template.resources["Other"].created_at is None
