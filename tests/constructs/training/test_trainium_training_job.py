"""What TrainiumTrainingJob promises: its defaults, what can be changed, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import Duration, Environment, Size
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_stepfunctions as sfn
from training_templates import (
    ACCOUNT,
    US_EAST_1,
    code,
    code_folder,
    definition_of,
    executed,
    new_stack,
    request_of,
    resources_of,
    states_of,
    template_of,
    the_resource,
    training_job,
)

from lean_silicon import LeanSiliconError, Precision, Requirement, Task, Workload
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.training import (
    HUGGING_FACE_NEURON,
    PYTORCH_GPU,
    PYTORCH_NEURON,
    CapacityRetry,
    Channel,
    Distribution,
    TrainingCode,
    TrainingContainer,
    TrainingHardware,
    TrainiumTrainingJob,
)

BIG = TrainingHardware.trainium("ml.trn1.32xlarge", count=2)
P5 = TrainingHardware.gpu("ml.p5.48xlarge", reason="FlashAttention-3 is CUDA-only")


@pytest.fixture(scope="module")
def defaults() -> dict[str, Any]:
    """The template of a job with nothing but a script."""
    return template_of(training_job())


def metadata_of(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = the_resource(template, "AWS::StepFunctions::StateMachine")["Metadata"]["LeanSilicon"]
    return found


class TestDefaults:
    def test_one_of_the_smallest_trainium_on_spare_capacity_for_a_day(self, defaults: dict[str, Any]) -> None:
        request = request_of(defaults)
        assert request["ResourceConfig"] == {
            "InstanceType": "ml.trn1.2xlarge",
            "InstanceCount": 1,
            "VolumeSizeInGB": 100,
        }
        assert request["EnableManagedSpotTraining"] is True
        assert request["StoppingCondition"] == {"MaxRuntimeInSeconds": 86_400, "MaxWaitTimeInSeconds": 172_800}

    def test_checkpoints_of_one_execution_stay_together(self, defaults: dict[str, Any]) -> None:
        checkpoints = executed(request_of(defaults)["CheckpointConfig"])
        assert checkpoints == {"S3Uri": "s3://a-bucket/checkpoints/an-execution", "LocalPath": "/opt/ml/checkpoints"}

    def test_the_container_is_closed_and_everything_encrypted(self, defaults: dict[str, Any]) -> None:
        request = request_of(defaults)
        assert request["EnableNetworkIsolation"] is True
        assert request["EnableInterContainerTrafficEncryption"] is True
        assert request["OutputDataConfig"]["KmsKeyId"].endswith("key/1234abcd-12ab-34cd-56ef-1234567890ab")
        assert the_resource(defaults, "AWS::KMS::Key")["Properties"]["EnableKeyRotation"] is True
        bucket = the_resource(defaults, "AWS::S3::Bucket")["Properties"]
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]["BucketKeyEnabled"] is True

    def test_disks_that_the_hardware_encrypts_get_no_key(self, defaults: dict[str, Any]) -> None:
        assert "VolumeKmsKeyId" not in request_of(defaults)["ResourceConfig"]

    def test_the_network_leads_to_s3_and_nowhere_else(self, defaults: dict[str, Any]) -> None:
        for way_out in ("InternetGateway", "NatGateway", "EgressOnlyInternetGateway", "Route"):
            assert resources_of(defaults, f"AWS::EC2::{way_out}") == {}
        endpoint = the_resource(defaults, "AWS::EC2::VPCEndpoint")["Properties"]
        assert endpoint["VpcEndpointType"] == "Gateway"
        assert len(endpoint["RouteTableIds"]) == len(resources_of(defaults, "AWS::EC2::Subnet")) == 3
        assert resources_of(defaults, "AWS::EC2::FlowLog")

    def test_what_is_made_is_kept_when_the_stack_goes(self, defaults: dict[str, Any]) -> None:
        for kept in ("AWS::S3::Bucket", "AWS::KMS::Key"):
            assert the_resource(defaults, kept)["DeletionPolicy"] == "Retain"

    def test_the_state_machine_is_logged_without_its_data_and_traced(self, defaults: dict[str, Any]) -> None:
        machine = the_resource(defaults, "AWS::StepFunctions::StateMachine")["Properties"]
        assert machine["LoggingConfiguration"]["Level"] == "ALL"
        assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
        assert machine["TracingConfiguration"] == {"Enabled": True}

    def test_it_declares_that_it_trains_and_survives_interruptions(self, defaults: dict[str, Any]) -> None:
        assert metadata_of(defaults) == {"Workload": {"Task": "training", "Interruptible": True}}

    def test_nothing_runs_custom_code_at_deployment(self, defaults: dict[str, Any]) -> None:
        assert not [
            each for each in defaults["Resources"].values() if "Lambda" in each["Type"] or "Custom" in each["Type"]
        ]


class TestCode:
    def test_it_comes_as_a_channel_that_the_toolkit_unpacks(self, defaults: dict[str, Any]) -> None:
        request = request_of(defaults)
        [channel] = request["InputDataConfig"]
        assert channel["ChannelName"] == "code"
        archive = channel["DataSource"]["S3DataSource"]["S3Uri"].rsplit("/", 1)[-1]
        settings = {name: json.loads(value) for name, value in request["HyperParameters"].items()}
        assert settings == {
            "sagemaker_program": "train.py",
            "sagemaker_submit_directory": f"/opt/ml/input/data/code/{archive}",
        }

    def test_an_archive_in_a_bucket_is_used_as_it_is(self) -> None:
        stack = new_stack()
        bucket = s3.Bucket.from_bucket_name(stack, "Source", "sources")
        archive = TrainingCode.from_bucket(bucket, "v1/source.tar.gz", entry_point="train.py")
        request = request_of(template_of(training_job(stack, code=archive)))
        assert request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == "s3://sources/v1/source.tar.gz"
        assert (
            json.loads(request["HyperParameters"]["sagemaker_submit_directory"])
            == "/opt/ml/input/data/code/source.tar.gz"
        )

    def test_torchrun_is_started_by_the_toolkit(self) -> None:
        request = request_of(template_of(training_job(distribution=Distribution.torchrun())))
        assert request["HyperParameters"]["sagemaker_torch_distributed_enabled"] == "true"
        assert json.loads(request["HyperParameters"]["sagemaker_program"]) == "train.py"

    @pytest.mark.parametrize(
        ("distribution", "hardware"),
        [(Distribution.accelerate("--mixed_precision", "bf16"), BIG), (Distribution.deepspeed(), P5)],
        ids=["accelerate", "deepspeed"],
    )
    def test_other_launchers_are_started_by_a_script_beside_the_users(
        self, distribution: Distribution, hardware: TrainingHardware
    ) -> None:
        request = request_of(template_of(training_job(distribution=distribution, hardware=hardware)))
        assert json.loads(request["HyperParameters"]["sagemaker_program"]) == "lean_silicon_launcher.py"
        assert request["Environment"]["LEAN_SILICON_LAUNCHER"] == str(distribution.launcher)
        assert request["Environment"]["LEAN_SILICON_SCRIPT"] == "train.py"

    def test_hyperparameters_may_come_from_the_execution(self) -> None:
        values = {"epochs": sfn.JsonPath.string_at("$.epochs"), "learning_rate": 1e-4, "name": "1e5"}
        parameters = request_of(template_of(training_job(hyperparameters=values)))["HyperParameters"]
        assert parameters["epochs.$"] == "$.epochs"
        assert parameters["learning_rate"] == "0.0001"
        assert json.loads(parameters["name"]) == "1e5"


class TestContainer:
    @pytest.mark.parametrize(
        ("hardware", "image"),
        [(BIG, PYTORCH_NEURON), (P5, PYTORCH_GPU)],
        ids=["Trainium", "GPU"],
    )
    def test_it_matches_the_silicon(self, hardware: TrainingHardware, image: Any) -> None:
        request = request_of(template_of(training_job(hardware=hardware)))
        assert request["AlgorithmSpecification"]["TrainingImage"].endswith(f"/{image.repository}:{image.tag}")

    def test_the_registry_is_looked_up_at_deployment_where_the_region_is_open(self, defaults: dict[str, Any]) -> None:
        [mapping] = defaults["Mappings"].values()
        assert mapping["ap-southeast-4"] == {"account": "457447274322"}
        uri = request_of(defaults)["AlgorithmSpecification"]["TrainingImage"]
        assert uri.startswith("763104351884.dkr.ecr.us-west-2.amazonaws.com/")

    def test_two_jobs_of_a_stack_share_the_look_up(self) -> None:
        stack = new_stack()
        TrainiumTrainingJob(stack, "Another", code=code())
        assert len(template_of(training_job(stack))["Mappings"]) == 1

    def test_the_users_image_may_be_pulled_and_runs_its_own_program(self) -> None:
        stack = new_stack()
        repository = ecr.Repository(stack, "Image")
        container = TrainingContainer.from_ecr_repository(repository, "v7")
        template = template_of(training_job(stack, code=None, container=container))
        assert "HyperParameters" not in request_of_any_image(template)
        statements = [
            statement
            for policy in resources_of(template, "AWS::IAM::Policy").values()
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        ]
        assert any("ecr:BatchGetImage" in statement["Action"] for statement in statements)


def request_of_any_image(template: dict[str, Any]) -> dict[str, Any]:
    """The request where the image's address is a function that only AWS can resolve."""
    machine = the_resource(template, "AWS::StepFunctions::StateMachine")["Properties"]["DefinitionString"]
    text = "".join(part if isinstance(part, str) else "x" for part in machine["Fn::Join"][1])
    [train] = [state for state in states_of(json.loads(text)) if state["Type"] == "Task"]
    found: dict[str, Any] = train["Parameters"]
    return found


class TestDeclaration:
    def test_the_reason_for_gpus_becomes_a_requirement(self) -> None:
        workload = Workload(task=Task.PEFT, parameters=8_000_000_000, precision=Precision.BF16)
        found = metadata_of(template_of(training_job(hardware=P5, workload=workload)))["Workload"]
        assert found["Requires"] == ["cuda"]
        assert found["Reason"] == "FlashAttention-3 is CUDA-only"
        assert found["Parameters"] == 8_000_000_000

    def test_a_reason_for_something_else_is_kept(self) -> None:
        workload = Workload(requires=(Requirement.X86,), reason="A closed x86 library")
        found = metadata_of(template_of(training_job(hardware=P5, workload=workload)))["Workload"]
        assert found["Requires"] == ["x86", "cuda"]
        assert found["Reason"] == "A closed x86 library; FlashAttention-3 is CUDA-only"

    def test_evidence_stands_beside_the_workload(self) -> None:
        tried = {
            "Rung": "rag",
            "Evaluation": "s3://evaluations/rag.json",
            "Score": 0.51,
            "Target": 0.85,
            "Date": "2026-10-01",
        }
        job = training_job()
        job.add_evidence(tried)
        assert metadata_of(template_of(job))["Evidence"] == [tried]
        assert metadata_of(template_of(job))["Workload"]["Task"] == "training"

    def test_a_job_on_demand_does_not_claim_to_survive_interruptions(self) -> None:
        assert metadata_of(template_of(training_job(spot=False)))["Workload"]["Interruptible"] is False


class TestNetwork:
    def test_every_zone_of_a_known_region_has_a_subnet(self) -> None:
        assert len(resources_of(template_of(training_job(new_stack(US_EAST_1))), "AWS::EC2::Subnet")) == 6

    def test_instances_reach_each_other_in_every_way(self, defaults: dict[str, Any]) -> None:
        for direction in ("Ingress", "Egress"):
            rule = the_resource(defaults, f"AWS::EC2::SecurityGroup{direction}")["Properties"]
            assert rule["IpProtocol"] == "-1"

    def test_the_users_network_is_used_as_it_is(self) -> None:
        stack = new_stack()
        vpc = ec2.Vpc.from_vpc_attributes(
            stack, "Vpc", vpc_id="vpc-1", availability_zones=["a", "b"], isolated_subnet_ids=["subnet-1", "subnet-2"]
        )
        group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
        template = template_of(training_job(stack, vpc=vpc, security_groups=[group]))
        assert request_of(template)["VpcConfig"] == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}
        assert resources_of(template, "AWS::EC2::VPC") == {}

    def test_the_fabric_is_switched_on_between_instances_that_have_it(self, defaults: dict[str, Any]) -> None:
        assert "FI_PROVIDER" not in request_of(defaults)["Environment"]
        assert request_of(template_of(training_job(hardware=BIG)))["Environment"]["FI_PROVIDER"] == "efa"


class TestStorage:
    def test_the_users_bucket_and_its_key_are_used(self) -> None:
        stack = new_stack()
        bucket = s3.Bucket(stack, "Models", encryption_key=kms.Key(stack, "ModelsKey"))
        job = training_job(stack, output_bucket=bucket)
        assert job.output_bucket is bucket
        assert (
            len(resources_of(template_of(job), "AWS::S3::Bucket"))
            == len(resources_of(template_of(job), "AWS::KMS::Key"))
            == 1
        )

    def test_volumes_of_types_without_disks_are_encrypted_with_the_key(self) -> None:
        hardware = TrainingHardware.gpu("ml.p3.2xlarge", reason="the last that has no disks of its own")
        resources = request_of(template_of(training_job(hardware=hardware, volume_size=Size.gibibytes(200))))[
            "ResourceConfig"
        ]
        assert resources["VolumeSizeInGB"] == 200
        assert resources["VolumeKmsKeyId"].startswith("arn:aws:kms:")


def outer_state(job: TrainiumTrainingJob) -> dict[str, Any]:
    definition = definition_of(template_of(job))
    found: dict[str, Any] = definition["States"][definition["StartAt"]]
    return found


class TestRunning:
    def test_a_schedule_may_start_this_state_machine_and_no_other(self) -> None:
        job = training_job(schedule=scheduler.ScheduleExpression.rate(Duration.days(1)))
        template = template_of(job)
        target = the_resource(template, "AWS::Scheduler::Schedule")["Properties"]["Target"]
        [machine] = resources_of(template, "AWS::StepFunctions::StateMachine")
        assert target["Arn"] == {"Ref": machine}

    def test_grant_start_lets_a_team_start_runs(self) -> None:
        stack = new_stack()
        team = iam.Role(stack, "Team", assumed_by=iam.AccountRootPrincipal())
        job = training_job(stack)
        job.grant_start(team)
        template = template_of(job)
        [machine] = resources_of(template, "AWS::StepFunctions::StateMachine")
        [policy] = [
            policy["Properties"]["PolicyDocument"]["Statement"]
            for name, policy in resources_of(template, "AWS::IAM::Policy").items()
            if name.startswith("Team")
        ]
        assert policy == [{"Action": "states:StartExecution", "Effect": "Allow", "Resource": {"Ref": machine}}]

    @pytest.mark.parametrize(
        ("method", "name"),
        [
            ("metric_started", "ExecutionsStarted"),
            ("metric_succeeded", "ExecutionsSucceeded"),
            ("metric_failed", "ExecutionsFailed"),
            ("metric_timed_out", "ExecutionsTimedOut"),
            ("metric_aborted", "ExecutionsAborted"),
            ("metric_time", "ExecutionTime"),
        ],
    )
    def test_metrics_are_those_of_the_state_machine(self, method: str, name: str) -> None:
        metric = getattr(training_job(), method)(period=Duration.minutes(15))
        assert (metric.namespace, metric.metric_name, metric.period.to_minutes()) == ("AWS/States", name, 15)

    def test_a_job_of_another_stack_can_be_started(self) -> None:
        stack = new_stack(US_EAST_1)
        arn = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:train"
        job = TrainiumTrainingJob.from_state_machine_arn(stack, "Imported", arn)
        team = iam.Role(stack, "Team", assumed_by=iam.AccountRootPrincipal())
        assert job.grant_start(team).success
        assert job.metric_failed().metric_name == "ExecutionsFailed"

    def test_retries_can_be_chosen_or_switched_off(self) -> None:
        patient = CapacityRetry(attempts=3, first_wait=Duration.minutes(1), longest_wait=Duration.minutes(2))
        state = outer_state(training_job(capacity_retry=patient))
        assert state["Retry"][0]["MaxAttempts"] == 3
        assert state["Retry"][0]["IntervalSeconds"] == 60
        assert "Retry" not in outer_state(training_job(capacity_retry=CapacityRetry(attempts=0)))


class TestFootprint:
    def test_an_hour_has_a_price_a_power_and_a_carbon_with_bands(self) -> None:
        footprint = training_job(new_stack(US_EAST_1), hardware=BIG).footprint()
        assert footprint.cost is not None
        assert footprint.carbon is not None
        assert footprint.carbon.low < footprint.carbon.high

    def test_what_the_region_decides_is_unknown_where_the_region_is(self) -> None:
        assert training_job().footprint().carbon is None


def data() -> s3.IBucket:
    return s3.Bucket.from_bucket_name(new_stack(), "Data", "the-data")


def channels(count: int) -> dict[str, Channel]:
    bucket = data()
    return {f"part-{number}": Channel.s3(bucket, f"part-{number}/") for number in range(count)}


def public_vpc() -> dict[str, Any]:
    vpc = ec2.Vpc.from_vpc_attributes(
        new_stack(), "Vpc", vpc_id="vpc-1", availability_zones=["a"], public_subnet_ids=["subnet-1"]
    )
    return {"vpc": vpc, "vpc_subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)}


def no_bucket() -> Channel:
    nothing: Any = None
    return Channel.s3(nothing, "train/")


REFUSED: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "an unknown type": (
        lambda: {"hardware": TrainingHardware.trainium("ml.trn1.4xlarge")},
        r"'ml.trn1.4xlarge' is unknown; did you mean one of ml.trn1",
    ),
    "a URI as a channel": (
        lambda: {"inputs": {"train": "s3://data/tokens/"}},
        r"must be a Channel, for instance Channel\.s3",
    ),
    "a number as a time limit": (lambda: {"time_limit": 8}, r"time_limit is 8; it must be a Duration"),
    "a generation that has no type yet": (
        lambda: {"hardware": TrainingHardware.trainium("ml.trn3.48xlarge")},
        "unknown",
    ),
    "EC2's spelling": (
        lambda: {"hardware": TrainingHardware.trainium("trn1.2xlarge")},
        "SageMaker training does not offer",
    ),
    "GPUs as Trainium": (
        lambda: {"hardware": TrainingHardware.trainium("ml.p5.48xlarge")},
        r"not Trainium; allowed: ml.trn1.2xlarge.*If only GPUs serve, say why",
    ),
    "GPUs without a reason": (
        lambda: {"hardware": TrainingHardware.gpu("ml.p5.48xlarge", reason=" ")},
        "without a reason",
    ),
    "Trainium as GPUs": (lambda: {"hardware": TrainingHardware.gpu("ml.trn1.2xlarge", reason="x")}, "has no GPU"),
    "an inference-only type": (
        lambda: {"hardware": TrainingHardware.trainium("ml.inf2.xlarge")},
        r"training does not offer 'ml.inf2.xlarge'.*ml.trn1.2xlarge",
    ),
    "a Trainium type for clusters only": (
        lambda: {"hardware": TrainingHardware.trainium("ml.trn2.3xlarge")},
        "training does not offer 'ml.trn2.3xlarge'",
    ),
    "a type without accelerators": (
        lambda: {"hardware": TrainingHardware.trainium("ml.m5.large")},
        "has no accelerator",
    ),
    "no instance": (lambda: {"hardware": TrainingHardware.trainium(count=0)}, "count is 0"),
    "a time limit of nothing": (lambda: {"time_limit": Duration.seconds(0)}, "time_limit is 0"),
    "a time limit beyond 28 days": (lambda: {"time_limit": Duration.days(29)}, r"time_limit is 29 days.*28 days"),
    "a wait shorter than the run": (
        lambda: {"time_limit": Duration.hours(8), "max_wait": Duration.hours(4)},
        "max_wait is 4 hours, shorter than time_limit",
    ),
    "a wait without spot": (lambda: {"spot": False, "max_wait": Duration.hours(4)}, "spot is off"),
    "101 hyperparameters": (
        lambda: {"hyperparameters": {f"h{number}": number for number in range(99)}},
        "has 101 hyperparameters, 2 of them",
    ),
    "a long hyperparameter name": (lambda: {"hyperparameters": {"h" * 257: 1}}, "257 characters"),
    "a long hyperparameter": (lambda: {"hyperparameters": {"notes": "x" * 2499}}, "2501 characters as JSON"),
    "a hyperparameter of the toolkit": (
        lambda: {"hyperparameters": {"sagemaker_program": "x"}},
        "belongs to the training",
    ),
    "a hyperparameter that is not JSON": (lambda: {"hyperparameters": {"when": object()}}, "which is not JSON"),
    "capitals in the names of jobs": (lambda: {"job_name_prefix": "FineTune"}, "job_name_prefix is 'FineTune'"),
    "long names of jobs": (lambda: {"job_name_prefix": "a" * 27}, "1 to 26"),
    "names of jobs that end in a hyphen": (lambda: {"job_name_prefix": "tune-"}, "ending with a letter or digit"),
    "a channel without a bucket": (lambda: {"inputs": {"train": no_bucket()}}, "needs a bucket, got None"),
    "a URI as a prefix": (
        lambda: {"inputs": {"train": Channel.s3(data(), "s3://b/train/")}},
        "prefix is 's3://b/train/'",
    ),
    "21 channels": (lambda: {"inputs": channels(20)}, "has 21 channels"),
    "a channel called like the code's": (
        lambda: {"inputs": {"code": channels(1)["part-0"]}},
        "is taken by the training code",
    ),
    "a channel with a space": (lambda: {"inputs": {"my data": channels(1)["part-0"]}}, "channel name 'my data'"),
    "a script that is not there": (
        lambda: {"code": TrainingCode.from_asset(code_folder(), entry_point="tune.py")},
        "'tune.py' is not in the code folder",
    ),
    "a folder that is not there": (
        lambda: {"code": TrainingCode.from_asset("/nowhere", entry_point="train.py")},
        "'/nowhere' does not exist",
    ),
    "a script outside the folder": (
        lambda: {"code": TrainingCode.from_asset(code_folder(), entry_point="../train.py")},
        "must be a path inside",
    ),
    "an archive that is no archive": (
        lambda: {"code": TrainingCode.from_bucket(data(), "source.zip", entry_point="train.py")},
        "ends in .tar.gz",
    ),
    "a launcher beside an archive": (
        lambda: {
            "code": TrainingCode.from_bucket(data(), "source.tar.gz", entry_point="train.py"),
            "distribution": Distribution.accelerate(),
        },
        "cannot be added to an archive",
    ),
    "a launcher for a shell script": (
        lambda: {"code": code("bin/train.sh"), "distribution": Distribution.torchrun()},
        "is no Python script",
    ),
    "DeepSpeed in a container without it": (lambda: {"distribution": Distribution.deepspeed()}, "has no deepspeed"),
    "no script for AWS's container": (lambda: {"code": None}, "runs a script of yours"),
    "a launcher without a script": (
        lambda: {
            "code": None,
            "distribution": Distribution.torchrun(),
            "container": TrainingContainer.from_ecr_repository(
                ecr.Repository.from_repository_name(new_stack(), "R", "r")
            ),
        },
        "no script to launch",
    ),
    "a Neuron container for GPUs": (
        lambda: {"hardware": P5, "container": TrainingContainer.deep_learning_container(HUGGING_FACE_NEURON)},
        "drives Trainium, which ml.p5.48xlarge does not have",
    ),
    "a GPU container for Trainium": (
        lambda: {"container": TrainingContainer.deep_learning_container(PYTORCH_GPU)},
        "drives GPUs, which ml.trn1.2xlarge does not have",
    ),
    "a workload that does not train": (lambda: {"workload": Workload(task=Task.INFERENCE)}, "task is inference"),
    "CUDA on Trainium": (
        lambda: {"workload": Workload(requires=(Requirement.CUDA,), reason="kernels")},
        "requires cuda, which ml.trn1.2xlarge does not have",
    ),
    "public subnets": (public_vpc, "chooses public subnets"),
    "subnets without their VPC": (lambda: {"vpc_subnets": ec2.SubnetSelection()}, "come without a vpc"),
    "a volume beside disks": (lambda: {"volume_size": Size.gibibytes(500)}, "474 GB of disks of its own"),
    "41 metrics": (lambda: {"metric_definitions": {f"m{n}": "x" for n in range(41)}}, "41 metric definitions"),
    "a metric without a pattern": (lambda: {"metric_definitions": {"loss": ""}}, "0 characters"),
    "an environment variable with a hyphen": (lambda: {"environment": {"MY-VAR": "x"}}, "'MY-VAR' is not allowed"),
    "a long environment variable": (lambda: {"environment": {"NOTES": "x" * 513}}, "513 characters"),
    "100 environment variables": (
        lambda: {"environment": {f"V{n}": "x" for n in range(100)}},
        "102 environment variables",
    ),
    "50 tags": (lambda: {"job_tags": {f"t{n}": "x" for n in range(50)}}, "50 tags"),
    "a negative number of retries": (lambda: {"capacity_retry": CapacityRetry(attempts=-1)}, "attempts is -1"),
    "waits the wrong way round": (
        lambda: {"capacity_retry": CapacityRetry(first_wait=Duration.hours(2))},
        "first_wait is 7200 s and longest_wait 3600 s",
    ),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_fails_and_says_what_is_wrong_with(wrong: str) -> None:
    properties, message = REFUSED[wrong]
    with pytest.raises(InvalidValueError, match=message) as refused:
        training_job(**properties())
    assert isinstance(refused.value, LeanSiliconError)


def test_fails_where_aws_publishes_no_image_for_the_region() -> None:
    stack = new_stack(Environment(account=ACCOUNT, region="eu-north-1"))
    with pytest.raises(InvalidValueError, match=r"pytorch-training-neuronx in no registry of eu-north-1.*us-east-1"):
        training_job(stack)
